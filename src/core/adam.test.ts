/** The optimiser and its schedule where a user's settings reach them. */

import { expect, test } from 'vitest';
import { adamStep, adamUpdate, gradientNorm } from './adam.ts';
import { InvalidInputError } from './errors.ts';
import { learningRate } from './schedule.ts';

test('the first step moves every parameter by the learning rate, against its gradient', () => {
  const parameter = new Float64Array([1, 1, 1]);
  adamUpdate(
    parameter,
    new Float64Array([2, -30, 0]),
    new Float64Array(3),
    new Float64Array(3),
    adamStep(1, 1e-3),
  );
  expect(parameter[0]).toBeCloseTo(1 - 1e-3, 9);
  expect(parameter[1]).toBeCloseTo(1 + 1e-3, 9);
  expect(parameter[2]).toBe(1);
});

test('a gradient sum of k micro-batches with scale 1/k is their mean', () => {
  const [a, b] = [new Float64Array([1]), new Float64Array([1])];
  const moments = () => [new Float64Array(1), new Float64Array(1)] as const;
  adamUpdate(a, new Float64Array([8]), ...moments(), adamStep(1, 1e-3, undefined, 0.25));
  adamUpdate(b, new Float64Array([2]), ...moments(), adamStep(1, 1e-3));
  expect(a).toEqual(b);
});

test('steps are counted from 1: step 0 would divide by zero', () => {
  expect(() => adamStep(0, 1e-3)).toThrow(InvalidInputError);
});

test('the norm counts broken values instead of drowning in them', () => {
  expect(gradientNorm(new Float32Array([3, Number.NaN, 4, Number.POSITIVE_INFINITY]))).toEqual({
    squares: 25,
    nonFinite: 2,
  });
});

test('a short run starts at the base rate, never rises and ends near the floor', () => {
  const rates = Array.from({ length: 600 }, (_, step) => learningRate(step, 600));
  expect(rates[0]).toBe(1e-3);
  expect(rates.every((rate, i) => i === 0 || rate <= rates[i - 1]!)).toBe(true);
  expect(rates.at(-1)).toBeLessThan(2e-6);
  expect(learningRate(0, 1)).toBe(1e-3);
  expect(() => learningRate(600, 600)).toThrow(InvalidInputError);
});
