import { beforeAll, describe, expect, test } from 'vitest';
import { batchNormBackward, batchNormTrain } from '../core/batchNorm.ts';
import { RandomStream } from '../core/random.ts';
import { maxAbs, maxAbsDifference } from '../testing/compare.ts';
import { withDevice } from '../testing/withDevice.ts';
import { batchNorm } from './ops.ts';
import * as tf from './tf.ts';
import { openWebGpuBackend } from './webgpuBackend.ts';

const gpu = withDevice();
beforeAll(async () => {
  await openWebGpuBackend(gpu());
});

function randoms(seed: number, length: number, offset = 0): Float32Array {
  const stream = new RandomStream(seed);
  return Float32Array.from({ length }, () => offset + stream.range(-1, 1));
}

async function values(tensor: tf.Tensor): Promise<Float32Array> {
  return Float32Array.from(await tensor.data());
}

describe.each([
  { rows: 2, channels: 4, offset: 0 },
  { rows: 700, channels: 24, offset: 0 },
  // A mean a thousand times the deviation: a one-pass variance would be lost to cancellation.
  { rows: 20000, channels: 8, offset: 1000 },
])('$rows x $channels, mean $offset', ({ rows, channels, offset }) => {
  // At mean 1000 rounding decides on which side of zero some values fall, so ReLU is left out there.
  const kinds = offset === 0 ? (['none', 'relu', 'relu with residual'] as const) : (['none'] as const);
  test.each(kinds)('%s', async (kind) => {
    const x = randoms(1, rows * channels, offset);
    const gamma = randoms(2, channels, 1.5);
    const beta = randoms(3, channels);
    const dy = randoms(4, rows * channels);
    const residual = kind === 'relu with residual' ? randoms(5, rows * channels) : null;
    const relu = kind !== 'none';
    const f64 = (a: Float32Array) => Float64Array.from(a);
    const fusion64 = { relu, beta, ...(residual ? { residual: f64(residual) } : {}) };
    const expected = batchNormTrain(f64(x), rows, channels, gamma, beta, undefined, fusion64);
    const back = batchNormBackward(
      f64(dy),
      f64(x),
      rows,
      channels,
      expected.mean,
      expected.variance,
      gamma,
      undefined,
      fusion64,
    );

    const inputs = [
      tf.tensor2d(x, [rows, channels]),
      tf.concat([tf.tensor2d(gamma, [1, channels]), tf.tensor2d(beta, [1, channels])], 0),
    ];
    if (residual) inputs.push(tf.tensor2d(residual, [rows, channels]));
    const apply = (...[a, p, r]: tf.Tensor[]) =>
      batchNorm(a as tf.Tensor2D, p as tf.Tensor2D, r as tf.Tensor2D | undefined, relu ? 'relu' : 'none').y;
    const { value, grads } = tf.valueAndGrads(apply)(inputs, tf.tensor2d(dy, [rows, channels]));
    // The input itself is known to 2^-24 * offset, which the division by the deviation magnifies.
    const tolerance = 3e-6 + offset * 4e-7;
    const y = await values(value);
    expect(maxAbsDifference(y, expected.y)).toBeLessThan(tolerance * maxAbs(expected.y));
    const dx = await values(grads[0]!);
    expect(maxAbsDifference(dx, back.dx)).toBeLessThan(tolerance * 10 * maxAbs(back.dx));
    const dParams = await values(grads[1]!);
    const sums = [...back.dGamma, ...back.dBeta];
    expect(maxAbsDifference(dParams, sums)).toBeLessThan(tolerance * 10 * maxAbs(sums));
    if (residual) expect(maxAbsDifference(await values(grads[2]!), back.dResidual)).toBeLessThan(tolerance);
  });
});

test('PReLU: values and slope gradient agree with finite differences', async () => {
  const [rows, channels] = [40, 4];
  const x = randoms(1, rows * channels);
  const dy = randoms(4, rows * channels);
  const params = Float32Array.from([
    ...randoms(2, channels, 1.5),
    ...randoms(3, channels),
    0.25,
    0.1,
    -0.3,
    0.7,
  ]);
  const forward = (p: ArrayLike<number>) => {
    const gamma = Float64Array.from(p).slice(0, channels);
    const beta = Float64Array.from(p).slice(channels, 2 * channels);
    const { y } = batchNormTrain(Float64Array.from(x), rows, channels, gamma, beta);
    return y.map((u, i) => (u > 0 ? u : u * p[2 * channels + (i % channels)]!));
  };
  const apply = (a: tf.Tensor, p: tf.Tensor) =>
    batchNorm(a as tf.Tensor2D, p as tf.Tensor2D, undefined, 'prelu').y;
  const { value, grads } = tf.valueAndGrads(apply)(
    [tf.tensor2d(x, [rows, channels]), tf.tensor2d(params, [3, channels])],
    tf.tensor2d(dy, [rows, channels]),
  );
  expect(maxAbsDifference(await values(value), forward(params))).toBeLessThan(2e-6);
  const loss = (p: ArrayLike<number>) => forward(p).reduce((sum, y, i) => sum + y * dy[i]!, 0);
  const numeric = Array.from(params, (_, i) => {
    const step = (h: number) => Float64Array.from(params, (v, j) => (j === i ? v + h : v));
    return (loss(step(1e-5)) - loss(step(-1e-5))) / 2e-5;
  });
  expect(maxAbsDifference(await values(grads[1]!), numeric)).toBeLessThan(1e-4 * maxAbs(numeric));
});
