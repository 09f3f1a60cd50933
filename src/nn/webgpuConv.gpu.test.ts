import { beforeAll, describe, expect, test } from 'vitest';
import { buildPyramid } from '../core/pyramid.ts';
import { RandomStream } from '../core/random.ts';
import { sparseConv as cpuConv, sparseConvInputGrad, sparseConvWeightGrad } from '../core/sparseConv.ts';
import type { GridPyramid, KernelMap } from '../core/types.ts';
import { voxelise } from '../core/voxelise.ts';
import { type GpuPyramid, pyramidFromCpu } from '../gpu/pyramid.ts';
import { maxAbs, maxAbsDifference } from '../testing/compare.ts';
import { withDevice } from '../testing/withDevice.ts';
import type { TfjsQueue } from './interop.ts';
import { type ConvAttrs, sparseConv, sparseConvFused } from './ops.ts';
import * as tf from './tf.ts';
import { openWebGpuBackend } from './webgpuBackend.ts';

const gpu = withDevice();
let queue: TfjsQueue;
let pyramid: GridPyramid;
let maps: GpuPyramid;

function randoms(seed: number, length: number): Float32Array {
  const stream = new RandomStream(seed);
  return Float32Array.from({ length }, () => stream.range(-1, 1));
}

beforeAll(async () => {
  ({ queue } = await openWebGpuBackend(gpu()));
  // Two clouds, negative coordinates, a density that leaves most taps of the stem empty.
  const points = randoms(7, 3 * 900);
  const grid = voxelise(points, 0.12, Uint32Array.of(0, 500, 900));
  pyramid = buildPyramid(grid, 2, 5);
  maps = pyramidFromCpu(gpu(), pyramid);
});

interface Case {
  readonly name: string;
  readonly cpu: () => KernelMap;
  readonly attrs: () => ConvAttrs;
}

const identity = (rows: number): KernelMap => ({
  taps: 1,
  source: Int32Array.from({ length: rows }, (_, i) => i),
  vIn: rows,
  vOut: rows,
});

const cases: Case[] = [
  { name: 'stem 5^3', cpu: () => pyramid.stem, attrs: () => ({ map: maps.stem, transposed: false }) },
  {
    name: 'submanifold 3^3',
    cpu: () => pyramid.same[0]!,
    attrs: () => ({ map: maps.same[0]!, transposed: false }),
  },
  {
    name: 'deep submanifold 3^3',
    cpu: () => pyramid.same[3]!,
    attrs: () => ({ map: maps.same[3]!, transposed: false }),
  },
  { name: 'down 2^3', cpu: () => pyramid.down[0]!, attrs: () => ({ map: maps.down[0]!, transposed: false }) },
  { name: 'up 2^3', cpu: () => pyramid.down[0]!, attrs: () => ({ map: maps.down[0]!, transposed: true }) },
  { name: 'dense', cpu: () => identity(77), attrs: () => ({ map: null, transposed: false }) },
];
const channels = [
  [4, 8],
  [8, 4],
  [24, 32],
  [12, 100],
] as const;

async function values(tensor: tf.Tensor): Promise<Float32Array> {
  const data = Float32Array.from(await tensor.data());
  tensor.dispose();
  return data;
}

describe.each(cases)('$name', ({ cpu, attrs }) => {
  test.each(channels)('forward and both gradients, %i -> %i channels', async (cin, cout) => {
    const map = cpu();
    const conv = attrs();
    const { transposed } = conv;
    const rowsIn = transposed ? map.vOut : map.vIn;
    const rowsOut = transposed ? map.vIn : map.vOut;
    const x = randoms(1, rowsIn * cin);
    const w = randoms(2, map.taps * cin * cout);
    const dy = randoms(3, rowsOut * cout);
    const tx = tf.tensor2d(x, [rowsIn, cin]);
    const tw = tf.tensor3d(w, [map.taps, cin, cout]);
    const tdy = tf.tensor2d(dy, [rowsOut, cout]);
    const apply = (a: tf.Tensor, b: tf.Tensor) => sparseConv(a as tf.Tensor2D, b as tf.Tensor3D, conv);
    const { value, grads } = tf.valueAndGrads(apply)([tx, tw], tdy);
    const y = cpuConv(x, w, map, cin, cout, transposed);
    const dx = sparseConvInputGrad(dy, w, map, cin, cout, transposed);
    const dw = sparseConvWeightGrad(x, dy, map, cin, cout, transposed);
    expect(maxAbsDifference(await values(value), y) / maxAbs(y)).toBeLessThan(2e-6);
    expect(maxAbsDifference(await values(grads[0]!), dx) / maxAbs(dx)).toBeLessThan(2e-6);
    expect(maxAbsDifference(await values(grads[1]!), dw) / maxAbs(dw)).toBeLessThan(2e-6);
    tf.dispose([tx, tw, tdy]);
  });

  test('the fused epilogue equals scale, shift, residual and activation done apart', async () => {
    const map = cpu();
    const conv = attrs();
    const rowsIn = conv.transposed ? map.vOut : map.vIn;
    const rowsOut = conv.transposed ? map.vIn : map.vOut;
    for (const [cin, activation] of [
      [4, 'relu'],
      [16, 'prelu'],
      [16, 'none'],
    ] as const) {
      const cout = 12;
      const x = tf.tensor2d(randoms(1, rowsIn * cin), [rowsIn, cin]);
      const w = tf.tensor3d(randoms(2, map.taps * cin * cout), [map.taps, cin, cout]);
      const affine = randoms(4, 3 * cout);
      const residual = randoms(5, rowsOut * cout);
      const fused = sparseConvFused(
        x,
        w,
        tf.tensor2d(affine, [3, cout]),
        tf.tensor2d(residual, [rowsOut, cout]),
        {
          ...conv,
          activation,
        },
      );
      const raw = await values(sparseConv(x, w, conv));
      const expected = raw.map((value, i) => {
        const c = i % cout;
        const u = value * affine[c]! + affine[cout + c]! + residual[i]!;
        if (activation === 'none' || u > 0) return u;
        return activation === 'relu' ? 0 : u * affine[2 * cout + c]!;
      });
      expect(maxAbsDifference(await values(fused), expected)).toBeLessThan(1e-5);
    }
  });
});

test('two runs give the same bits, and nothing is left behind', async () => {
  const cin = 16;
  const rows = pyramid.same[0]!.vIn;
  const x = tf.tensor2d(randoms(1, rows * cin), [rows, cin]);
  const w = tf.tensor3d(randoms(2, 27 * cin * cin), [27, cin, cin]);
  const conv: ConvAttrs = { map: maps.same[0]!, transposed: false };
  const once = () => values(sparseConv(x, w, conv));
  const first = await once();
  const before = { tensors: tf.memory().numTensors, buffers: gpu().counters.buffers };
  for (let i = 0; i < 5; i++) expect(await once()).toEqual(first);
  expect({ tensors: tf.memory().numTensors, buffers: gpu().counters.buffers }).toEqual(before);
  queue.trimPool(0);
});
