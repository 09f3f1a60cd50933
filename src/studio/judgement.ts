/** The verdict on a scan without what the inspector accepted as normal, and without its rim where that is wanted. */

import { type LabelSet, normalClasses } from '../core/labels/labelSet.ts';
import { objectFigures, scoreOfPart } from '../detect/scores.ts';
import { rimOf } from './boundaryState.ts';
import { basisOf, type JudgingBasis, judge } from './judging.ts';
import type { Analysis, ScanSummary, StudioState } from './state.ts';

/** @returns [N] 1 = accepted as normal; null where nothing was */
export function acceptedPoints(set: Pick<LabelSet, 'classes' | 'classOf'> | undefined): Uint8Array | null {
  if (set === undefined) return null;
  const normal = normalClasses(set.classes);
  if (normal.size === 0) return null;
  const accepted = set.classOf.map((number) => Number(normal.has(number)));
  return accepted.includes(1) ? accepted : null;
}

/** @param values [N] @returns the same with 0 where points are left out: they show nothing */
export function withoutPoints(values: Float32Array, out: Uint8Array | null): Float32Array {
  return out === null ? values : values.map((value, row) => (out[row] === 1 ? 0 : value));
}

const NOTHING_LEFT = { mean: 0, top: 0, p99: 0, max: 0 } as const;

/** What the scores of the points that count give. */
function basisWithout(basis: JudgingBasis, score: Float32Array, left: Float32Array): JudgingBasis {
  const figures =
    left.length === 0
      ? { own: 0, others: NOTHING_LEFT }
      : { own: scoreOfPart(basis.ownRule, basis.figures.own, score, left), others: objectFigures(left) };
  return { ...basis, figures };
}

/** What of the state a judgement depends on. */
type JudgingState = Pick<StudioState, 'labels' | 'view' | 'boundary'>;

/** @returns [N] 1 = accepted as normal, or at a rim that is left out; null where all points count */
export function leftOutPoints(accepted: Uint8Array | null, rim: Uint8Array | null): Uint8Array | null {
  if (accepted === null || rim === null || accepted.length !== rim.length) return accepted ?? rim;
  return accepted.map((value, row) => value | rim[row]!);
}

/** The points of a scan that are left out now. */
export function leftOutOf({ labels, boundary }: Pick<JudgingState, 'labels' | 'boundary'>, cloudId: string) {
  return leftOutPoints(acceptedPoints(labels.scans.get(cloudId)?.set), rimOf(boundary, cloudId));
}

/** What the list of scans remembers of a result. */
export function summaryOf(state: JudgingState, analysis: Analysis): ScanSummary {
  const { score, modelHash, cloudId } = analysis.map;
  const accepted = acceptedPoints(state.labels.scans.get(cloudId)?.set);
  const out = leftOutOf(state, cloudId);
  const left = out?.length === score.length ? score.filter((_, row) => out[row] === 0) : score;
  const whole = basisOf(analysis);
  const basis = left.length === score.length ? whole : basisWithout(whole, score, left);
  const normal = accepted?.length === score.length ? accepted.reduce((sum, value) => sum + value, 0) : 0;
  return {
    ...judge(basis, state.view.objectRule),
    points: score.length,
    basis,
    judge: modelHash,
    accepted: normal,
    rim: score.length - left.length - normal,
  };
}

/** A region that most points of were accepted is accepted, also where another threshold gave it another rim. */
export function isAccepted({ rows }: { readonly rows: Uint32Array }, accepted: Uint8Array | null): boolean {
  if (accepted === null) return false;
  const count = rows.reduce((sum, row) => sum + (accepted[row] ?? 0), 0);
  return 2 * count >= rows.length;
}
