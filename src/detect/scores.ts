/**
 * From predicted offsets to scores: a point's score is the length of its offset, a scan's score is a
 * summary of its points' (METHOD.md "Pipeline" step 6; golden/SPEC.md section 5).
 */

import { InvalidInputError } from '../core/errors.ts';
import {
  type JudgeRule,
  OBJECT_RULES,
  type ObjectFigures,
  type ObjectScoreRule,
} from '../core/objectRule.ts';
import { quantile, quantileOfSorted } from './quantile.ts';

/** `l2` is the paper's norm, `l1` the released code's. */
export type ScoreNorm = 'l1' | 'l2';

/**
 * @param offsets [3N] model units
 * @returns [N] score per point, model units
 * @throws InvalidInputError when the length is no multiple of three
 */
export function pointScores(offsets: Float32Array, norm: ScoreNorm): Float32Array {
  if (offsets.length % 3 !== 0)
    throw new InvalidInputError('offsets', `${offsets.length} numbers are not xyz triples`);
  const scores = new Float32Array(offsets.length / 3);
  for (let i = 0; i < scores.length; i++) {
    const x = offsets[3 * i]!;
    const y = offsets[3 * i + 1]!;
    const z = offsets[3 * i + 2]!;
    scores[i] = norm === 'l1' ? Math.abs(x) + Math.abs(y) + Math.abs(z) : Math.sqrt(x * x + y * y + z * z);
  }
  return scores;
}

/**
 * The paper's object score.
 * @param scores [N]; the sum runs in float64
 * @throws InvalidInputError for no points
 */
export function meanScore(scores: Float32Array): number {
  if (scores.length === 0) throw new InvalidInputError('scores', 'a scan without points has no score');
  let sum = 0;
  for (const score of scores) sum += score;
  return sum / scores.length;
}

/** @param sorted ascending */
function topMean(sorted: Float32Array, share: number): number {
  return meanScore(sorted.subarray(sorted.length - Math.max(1, Math.round(share * sorted.length))));
}

/**
 * @param scores [N] point scores, left in their order
 * @returns the scan's score, in the unit of `scores`
 * @throws InvalidInputError for no points, or a share or q outside (0, 1]
 */
export function objectScore(scores: Float32Array, rule: ObjectScoreRule): number {
  switch (rule.kind) {
    case 'mean':
      return meanScore(scores);
    case 'top-mean': {
      if (!(rule.share > 0 && rule.share <= 1))
        throw new InvalidInputError('top-mean', `share must lie in (0, 1], not ${rule.share}`);
      return topMean(scores.slice().sort(), rule.share);
    }
    case 'percentile':
      return quantile(scores, rule.q);
    default:
      return rule satisfies never;
  }
}

/**
 * The scan's score by each of `OBJECT_RULES`, with one sorting.
 * @param scores [N] point scores, left in their order
 * @throws InvalidInputError for no points, or NaN among them
 */
export function objectFigures(scores: Float32Array): ObjectFigures {
  const mean = meanScore(scores);
  const sorted = scores.slice().sort();
  const by = (rule: ObjectScoreRule) => {
    switch (rule.kind) {
      case 'mean':
        return mean;
      case 'top-mean':
        return topMean(sorted, rule.share);
      case 'percentile':
        return quantileOfSorted(sorted, rule.q);
      default:
        return rule satisfies never;
    }
  };
  const { mean: whole, top, p99, max } = OBJECT_RULES;
  return { mean: by(whole), top: by(top), p99: by(p99), max: by(max) };
}

/**
 * A scan's score by its judge's own rule when some of its points do not count.
 * @param own the score of all points @param scores [N] of all points
 * @param left [M] of those that count, at least one
 */
export function scoreOfPart(rule: JudgeRule, own: number, scores: Float32Array, left: Float32Array): number {
  if (rule.kind !== 'members') return objectScore(left, rule);
  // What each member said is not kept: all of them sink as their common score does.
  const common = { kind: 'top-mean', share: rule.share } as const;
  const before = objectScore(scores, common);
  return before === 0 ? 0 : (own * objectScore(left, common)) / before;
}
