/** Choosing a kernel for speed must never change a result: two devices, or two runs, would disagree. */

import { beforeAll, expect, test } from 'vitest';
import { buildPyramid } from '../core/pyramid.ts';
import { RandomStream } from '../core/random.ts';
import { voxelise } from '../core/voxelise.ts';
import type { Gpu } from '../gpu/device.ts';
import { type GpuPyramid, pyramidFromCpu } from '../gpu/pyramid.ts';
import { withDevice } from '../testing/withDevice.ts';
import type { ComputeBackend } from './backend.ts';
import type { GemmTile } from './gemmTiles.ts';
import { type ConvAttrs, sparseConv } from './ops.ts';
import * as tf from './tf.ts';
import { openWebGpuBackend } from './webgpuBackend.ts';

const REGISTERS: readonly GemmTile[] = [
  { kernel: 'registers', rows: 8, columns: 1 },
  { kernel: 'registers', rows: 8, columns: 2 },
  { kernel: 'registers', rows: 16, columns: 4 },
];
const ALL: readonly GemmTile[] = [
  ...REGISTERS,
  { kernel: 'staged', rows: 8, columns: 1 },
  { kernel: 'staged', rows: 8, columns: 2 },
];

const gpu = withDevice();
let maps: GpuPyramid;
let backend: ComputeBackend;
let forced: GemmTile = ALL[0]!;

function randoms(seed: number, length: number): Float32Array {
  const stream = new RandomStream(seed);
  return Float32Array.from({ length }, () => stream.range(-1, 1));
}

beforeAll(async () => {
  backend = await openWebGpuBackend(gpu(), { get: () => forced, set: () => undefined });
  maps = pyramidFromCpu(gpu(), buildPyramid(voxelise(randoms(7, 3 * 700), 0.12), 1, 3));
  return () => {
    maps.dispose();
    backend.dispose();
  };
});

async function outcome(conv: ConvAttrs, cin: number, cout: number): Promise<Float32Array[]> {
  const { map, transposed } = conv;
  const rows = map === null ? 77 : transposed ? map.vOut : map.vIn;
  const rowsOut = map === null ? 77 : transposed ? map.vIn : map.vOut;
  const x = tf.tensor2d(randoms(1, rows * cin), [rows, cin]);
  const w = tf.tensor3d(randoms(2, (map?.taps ?? 1) * cin * cout), [map?.taps ?? 1, cin, cout]);
  const dy = tf.tensor2d(randoms(3, rowsOut * cout), [rowsOut, cout]);
  const apply = (a: tf.Tensor, b: tf.Tensor) => sparseConv(a as tf.Tensor2D, b as tf.Tensor3D, conv);
  const { value, grads } = tf.valueAndGrads(apply)([x, w], dy);
  const found = await Promise.all([value, ...grads].map(async (t) => Float32Array.from(await t.data())));
  tf.dispose([x, w, dy, value, ...grads]);
  return found;
}

const submanifold = () => ({ map: maps.same[0]!, transposed: false });

// Channels that fill no tile.
const cases = [
  { name: 'submanifold 3^3', tiles: ALL, attrs: submanifold },
  { name: 'up 2^3', tiles: REGISTERS, attrs: () => ({ map: maps.down[0]!, transposed: true }) },
  { name: 'dense', tiles: REGISTERS, attrs: () => ({ map: null, transposed: false }) },
];

test.each(cases)('$name: every kernel and tile gives the same bits', async ({ tiles, attrs }) => {
  forced = tiles[0]!;
  const first = await outcome(attrs(), 20, 12);
  expect(first[0]!.some((value) => value !== 0)).toBe(true);
  for (const tile of tiles.slice(1)) {
    forced = tile;
    expect(await outcome(attrs(), 20, 12), JSON.stringify(tile)).toEqual(first);
  }
});

test('measuring on a GPU leaves nothing behind but a choice, and changes no bit', async () => {
  backend.dispose();
  // Nothing is measured on a software adapter, so this one says that it is none.
  const asGpu: Gpu = Object.create(gpu(), {
    adapter: { value: { ...gpu().adapter, software: false } },
  });
  const memory = new Map<string, GemmTile>();
  const measured = await openWebGpuBackend(asGpu, memory);
  backend = measured;
  const conv = submanifold();
  const before = await outcome(conv, 8, 8);
  expect(memory.size).toBe(0);
  const { buffers } = gpu().counters;
  for (let i = 0; i < 8; i++) for (const work of measured.queue.beforePlan) await work();
  expect([...memory.keys()].map((key) => key.split(': ')[1])).toEqual([
    expect.stringMatching(/^2\^\d+ slots, 8 -> 8, plain products$/),
    expect.stringMatching(/^2\^\d+ slots, 8 -> 8, transposed products$/),
  ]);
  expect(gpu().counters.buffers).toBe(buffers);
  expect(await outcome(conv, 8, 8)).toEqual(before);
});
