/**
 * AUROC, average precision and their curves over one ranking. Scores that are equal form one threshold, so
 * the order of ties never matters. O(n log n) by sorting positives and negatives apart and merging them.
 */

import { InvalidInputError } from '../core/errors.ts';

type Scores = Float32Array | Float64Array;

/** A figure, or NaN with the reason why it is not defined. */
export interface Metric {
  readonly value: number;
  readonly reason: string | null;
}

export interface Scored {
  /** [N], higher = more anomalous. */
  readonly scores: Scores;
  /** [N], above 0 = anomalous; null = all good. */
  readonly labels: Uint8Array | null;
}

/** Scores of both classes, each ascending. */
export interface Ranking {
  readonly positives: Scores;
  readonly negatives: Scores;
}

/**
 * Pools parts into one ranking.
 * @throws InvalidInputError for NaN scores (they cannot be ranked) or lengths that differ
 */
export function rank(parts: readonly Scored[]): Ranking {
  let positive = 0;
  let total = 0;
  for (const { scores, labels } of parts) {
    if (labels !== null && labels.length !== scores.length)
      throw new InvalidInputError('metrics', `${scores.length} scores but ${labels.length} labels`);
    total += scores.length;
    if (labels !== null) for (const label of labels) if (label > 0) positive++;
  }
  // Single precision holds point scores exactly and halves the memory of millions of them.
  const Kind = parts.every(({ scores }) => scores instanceof Float32Array) ? Float32Array : Float64Array;
  const positives = new Kind(positive);
  const negatives = new Kind(total - positive);
  let p = 0;
  let n = 0;
  for (const { scores, labels } of parts)
    for (let i = 0; i < scores.length; i++) {
      const score = scores[i]!;
      if (Number.isNaN(score)) throw new InvalidInputError('metrics', `score ${i} is NaN`);
      if (labels !== null && labels[i]! > 0) positives[p++] = score;
      else negatives[n++] = score;
    }
  return { positives: positives.sort(), negatives: negatives.sort() };
}

/** Calls `visit` at each distinct score from the highest down with the counts at or above it. */
export function eachThreshold(
  { positives, negatives }: Ranking,
  visit: (threshold: number, truePositives: number, falsePositives: number) => void,
): void {
  let p = positives.length - 1;
  let n = negatives.length - 1;
  while (p >= 0 || n >= 0) {
    const threshold = Math.max(
      p >= 0 ? positives[p]! : Number.NEGATIVE_INFINITY,
      n >= 0 ? negatives[n]! : Number.NEGATIVE_INFINITY,
    );
    while (p >= 0 && positives[p]! === threshold) p--;
    while (n >= 0 && negatives[n]! === threshold) n--;
    visit(threshold, positives.length - 1 - p, negatives.length - 1 - n);
  }
}

const undefinedBecause = (reason: string): Metric => ({ value: Number.NaN, reason });
const defined = (value: number): Metric => ({ value, reason: null });

/**
 * Area under the ROC curve = probability that an anomalous one scores higher than a good one, ties half.
 * Not defined unless both classes are there.
 */
export function auroc(ranking: Ranking): Metric {
  const { positives, negatives } = ranking;
  if (positives.length === 0) return undefinedBecause('no anomalous samples');
  if (negatives.length === 0) return undefinedBecause('no good samples');
  let area = 0;
  let tpBefore = 0;
  let fpBefore = 0;
  eachThreshold(ranking, (_, tp, fp) => {
    area += ((fp - fpBefore) * (tp + tpBefore)) / 2;
    tpBefore = tp;
    fpBefore = fp;
  });
  return defined(area / (positives.length * negatives.length));
}

/**
 * Average precision, sum over thresholds of (R_n - R_{n-1}) P_n (scikit-learn's definition, no
 * interpolation). Not defined without anomalous samples.
 */
export function averagePrecision(ranking: Ranking): Metric {
  const { positives } = ranking;
  if (positives.length === 0) return undefinedBecause('no anomalous samples');
  let sum = 0;
  let tpBefore = 0;
  eachThreshold(ranking, (_, tp, fp) => {
    sum += ((tp - tpBefore) * tp) / (tp + fp);
    tpBefore = tp;
  });
  return defined(sum / positives.length);
}

/** Points of a curve, thresholds descending; the first point is (0, 0) at threshold +infinity. */
export interface RocCurve {
  readonly thresholds: Float64Array;
  readonly falsePositiveRate: Float64Array;
  readonly truePositiveRate: Float64Array;
}

/** Rates are NaN for a class that has no samples. */
export function rocCurve(ranking: Ranking): RocCurve {
  const thresholds = [Number.POSITIVE_INFINITY];
  const fpr = [ranking.negatives.length === 0 ? Number.NaN : 0];
  const tpr = [ranking.positives.length === 0 ? Number.NaN : 0];
  eachThreshold(ranking, (threshold, tp, fp) => {
    thresholds.push(threshold);
    fpr.push(fp / ranking.negatives.length);
    tpr.push(tp / ranking.positives.length);
  });
  return {
    thresholds: Float64Array.from(thresholds),
    falsePositiveRate: Float64Array.from(fpr),
    truePositiveRate: Float64Array.from(tpr),
  };
}

/** Thresholds descending, recall ascending; the first point is recall 0, precision 1 at +infinity. */
export interface PrecisionRecallCurve {
  readonly thresholds: Float64Array;
  readonly precision: Float64Array;
  readonly recall: Float64Array;
}

/** Recall is NaN without anomalous samples. */
export function precisionRecallCurve(ranking: Ranking): PrecisionRecallCurve {
  const thresholds = [Number.POSITIVE_INFINITY];
  const precision = [1];
  const recall = [ranking.positives.length === 0 ? Number.NaN : 0];
  eachThreshold(ranking, (threshold, tp, fp) => {
    thresholds.push(threshold);
    precision.push(tp / (tp + fp));
    recall.push(tp / ranking.positives.length);
  });
  return {
    thresholds: Float64Array.from(thresholds),
    precision: Float64Array.from(precision),
    recall: Float64Array.from(recall),
  };
}
