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
import { type Cost, round, turnByTurn } from './timing.ts';

/** Milliseconds of ours and of the best stock form, and how many times faster ours is. */
export interface Comparison {
  readonly ours: number;
  readonly stock: number;
  readonly ratio: number;
  /** The same by CPU time of the process, which other load disturbs less; telling on a software adapter only. */
  readonly cpu: { readonly ours: number; readonly stock: number; readonly ratio: number };
}

export interface ConvResult {
  readonly channels: number;
  readonly voxels: number;
  readonly pairs: number;
  readonly forward: Comparison;
  /** Milliseconds of each stock form; `forward.stock` is the faster one. */
  readonly stockForms: { readonly perOffset: number; readonly im2col: number };
}

/** Backward: both gradients with their forward pass, less the forward pass. */
export interface ConvBackwardResult {
  readonly channels: number;
  readonly voxels: number;
  readonly pairs: number;
  readonly backward: Comparison;
}

export function compare(ours: Cost, stock: Cost): Comparison {
  const pair = (a: number, b: number) => ({ ours: round(a), stock: round(b), ratio: round(b / a) });
  return { ...pair(ours.wall, stock.wall), cpu: pair(ours.cpu, stock.cpu) };
}

const less = (a: Cost, b: Cost): Cost => ({ wall: a.wall - b.wall, cpu: a.cpu - b.cpu });

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

interface ConvSetting {
  readonly voxels: number;
  readonly pairs: number;
  /** By name: the three forms on the same inputs. */
  readonly forward: Record<'ours' | 'perOffset' | 'im2col', () => Promise<void>>;
  readonly backward: Record<'ours' | 'im2col', () => Promise<void>>;
  dispose(): void;
}

/** Points and voxel size of the surface: about 6,600 voxels, or a quarter of them with as many neighbours. */
const CLOUDS = {
  whole: { points: 10_000, voxelSize: 0.03 },
  quarter: { points: 2500, voxelSize: 0.06 },
} as const;

/** A submanifold convolution, K = 27, over the voxels of a surface. */
function convSetting(gpu: Gpu, cloud: keyof typeof CLOUDS, channels: number): ConvSetting {
  const { points, voxelSize } = CLOUDS[cloud];
  const pyramid = buildPyramid(voxelise(wavySphere(points), voxelSize), 1, 3);
  const maps = pyramidFromCpu(gpu, pyramid);
  const map = pyramid.same[0]!;
  const pairs = convPairs(map);
  const stockMap = composedMap(map, pairs);
  const x = randoms(1, [map.vIn, channels]) as tf.Tensor2D;
  const w = randoms(2, [27, channels, channels]) as tf.Tensor3D;
  const dy = randoms(3, [map.vOut, channels]) as tf.Tensor2D;
  const attrs = { map: maps.same[0]!, transposed: false };
  type Form = (a: tf.Tensor, b: tf.Tensor) => tf.Tensor;
  const ours: Form = (a, b) => sparseConv(a as tf.Tensor2D, b as tf.Tensor3D, attrs);
  const im2col: Form = (a, b) => convIm2col(a as tf.Tensor2D, b as tf.Tensor3D, stockMap);
  const perOffset: Form = (a, b) => convPerOffset(a as tf.Tensor2D, b as tf.Tensor3D, stockMap);
  const forward = (f: Form) => () => finish(tf.tidy(() => f(x, w)));
  const backward = (f: Form) => () =>
    finish(tf.tidy(() => tf.grads(f as (...args: tf.Tensor[]) => tf.Tensor)([x, w], dy)));
  return {
    voxels: map.vOut,
    pairs: pairs.pairs,
    forward: { ours: forward(ours), perOffset: forward(perOffset), im2col: forward(im2col) },
    // Of the stock forms only im2col has a gradient: tfjs knows none of scatterND.
    backward: { ours: backward(ours), im2col: backward(im2col) },
    dispose: () => {
      tf.dispose([x, w, dy, stockMap.columns, ...stockMap.perTap.flatMap((t) => (t ? [t.from, t.to] : []))]);
      maps.dispose();
    },
  };
}

export async function benchConv(gpu: Gpu, channels: number, runs: number): Promise<ConvResult> {
  const { voxels, pairs, forward, dispose } = convSetting(gpu, 'whole', channels);
  const { ours, perOffset, im2col } = await turnByTurn(forward, runs);
  dispose();
  const stock = perOffset.cpu < im2col.cpu ? perOffset : im2col;
  const stockForms = { perOffset: round(perOffset.wall), im2col: round(im2col.wall) };
  return { channels, voxels, pairs, forward: compare(ours, stock), stockForms };
}

/** @param cloud the smaller one where the stock form would take half an hour */
export async function benchConvBackward(
  gpu: Gpu,
  channels: number,
  runs: number,
  cloud: keyof typeof CLOUDS,
): Promise<ConvBackwardResult> {
  const { voxels, pairs, forward, backward, dispose } = convSetting(gpu, cloud, channels);
  const both = await turnByTurn(backward, runs);
  const once = await turnByTurn({ ours: forward.ours, im2col: forward.im2col }, runs);
  dispose();
  const result = compare(less(both.ours, once.ours), less(both.im2col, once.im2col));
  return { channels, voxels, pairs, backward: result };
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
  const run = (f: (...args: tf.Tensor[]) => tf.Tensor, inputs: tf.Tensor[]) => () =>
    finish(tf.tidy(() => tf.grads(f)(inputs, dy)));
  const costs = await turnByTurn(
    {
      ours: run(ours as (...args: tf.Tensor[]) => tf.Tensor, [x, params]),
      stock: run(stock as (...args: tf.Tensor[]) => tf.Tensor, [x, gamma, beta]),
    },
    runs,
  );
  const result = compare(costs.ours, costs.stock);
  tf.dispose([x, gamma, beta, params, dy]);
  return { channels, rows, forwardBackward: result };
}
