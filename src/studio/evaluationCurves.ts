/** What the charts of Evaluate mode draw: curves thinned to what a screen can show, counts of both classes. */

import { precisionRecallCurve, type Ranking, rocCurve } from '../detect/metrics.ts';

/** Points of a curve, x ascending. */
export interface Curve {
  readonly x: Float64Array;
  readonly y: Float64Array;
}

/** Keeps the ends and about `most` points between them, evenly by arc so that steep parts keep their shape. */
function thin(x: Float64Array, y: Float64Array, most: number): Curve {
  if (x.length <= most) return { x, y };
  const keptX = [x[0]!];
  const keptY = [y[0]!];
  // Both axes run from 0 to 1: a whole curve is no longer than about 2.
  const step = 2 / most;
  for (let i = 1; i < x.length - 1; i++) {
    const moved = Math.abs(x[i]! - keptX.at(-1)!) + Math.abs(y[i]! - keptY.at(-1)!);
    if (moved < step) continue;
    keptX.push(x[i]!);
    keptY.push(y[i]!);
  }
  keptX.push(x.at(-1)!);
  keptY.push(y.at(-1)!);
  return { x: Float64Array.from(keptX), y: Float64Array.from(keptY) };
}

const MOST = 400;

/** @returns false positive rate and true positive rate; null when a class is missing */
export function rocOf(ranking: Ranking): Curve | null {
  if (ranking.positives.length === 0 || ranking.negatives.length === 0) return null;
  const { falsePositiveRate, truePositiveRate } = rocCurve(ranking);
  return thin(falsePositiveRate, truePositiveRate, MOST);
}

/** @returns recall and precision; null without anomalous samples */
export function precisionRecallOf(ranking: Ranking): Curve | null {
  if (ranking.positives.length === 0) return null;
  const { recall, precision } = precisionRecallCurve(ranking);
  return thin(recall, precision, MOST);
}

/** Counts per bin of an axis from 0 to `max`; what lies above is in the last bin. */
export interface ClassHistogram {
  readonly good: Uint32Array;
  readonly bad: Uint32Array;
  readonly max: number;
}

/** The axis ends where all but a thousandth of the scores lie, so that one outlier does not flatten the rest. */
export function classHistogram({ positives, negatives }: Ranking, bins: number): ClassHistogram {
  const upper = (scores: Float32Array | Float64Array) =>
    scores.length < 1000 ? (scores.at(-1) ?? 0) : scores[Math.floor(0.999 * scores.length)]!;
  const max = Math.max(upper(positives), upper(negatives), Number.MIN_VALUE) * 1.05;
  const count = (scores: Float32Array | Float64Array) => {
    const counts = new Uint32Array(bins);
    for (const score of scores) counts[Math.min(bins - 1, Math.max(0, Math.floor((score / max) * bins)))]!++;
    return counts;
  };
  return { good: count(negatives), bad: count(positives), max };
}

/** The object scores of a report as a ranking. */
export function objectRanking(
  rows: readonly { readonly anomalous: boolean; readonly objectScore: number }[],
): Ranking {
  const of = (anomalous: boolean) =>
    Float64Array.from(rows.filter((row) => row.anomalous === anomalous).map((row) => row.objectScore)).sort();
  return { positives: of(true), negatives: of(false) };
}
