/** The released loss and its gradients against the original in float64, all edge cases (golden/loss). */

import { describe, expect, test } from 'vitest';
import { maxAbs, maxAbsDifference } from '../testing/compare.ts';
import { countMoved } from '../testing/countMoved.ts';
import { loadBundle } from '../testing/golden.ts';
import { type LossTerms, lossWeights, offsetLoss } from './loss.ts';

const bundle = loadBundle('loss');
const cases = bundle.names.filter((name) => name.endsWith('_pred')).map((name) => name.slice(0, -5));
const gradients: readonly (readonly [LossTerms, string])[] = [
  ['both', 'grad'],
  ['distance', 'grad_dist'],
  ['direction', 'grad_dir'],
];

test('all nine cases are there', () => expect(cases.length).toBe(9));

describe.each(cases)('%s', (name) => {
  const pred = bundle.numbers(`${name}_pred`);
  const target = bundle.numbers(`${name}_gt`);
  const counts = { points: pred.length / 3, moved: countMoved(target) };

  test('value', () => {
    const truth = bundle.meta[name] as { dist: number; dir: number; total: number };
    const value = offsetLoss(pred, target, lossWeights('released', counts));
    for (const key of ['dist', 'dir', 'total'] as const)
      expect(Math.abs(value[key] - truth[key])).toBeLessThan(1e-12);
  });

  test.each(gradients)('gradient, %s', (terms, array) => {
    const truth = bundle.f64(`${name}_${array}`);
    const { gradient } = offsetLoss(pred, target, lossWeights('released', counts, terms));
    expect(maxAbsDifference(gradient, truth)).toBeLessThanOrEqual(1e-8 * maxAbs(truth));
  });
});
