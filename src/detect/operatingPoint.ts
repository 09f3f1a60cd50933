/**
 * What one threshold makes of a ranking: the confusion matrix, and the threshold with the best F1. A score
 * counts as anomalous when it is ABOVE the threshold, as in every verdict of the studio.
 */

import { eachThreshold, type Metric, type Ranking } from './metrics.ts';

export interface Confusion {
  readonly truePositives: number;
  readonly falsePositives: number;
  readonly trueNegatives: number;
  readonly falseNegatives: number;
}

/** Ratios of a confusion matrix; NaN where nothing is there to divide by. */
export interface ConfusionRates {
  readonly precision: number;
  readonly recall: number;
  readonly f1: number;
  readonly falsePositiveRate: number;
  readonly accuracy: number;
}

/** @param ascending sorted @returns how many values are above the threshold, O(log n) */
function countAbove(ascending: Float32Array | Float64Array, threshold: number): number {
  let low = 0;
  let high = ascending.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (ascending[middle]! > threshold) high = middle;
    else low = middle + 1;
  }
  return ascending.length - low;
}

/** Two binary searches, so that a threshold can be dragged over millions of points. */
export function confusionAt({ positives, negatives }: Ranking, threshold: number): Confusion {
  const truePositives = countAbove(positives, threshold);
  const falsePositives = countAbove(negatives, threshold);
  return {
    truePositives,
    falsePositives,
    trueNegatives: negatives.length - falsePositives,
    falseNegatives: positives.length - truePositives,
  };
}

export function confusionRates(confusion: Confusion): ConfusionRates {
  const { truePositives: tp, falsePositives: fp, trueNegatives: tn, falseNegatives: fn } = confusion;
  return {
    precision: tp / (tp + fp),
    recall: tp / (tp + fn),
    f1: (2 * tp) / (2 * tp + fp + fn),
    falsePositiveRate: fp / (fp + tn),
    accuracy: (tp + tn) / (tp + fp + tn + fn),
  };
}

export interface BestF1 {
  readonly f1: Metric;
  /** Scores above it are anomalous: halfway to the next lower score, so that rounding cannot flip a verdict. */
  readonly threshold: number;
}

/** The highest F1 over all thresholds; of equal ones the highest threshold. */
export function bestF1(ranking: Ranking): BestF1 {
  const total = ranking.positives.length;
  if (total === 0)
    return { f1: { value: Number.NaN, reason: 'no anomalous samples' }, threshold: Number.NaN };
  let best = -1;
  let at = Number.NaN;
  let below = Number.NaN;
  let waiting = false;
  eachThreshold(ranking, (score, tp, fp) => {
    if (waiting) below = score;
    waiting = false;
    const f1 = (2 * tp) / (tp + fp + total);
    if (f1 <= best) return;
    best = f1;
    at = score;
    below = Number.NaN;
    waiting = true;
  });
  // Nothing lies below: any threshold under the lowest score marks everything.
  const threshold = Number.isNaN(below) ? at - Math.max(Math.abs(at), 1) * 1e-6 : (at + below) / 2;
  return { f1: { value: best, reason: null }, threshold };
}
