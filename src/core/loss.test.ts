/** The loss: its gradient against finite differences, its micro-batches against the whole, its edges. */

import { expect, test } from 'vitest';
import { maxAbsDifference } from '../testing/compare.ts';
import { countMoved } from '../testing/countMoved.ts';
import { InvalidInputError } from './errors.ts';
import { type LossForm, lossWeights, offsetLoss } from './loss.ts';
import { RandomStream } from './random.ts';

const N = 40;

/** A batch with every fifth point moved; predictions stay away from the kinks of |o - g|. */
function batch(seed: number): { pred: Float64Array; target: Float64Array } {
  const random = new RandomStream(seed);
  const target = new Float64Array(3 * N);
  for (let i = 0; i < 3 * N; i++) if (Math.floor(i / 3) % 5 === 0) target[i] = random.range(-0.1, 0.1);
  const pred = target.map((g) => g + (random.uniform() < 0.5 ? -1 : 1) * random.range(0.01, 0.1));
  return { pred, target };
}

test.each(
  (['released', 'paper', 'studio'] as const).flatMap((form) =>
    (['both', 'distance', 'direction'] as const).map((terms) => ({ form, terms })),
  ),
)('the gradient of $form ($terms) is the derivative of its value', ({ form, terms }) => {
  const { pred, target } = batch(7);
  const weights = lossWeights(form, { points: N, moved: countMoved(target) }, terms);
  const { gradient } = offsetLoss(pred, target, weights);
  const step = 1e-7;
  const numeric = pred.map((value, i) => {
    pred[i] = value + step;
    const up = offsetLoss(pred, target, weights).total;
    pred[i] = value - step;
    const down = offsetLoss(pred, target, weights).total;
    pred[i] = value;
    return (up - down) / (2 * step);
  });
  expect(maxAbsDifference(gradient, numeric)).toBeLessThan(1e-6);
});

test('two micro-batches weighted by the whole batch add up to it', () => {
  const { pred, target } = batch(8);
  const weights = lossWeights('paper', { points: N, moved: countMoved(target) });
  const cut = 3 * 13;
  const whole = offsetLoss(pred, target, weights);
  const first = offsetLoss(pred.slice(0, cut), target.slice(0, cut), weights);
  const second = offsetLoss(pred.slice(cut), target.slice(cut), weights);
  expect(first.dist + second.dist).toBeCloseTo(whole.dist, 14);
  expect(first.dir + second.dir).toBeCloseTo(whole.dir, 14);
  expect([...first.gradient, ...second.gradient]).toEqual([...whole.gradient]);
});

test('a perfect prediction has no distance left and direction -1 over moved points', () => {
  const { target } = batch(9);
  const value = offsetLoss(target, target, lossWeights('paper', { points: N, moved: countMoved(target) }));
  expect(value.dist).toBe(0);
  expect(value.dir).toBeCloseTo(-1, 5);
});

test('the terms can be switched off one at a time', () => {
  const { pred, target } = batch(10);
  const counts = { points: N, moved: countMoved(target) };
  const both = offsetLoss(pred, target, lossWeights('paper', counts));
  const distance = offsetLoss(pred, target, lossWeights('paper', counts, 'distance'));
  const direction = offsetLoss(pred, target, lossWeights('paper', counts, 'direction'));
  expect([distance.dist, distance.dir]).toEqual([both.dist, 0]);
  expect([direction.dist, direction.dir]).toEqual([0, both.dir]);
});

test.each<LossForm>(['released', 'paper', 'studio'])('%s without a moved point stays finite', (form) => {
  const pred = new Float64Array(3 * N).fill(0.1);
  const value = offsetLoss(pred, new Float64Array(3 * N), lossWeights(form, { points: N, moved: 0 }));
  expect(value.total).toBeGreaterThan(0);
  expect(value.gradient.every(Number.isFinite)).toBe(true);
});

test('a head that starts at zero gets a bounded gradient in the studio form', () => {
  const { target } = batch(11);
  const weights = lossWeights('studio', { points: N, moved: countMoved(target) });
  const { gradient } = offsetLoss(new Float64Array(3 * N), target, weights);
  expect(Math.max(...gradient.map(Math.abs))).toBeLessThan(100);
});

test('impossible counts and lengths are refused', () => {
  expect(() => lossWeights('paper', { points: 0, moved: 0 })).toThrow(InvalidInputError);
  expect(() => lossWeights('paper', { points: 3, moved: 4 })).toThrow(InvalidInputError);
  const weights = lossWeights('paper', { points: 1, moved: 1 });
  expect(() => offsetLoss(new Float64Array(3), new Float64Array(6), weights)).toThrow(InvalidInputError);
});
