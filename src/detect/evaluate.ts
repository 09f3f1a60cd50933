/**
 * The evaluation protocol of METHOD.md: per category one O-AUROC over its test objects and ONE P-AUROC over
 * all points of all its test objects (never a mean of per-scan figures, never min-max per scan); average
 * precision with the same pooling; then the unweighted mean over categories.
 */

import { InvalidInputError } from '../core/errors.ts';
import { auroc, averagePrecision, type Metric, rank } from './metrics.ts';

/** One test object after inspection. */
export interface ScoredScan {
  readonly name: string;
  /** Whether the dataset calls the object anomalous. */
  readonly anomalous: boolean;
  readonly objectScore: number;
  /** [N] point scores. */
  readonly scores: Float32Array;
  /** [N] truth, above 0 = anomalous; null = every point is good. */
  readonly labels: Uint8Array | null;
}

export interface ProtocolMetrics {
  readonly objectAuroc: Metric;
  readonly pointAuroc: Metric;
  readonly objectAupr: Metric;
  readonly pointAupr: Metric;
}

export interface CategoryResult extends ProtocolMetrics {
  readonly category: string;
  readonly objects: number;
  readonly anomalousObjects: number;
  readonly points: number;
  readonly anomalousPoints: number;
}

/** @throws InvalidInputError naming the scan whose scores and labels do not fit together */
export function evaluateCategory(category: string, scans: readonly ScoredScan[]): CategoryResult {
  for (const { name, scores, labels } of scans)
    if (labels !== null && labels.length !== scores.length)
      throw new InvalidInputError(name, `${scores.length} scored points but ${labels.length} labels`);
  const objects = rank([
    {
      scores: Float64Array.from(scans, ({ objectScore }) => objectScore),
      labels: Uint8Array.from(scans, ({ anomalous }) => (anomalous ? 1 : 0)),
    },
  ]);
  const points = rank(scans);
  return {
    category,
    objects: scans.length,
    anomalousObjects: objects.positives.length,
    points: points.positives.length + points.negatives.length,
    anomalousPoints: points.positives.length,
    objectAuroc: auroc(objects),
    pointAuroc: auroc(points),
    objectAupr: averagePrecision(objects),
    pointAupr: averagePrecision(points),
  };
}

/**
 * Unweighted mean over categories. Not defined when one category's figure is not: a mean over fewer
 * categories would not be comparable with a published one.
 */
export function meanOverCategories(results: readonly CategoryResult[]): ProtocolMetrics {
  const mean = (figure: keyof ProtocolMetrics): Metric => {
    if (results.length === 0) return { value: Number.NaN, reason: 'no categories' };
    const missing = results.find((result) => result[figure].reason !== null);
    if (missing !== undefined)
      return { value: Number.NaN, reason: `${missing.category}: ${missing[figure].reason}` };
    return {
      value: results.reduce((sum, result) => sum + result[figure].value, 0) / results.length,
      reason: null,
    };
  };
  return {
    objectAuroc: mean('objectAuroc'),
    pointAuroc: mean('pointAuroc'),
    objectAupr: mean('objectAupr'),
    pointAupr: mean('pointAupr'),
  };
}
