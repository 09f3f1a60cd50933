/** The loss and optimiser kernels against their CPU twins and, where recorded, the golden edge cases. */

import { expect, test } from 'vitest';
import { adamStep, adamUpdate, gradientNorm } from '../core/adam.ts';
import { type LossForm, lossWeights, offsetLoss } from '../core/loss.ts';
import { RandomStream } from '../core/random.ts';
import { readBuffers } from '../gpu/readback.ts';
import { maxAbs, maxAbsDifference, relativeL2 } from '../testing/compare.ts';
import { countMoved } from '../testing/countMoved.ts';
import { withDevice } from '../testing/withDevice.ts';
import { encodeAdam, encodeGradientNorm, encodeOffsetLoss, lossPartialBytes, normLayout } from './kernels.ts';

const gpu = withDevice();

/** Every 64th point is moved; some predictions are zero, some equal their target. */
function batch(points: number, seed: number): { pred: Float32Array; target: Float32Array } {
  const random = new RandomStream(seed);
  const target = new Float32Array(3 * points);
  const pred = new Float32Array(3 * points);
  for (let i = 0; i < points; i++)
    for (let axis = 0; axis < 3; axis++) {
      if (i % 64 === 0) target[3 * i + axis] = random.range(-0.1, 0.1);
      if (i % 7 !== 0) pred[3 * i + axis] = random.normal() * 0.02;
      if (i % 11 === 3) pred[3 * i + axis] = target[3 * i + axis]!;
    }
  return { pred, target };
}

/** Runs the kernel with rows padded to `row`, as the network lays them out. */
async function lossOnGpu(
  pred: Float32Array,
  target: Float32Array,
  row: number,
  weights: ReturnType<typeof lossWeights>,
): Promise<{ value: Float32Array; gradient: Float32Array }> {
  const points = target.length / 3;
  const padded = new Float32Array(row * points).fill(9);
  for (let i = 0; i < points; i++) padded.set(pred.subarray(3 * i, 3 * i + 3), row * i);
  const buffers = {
    pred: gpu().upload('pred', padded),
    target: gpu().upload('target', target),
    gradient: gpu().buffer('gradient', padded.byteLength),
    partial: gpu().buffer('partial', lossPartialBytes(points)),
    value: gpu().buffer('value', 8),
  };
  gpu().run('loss', (pass) => encodeOffsetLoss(gpu(), pass, buffers, points, row, weights));
  const [value, gradient] = await readBuffers(gpu(), [
    { buffer: buffers.value, bytes: 8 },
    { buffer: buffers.gradient, bytes: padded.byteLength },
  ]);
  gpu().release(...Object.values(buffers));
  return { value: new Float32Array(value!), gradient: new Float32Array(gradient!) };
}

test.each<[LossForm, number, number]>([
  ['released', 1, 3],
  ['paper', 300, 3],
  ['studio', 1333, 4],
  ['paper', 70_001, 3],
])('loss %s of %i points in rows of %i', async (form, points, row) => {
  const { pred, target } = batch(points, points);
  const weights = lossWeights(form, { points, moved: countMoved(target) });
  const truth = offsetLoss(Float64Array.from(pred), target, weights);
  const { value, gradient } = await lossOnGpu(pred, target, row, weights);
  expect(Math.abs(value[0]! - truth.dist)).toBeLessThan(1e-6 * Math.max(1, truth.dist));
  expect(Math.abs(value[1]! - truth.dir)).toBeLessThan(1e-6);
  const compact = gradient.filter((_, i) => i % row < 3);
  expect(maxAbsDifference(compact, truth.gradient)).toBeLessThan(2e-6 * maxAbs(truth.gradient));
  expect(gradient.filter((_, i) => i % row >= 3).every((g) => g === 0)).toBe(true);
});

test('the loss is bit-identical from run to run', async () => {
  const { pred, target } = batch(5000, 3);
  const weights = lossWeights('paper', { points: 5000, moved: countMoved(target) });
  const [a, b] = [await lossOnGpu(pred, target, 3, weights), await lossOnGpu(pred, target, 3, weights)];
  expect(a).toEqual(b);
});

test.each([1, 257, 20_000])('three Adam steps on %i elements follow the twin', async (length) => {
  const random = new RandomStream(length);
  const values = (scale: number) => Float32Array.from({ length }, () => random.normal() * scale);
  const parameter = values(1);
  const gradients = [values(1e-3), values(1e-3), values(1e-3)];
  const twin = Float64Array.from(parameter);
  const [m, v] = [new Float64Array(length), new Float64Array(length)];

  const buffers = {
    // Longer than the tensor, as tfjs's pooled buffers are: what lies behind it must stay untouched.
    parameter: gpu().upload('parameter', Float32Array.from([...parameter, 5, 5, 5, 5])),
    first: gpu().upload('first', new Float32Array(length)),
    second: gpu().upload('second', new Float32Array(length)),
  };
  for (const [t, g] of gradients.entries()) {
    const step = adamStep(t + 1, 1e-3, undefined, 0.5);
    adamUpdate(twin, g, m, v, step);
    const gradient = gpu().upload('gradient', g);
    gpu().run('adam', (pass) => encodeAdam(gpu(), pass, { ...buffers, gradient }, length, step));
    gpu().release(gradient);
  }
  const [after] = await readBuffers(gpu(), [{ buffer: buffers.parameter, bytes: 4 * length + 16 }]);
  gpu().release(...Object.values(buffers));
  const result = new Float32Array(after!);
  expect(maxAbsDifference(result.subarray(0, length), twin)).toBeLessThan(5e-7);
  expect([...result.subarray(length)]).toEqual([5, 5, 5, 5]);
});

test('the gradient norm adds up over tensors and counts broken values', async () => {
  const random = new RandomStream(5);
  const tensors = [100_000, 1, 513].map((length) => Float32Array.from({ length }, () => random.normal()));
  tensors[2]![7] = Number.NaN;
  tensors[0]![99_999] = Number.NEGATIVE_INFINITY;
  const layout = normLayout(tensors.map((tensor) => tensor.length));
  const partial = gpu().buffer('partial', layout.bytes);
  const result = gpu().buffer('norm', 8);
  const uploaded = tensors.map((tensor) => gpu().upload('gradient', tensor));
  gpu().run('norm', (pass) => encodeGradientNorm(gpu(), pass, uploaded, layout, partial, result));
  const [words] = await readBuffers(gpu(), [{ buffer: result, bytes: 8 }]);
  gpu().release(partial, result, ...uploaded);
  const truth = tensors.map((tensor) => gradientNorm(tensor));
  const [squares, nonFinite] = new Float32Array(words!);
  expect(relativeL2([squares!], [truth.reduce((sum, t) => sum + t.squares, 0)])).toBeLessThan(1e-6);
  expect(nonFinite).toBe(2);
});
