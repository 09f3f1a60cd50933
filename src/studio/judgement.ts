/** The verdict on a scan with what the inspector accepted as normal left out. */

import { type LabelSet, normalClasses } from '../core/labels/labelSet.ts';
import type { ObjectRuleId } from '../core/objectRule.ts';
import { objectFigures, objectScore } from '../detect/scores.ts';
import { basisOf, type JudgingBasis, judge } from './judging.ts';
import type { ScanLabels } from './labelState.ts';
import type { Analysis, ScanSummary } from './state.ts';

/** @returns [N] 1 = accepted as normal; null where nothing was */
export function acceptedPoints(set: Pick<LabelSet, 'classes' | 'classOf'> | undefined): Uint8Array | null {
  if (set === undefined) return null;
  const normal = normalClasses(set.classes);
  if (normal.size === 0) return null;
  const accepted = set.classOf.map((number) => Number(normal.has(number)));
  return accepted.includes(1) ? accepted : null;
}

/** @param values [N] @returns the same with 0 where points were accepted: they show nothing */
export function withoutAccepted(values: Float32Array, accepted: Uint8Array | null): Float32Array {
  return accepted === null ? values : values.map((value, row) => (accepted[row] === 1 ? 0 : value));
}

const NOTHING_LEFT = { mean: 0, top: 0, p99: 0, max: 0 } as const;

/** @param score [N] of all points @param left [M] of those that count, at least one */
function ownScore({ figures, ownRule }: JudgingBasis, score: Float32Array, left: Float32Array): number {
  if (ownRule.kind !== 'members') return objectScore(left, ownRule);
  // What each member said is not kept: all of them sink as their common score does.
  const rule = { kind: 'top-mean', share: ownRule.share } as const;
  const before = objectScore(score, rule);
  return before === 0 ? 0 : (figures.own * objectScore(left, rule)) / before;
}

/** What the scores of the points that count give. */
function basisWithout(basis: JudgingBasis, score: Float32Array, left: Float32Array): JudgingBasis {
  const figures =
    left.length === 0
      ? { own: 0, others: NOTHING_LEFT }
      : { own: ownScore(basis, score, left), others: objectFigures(left) };
  return { ...basis, figures };
}

/** What the list of scans remembers of a result. @param rule null = the judge's own */
export function summaryOf(
  analysis: Analysis,
  labels: ScanLabels | undefined,
  rule: ObjectRuleId | null,
): ScanSummary {
  const { score, modelHash } = analysis.map;
  const accepted = acceptedPoints(labels?.set);
  const left = accepted?.length === score.length ? score.filter((_, row) => accepted[row] === 0) : score;
  const whole = basisOf(analysis);
  const basis = left.length === score.length ? whole : basisWithout(whole, score, left);
  return {
    ...judge(basis, rule),
    points: score.length,
    basis,
    judge: modelHash,
    accepted: score.length - left.length,
  };
}

/** A region that most points of were accepted is accepted, also where another threshold gave it another rim. */
export function isAccepted({ rows }: { readonly rows: Uint32Array }, accepted: Uint8Array | null): boolean {
  if (accepted === null) return false;
  const count = rows.reduce((sum, row) => sum + (accepted[row] ?? 0), 0);
  return 2 * count >= rows.length;
}
