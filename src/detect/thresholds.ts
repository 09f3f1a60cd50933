/**
 * Thresholds from good scans alone, because a new part has no known defects yet. The rule is part of the
 * result: a verdict without it means nothing.
 */

import { InvalidInputError } from '../core/errors.ts';
import type { ObjectFigures, ObjectRuleId } from '../core/objectRule.ts';
import type { Calibration } from '../core/types.ts';
import { quantile } from './quantile.ts';
import { objectFigures } from './scores.ts';

/** `max`: the highest good score. `p99.9`: the 99.9th percentile of the pooled good point scores. */
export type ThresholdRule = 'max' | 'p99.9';

export interface GoodScan {
  /** [N] model units. */
  readonly scores: Float32Array;
  readonly objectScore: number;
}

/** What no good scan exceeds, by each rule. */
function highestFigures(good: readonly GoodScan[]): ObjectFigures {
  const all = good.filter(({ scores }) => scores.length > 0).map(({ scores }) => objectFigures(scores));
  const highest = (id: ObjectRuleId) => Math.max(...all.map((figures) => figures[id]));
  return { mean: highest('mean'), top: highest('top'), p99: highest('p99'), max: highest('max') };
}

/**
 * Point threshold by `rule` over the points of all scans pooled; object threshold always the highest good
 * object score (percentiles of a handful of scans would only restate it).
 * @throws InvalidInputError without scans or points
 */
export function calibrate(good: readonly GoodScan[], rule: ThresholdRule): Required<Calibration> {
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
    objectThresholds: highestFigures(good),
    how: `${name} and highest object score of ${scans}`,
  };
}
