/** Batch norm on the CPU against its twin; a wrong gradient here trains a wrong model silently. */

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { batchNormBackward, batchNormTrain } from '../core/batchNorm.ts';
import { InvalidInputError } from '../core/errors.ts';
import { RandomStream } from '../core/random.ts';
import { maxAbs, maxAbsDifference } from '../testing/compare.ts';
import type { WasmCompute } from './backend.ts';
import { batchNorm } from './ops.ts';
import * as tf from './tf.ts';
import { openWasm } from './wasmBackend.ts';

let backend: WasmCompute;
beforeAll(async () => {
  backend = await openWasm();
});
afterAll(() => backend.dispose());

function randoms(seed: number, length: number, offset = 0): Float32Array {
  const stream = new RandomStream(seed);
  return Float32Array.from({ length }, () => offset + stream.range(-1, 1));
}

const f64 = (values: Float32Array) => Float64Array.from(values);

describe.each([
  { rows: 2, channels: 4, offset: 0 },
  // More rows than a chunk holds.
  { rows: 700, channels: 24, offset: 0 },
  // A mean a thousand times the deviation: a one-pass variance would be lost to cancellation.
  { rows: 20000, channels: 8, offset: 1000 },
])('$rows x $channels, mean $offset', ({ rows, channels, offset }) => {
  // At mean 1000 rounding decides on which side of zero some values fall, so ReLU is left out there.
  const kinds = offset === 0 ? (['none', 'relu', 'relu with residual'] as const) : (['none'] as const);
  test.each(kinds)('%s', (kind) => {
    const x = randoms(1, rows * channels, offset);
    const gamma = randoms(2, channels, 1.5);
    const beta = randoms(3, channels);
    const dy = randoms(4, rows * channels);
    const residual = kind === 'relu with residual' ? randoms(5, rows * channels) : null;
    const relu = kind !== 'none';
    const fusion = { relu, beta, ...(residual ? { residual: f64(residual) } : {}) };
    const expected = batchNormTrain(f64(x), rows, channels, gamma, beta, undefined, fusion);
    const { mean, variance } = expected;
    const back = batchNormBackward(f64(dy), f64(x), rows, channels, mean, variance, gamma, undefined, fusion);

    const inputs: tf.Tensor[] = [
      tf.tensor2d(x, [rows, channels]),
      tf.tensor2d([...gamma, ...beta], [2, channels]),
    ];
    if (residual) inputs.push(tf.tensor2d(residual, [rows, channels]));
    const { value, grads } = tf.valueAndGrads(
      (...[a, p, r]: tf.Tensor[]) =>
        batchNorm(a as tf.Tensor2D, p as tf.Tensor2D, r as tf.Tensor2D | undefined, relu ? 'relu' : 'none').y,
    )(inputs, tf.tensor2d(dy, [rows, channels]));
    // The input itself is known to 2^-24 * offset, which the division by the deviation magnifies.
    const tolerance = 1e-6 + offset * 4e-7;
    expect(maxAbsDifference(value.dataSync(), expected.y)).toBeLessThan(tolerance * maxAbs(expected.y));
    expect(maxAbsDifference(grads[0]!.dataSync(), back.dx)).toBeLessThan(3 * tolerance * maxAbs(back.dx));
    const sums = [...back.dGamma, ...back.dBeta];
    expect(maxAbsDifference(grads[1]!.dataSync(), sums)).toBeLessThan(3 * tolerance * maxAbs(sums));
    if (residual) expect(maxAbsDifference(grads[2]!.dataSync(), back.dResidual)).toBeLessThan(1e-6);
  });
});

test('the moments handed out are those of the batch, float64 sums', () => {
  const [rows, channels] = [5000, 4];
  const x = randoms(1, rows * channels, 1000);
  const params = tf.tensor2d([1, 1, 1, 1, 0, 0, 0, 0], [2, 4]);
  const { moments } = batchNorm(tf.tensor2d(x, [rows, channels]), params, undefined, 'none');
  const { mean, variance } = batchNormTrain(
    f64(x),
    rows,
    channels,
    Float32Array.of(1, 1, 1, 1),
    new Float32Array(4),
  );
  expect(moments.dataSync()).toEqual(Float32Array.from([...mean, ...variance]));
});

test('PReLU: values and slope gradient agree with finite differences', () => {
  const [rows, channels] = [40, 4];
  const x = randoms(1, rows * channels);
  const dy = randoms(4, rows * channels);
  const slopes = [0.25, 0.1, -0.3, 0.7];
  const params = Float32Array.from([...randoms(2, channels, 1.5), ...randoms(3, channels), ...slopes]);
  const forward = (p: ArrayLike<number>) => {
    const gamma = Float64Array.from(p).slice(0, channels);
    const beta = Float64Array.from(p).slice(channels, 2 * channels);
    const { y } = batchNormTrain(f64(x), rows, channels, gamma, beta);
    return y.map((u, i) => (u > 0 ? u : u * p[2 * channels + (i % channels)]!));
  };
  const { value, grads } = tf.valueAndGrads(
    (a: tf.Tensor, p: tf.Tensor) => batchNorm(a as tf.Tensor2D, p as tf.Tensor2D, undefined, 'prelu').y,
  )(
    [tf.tensor2d(x, [rows, channels]), tf.tensor2d(params, [3, channels])],
    tf.tensor2d(dy, [rows, channels]),
  );
  expect(maxAbsDifference(value.dataSync(), forward(params))).toBeLessThan(1e-6);
  const loss = (p: ArrayLike<number>) => forward(p).reduce((sum, y, i) => sum + y * dy[i]!, 0);
  const numeric = Array.from(params, (_, i) => {
    const step = (h: number) => Float64Array.from(params, (v, j) => (j === i ? v + h : v));
    return (loss(step(1e-5)) - loss(step(-1e-5))) / 2e-5;
  });
  expect(maxAbsDifference(grads[1]!.dataSync(), numeric)).toBeLessThan(1e-5 * maxAbs(numeric));
});

test('one row has no variance: refused, not divided by zero', () => {
  const apply = () => batchNorm(tf.ones([1, 4]), tf.ones([2, 4]), undefined, 'none');
  expect(apply).toThrow(InvalidInputError);
});
