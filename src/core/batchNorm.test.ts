/** Batch normalisation's gradients against finite differences, with everything that can be fused. */

import { describe, expect, test } from 'vitest';
import { maxAbsDifference } from '../testing/compare.ts';
import { batchNormBackward, batchNormTrain, updateRunning } from './batchNorm.ts';
import { InvalidInputError } from './errors.ts';
import { RandomStream } from './random.ts';

const V = 9;
const C = 4;
const EPS = 1e-5;

function normals(seed: number, length: number): Float64Array {
  const random = new RandomStream(seed);
  return Float64Array.from({ length }, () => random.normal());
}

/** Central differences of `f` at `at`, which is restored. */
function numericGradient(f: () => number, at: Float64Array, step = 1e-6): Float64Array {
  return at.map((value, i) => {
    at[i] = value + step;
    const up = f();
    at[i] = value - step;
    const down = f();
    at[i] = value;
    return (up - down) / (2 * step);
  });
}

describe.each([
  { name: 'plain', relu: false, withResidual: false },
  { name: 'relu', relu: true, withResidual: false },
  { name: 'residual and relu', relu: true, withResidual: true },
])('$name', ({ relu, withResidual }) => {
  test('gradients agree with finite differences', () => {
    const x = normals(1, V * C);
    const gamma = normals(2, C);
    const beta = normals(3, C);
    const dy = normals(4, V * C);
    const residual = normals(5, V * C);
    const fusion = withResidual ? { relu, residual } : { relu };
    const value = (): number =>
      batchNormTrain(x, V, C, gamma, beta, EPS, fusion).y.reduce((sum, y, i) => sum + y * dy[i]!, 0);

    const { mean, variance } = batchNormTrain(x, V, C, gamma, beta, EPS, fusion);
    const grads = batchNormBackward(dy, x, V, C, mean, variance, gamma, EPS, { ...fusion, beta });
    expect(maxAbsDifference(grads.dx, numericGradient(value, x))).toBeLessThan(1e-7);
    expect(maxAbsDifference(grads.dGamma, numericGradient(value, gamma))).toBeLessThan(1e-7);
    expect(maxAbsDifference(grads.dBeta, numericGradient(value, beta))).toBeLessThan(1e-7);
    if (withResidual)
      expect(maxAbsDifference(grads.dResidual, numericGradient(value, residual))).toBeLessThan(1e-7);
  });
});

test('a float32 input gives a float32 result', () => {
  const x = Float32Array.from(normals(1, V * C));
  const { y, mean } = batchNormTrain(x, V, C, normals(2, C), normals(3, C));
  expect(y).toBeInstanceOf(Float32Array);
  expect(mean).toBeInstanceOf(Float32Array);
});

test('a level with a single voxel cannot be trained on and says so', () => {
  const one = new Float64Array(C);
  expect(() => batchNormTrain(one, 1, C, one, one)).toThrow(InvalidInputError);
  expect(() => updateRunning({ mean: one, variance: one }, one, one, 1)).toThrow(InvalidInputError);
});
