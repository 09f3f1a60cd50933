/**
 * Thresholds from good scans alone, because a new part has no known defects yet. The rule is part of the
 * result: a verdict without it means nothing.
 */

import { InvalidInputError } from '../core/errors.ts';
import type { Calibration } from '../core/types.ts';

/** `max`: the highest good score. `p99.9`: the 99.9th percentile of the pooled good point scores. */
export type ThresholdRule = 'max' | 'p99.9';

export interface GoodScan {
  /** [N] model units. */
  readonly scores: Float32Array;
  readonly objectScore: number;
}

/**
 * Quantile by linear interpolation between order statistics: position h = (n - 1) q of the sorted values,
 * x[floor h] + (h - floor h) (x[floor h + 1] - x[floor h]) (Hyndman-Fan type 7, numpy's default).
 * @throws InvalidInputError for no values, NaN among them, or q outside [0, 1]
 */
export function quantile(values: Float32Array | Float64Array, q: number): number {
  if (!(q >= 0 && q <= 1)) throw new InvalidInputError('quantile', `q must lie in [0, 1], not ${q}`);
  if (values.length === 0) throw new InvalidInputError('quantile', 'no values');
  const sorted = values.slice().sort();
  // A typed array sorts NaN to the end.
  if (Number.isNaN(sorted[sorted.length - 1]!))
    throw new InvalidInputError('quantile', 'NaN among the values');
  const h = (sorted.length - 1) * q;
  const low = Math.floor(h);
  const below = sorted[low]!;
  const above = sorted[Math.min(low + 1, sorted.length - 1)]!;
  return low === h ? below : below + (h - low) * (above - below);
}

/**
 * Point threshold by `rule` over the points of all scans pooled; object threshold always the highest good
 * object score (percentiles of a handful of scans would only restate it).
 * @throws InvalidInputError without scans or points
 */
export function calibrate(good: readonly GoodScan[], rule: ThresholdRule): Calibration {
  const points = good.reduce((sum, { scores }) => sum + scores.length, 0);
  if (points === 0) throw new InvalidInputError('calibration', 'needs the scores of at least one good scan');
  const pooled = new Float32Array(points);
  let at = 0;
  for (const { scores } of good) {
    pooled.set(scores, at);
    at += scores.length;
  }
  const scans = good.length === 1 ? '1 good scan' : `${good.length} good scans`;
  const name = rule === 'max' ? 'highest point score' : '99.9th percentile of the point scores';
  return {
    pointThreshold: quantile(pooled, rule === 'max' ? 1 : 0.999),
    objectThreshold: quantile(
      Float64Array.from(good, (scan) => scan.objectScore),
      1,
    ),
    how: `${name} and highest object score of ${scans}`,
  };
}
