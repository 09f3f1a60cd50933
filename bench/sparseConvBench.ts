/** Sparse convolution and batch norm on WebGPU beside stock tfjs operations on the same adapter. */

import * as tf from '@tensorflow/tfjs';
import { convPairs } from '../src/core/convPairs.ts';
import { buildPyramid } from '../src/core/pyramid.ts';
import { RandomStream } from '../src/core/random.ts';
import { voxelise } from '../src/core/voxelise.ts';
import type { Gpu } from '../src/gpu/device.ts';
import { pyramidFromCpu } from '../src/gpu/pyramid.ts';
import { batchNorm, sparseConv } from '../src/nn/ops.ts';
import { wavySphere } from './clouds.ts';
import { batchNormRelu, composedMap, convIm2col, convPerOffset } from './composed.ts';
import { medianMs, round } from './timing.ts';

/** Milliseconds of ours and of the best stock form, and how many times faster ours is. */
export interface Comparison {
  readonly ours: number;
  readonly stock: number;
  readonly ratio: number;
}

export interface ConvResult {
  readonly channels: number;
  readonly voxels: number;
  readonly pairs: number;
  readonly forward: Comparison;
  /** Milliseconds of each stock form; `forward.stock` is the faster one. */
  readonly stockForms: { readonly perOffset: number; readonly im2col: number };
  /** Null when it was left out. */
  readonly backward: Comparison | null;
}

function compare(ours: number, stock: number): Comparison {
  return { ours: round(ours), stock: round(stock), ratio: round(stock / ours) };
}

function randoms(seed: number, shape: number[]): tf.Tensor {
  const stream = new RandomStream(seed);
  const size = shape.reduce((x, y) => x * y, 1);
  return tf.tensor(
    Float32Array.from({ length: size }, () => stream.range(-1, 1)),
    shape,
  );
}

/** Runs to the end: one value is read back, so every dispatch before it has finished. */
async function finish(result: tf.Tensor | tf.Tensor[]): Promise<void> {
  const tensors = Array.isArray(result) ? result : [result];
  for (const tensor of tensors) {
    const one = tf.slice(tf.reshape(tensor, [-1]), [0], [1]);
    await one.data();
    one.dispose();
  }
  tf.dispose(tensors);
}

/** Forward and backward of one submanifold convolution over a 5k-voxel surface, K = 27. */
export async function benchConv(
  gpu: Gpu,
  channels: number,
  runs: number,
  withBackward: boolean,
): Promise<ConvResult> {
  const pyramid = buildPyramid(voxelise(wavySphere(10_000), 0.03), 1, 3);
  const maps = pyramidFromCpu(gpu, pyramid);
  const map = pyramid.same[0]!;
  const pairs = convPairs(map);
  const stockMap = composedMap(map, pairs);
  const x = randoms(1, [map.vIn, channels]) as tf.Tensor2D;
  const w = randoms(2, [27, channels, channels]) as tf.Tensor3D;
  const dy = randoms(3, [map.vOut, channels]) as tf.Tensor2D;
  const attrs = { map: maps.same[0]!, transposed: false };

  const ours = (a: tf.Tensor, b: tf.Tensor) => sparseConv(a as tf.Tensor2D, b as tf.Tensor3D, attrs);
  const im2col = (a: tf.Tensor, b: tf.Tensor) => convIm2col(a as tf.Tensor2D, b as tf.Tensor3D, stockMap);
  const perOffset = (a: tf.Tensor, b: tf.Tensor) =>
    convPerOffset(a as tf.Tensor2D, b as tf.Tensor3D, stockMap);
  // Ours is short and so easily disturbed; the stock forms take seconds on a software adapter.
  const runsOf = (f: typeof ours) => (f === ours ? Math.max(5, runs) : runs);
  const forward = (f: typeof ours) => medianMs(() => finish(tf.tidy(() => f(x, w))), runsOf(f));
  const whole = (f: typeof ours) =>
    medianMs(
      () => finish(tf.tidy(() => tf.grads(f as (...args: tf.Tensor[]) => tf.Tensor)([x, w], dy))),
      runs,
    );

  const forwardOurs = await forward(ours);
  const stockForms = { perOffset: round(await forward(perOffset)), im2col: round(await forward(im2col)) };
  const stockForward = Math.min(stockForms.perOffset, stockForms.im2col);
  // Backward = both gradients with their forward pass, less the forward pass. Of the stock forms only
  // im2col has one: tfjs knows no gradient of scatterND.
  const backward = withBackward
    ? compare((await whole(ours)) - forwardOurs, (await whole(im2col)) - stockForms.im2col)
    : null;
  tf.dispose([x, w, dy, stockMap.columns, ...stockMap.perTap.flatMap((t) => (t ? [t.from, t.to] : []))]);
  maps.dispose();
  return {
    channels,
    voxels: map.vOut,
    pairs: pairs.pairs,
    forward: compare(forwardOurs, stockForward),
    stockForms,
    backward,
  };
}

export interface NormResult {
  readonly channels: number;
  readonly rows: number;
  readonly forwardBackward: Comparison;
}

/** Batch norm + ReLU, forward and backward. */
export async function benchNorm(channels: number, runs: number): Promise<NormResult> {
  const rows = 4896;
  const x = randoms(1, [rows, channels]) as tf.Tensor2D;
  const gamma = randoms(2, [channels]) as tf.Tensor1D;
  const beta = randoms(3, [channels]) as tf.Tensor1D;
  const params = tf.stack([gamma, beta]) as tf.Tensor2D;
  const dy = randoms(4, [rows, channels]);
  const ours = (a: tf.Tensor, p: tf.Tensor) =>
    batchNorm(a as tf.Tensor2D, p as tf.Tensor2D, undefined, 'relu').y;
  const stock = (a: tf.Tensor, g: tf.Tensor, b: tf.Tensor) =>
    batchNormRelu(a as tf.Tensor2D, g as tf.Tensor1D, b as tf.Tensor1D);
  const run = (f: (...args: tf.Tensor[]) => tf.Tensor, inputs: tf.Tensor[]) =>
    medianMs(() => finish(tf.tidy(() => tf.grads(f)(inputs, dy))), runs);
  const result = compare(
    await run(ours as (...args: tf.Tensor[]) => tf.Tensor, [x, params]),
    await run(stock as (...args: tf.Tensor[]) => tf.Tensor, [x, gamma, beta]),
  );
  tf.dispose([x, gamma, beta, params, dy]);
  return { channels, rows, forwardBackward: result };
}
