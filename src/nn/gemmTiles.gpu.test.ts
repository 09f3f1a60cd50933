/** Choosing a kernel for speed must never change a result: two devices, or two runs, would disagree. */

import { beforeAll, expect, test } from 'vitest';
import { buildPyramid } from '../core/pyramid.ts';
import { RandomStream } from '../core/random.ts';
import { voxelise } from '../core/voxelise.ts';
import { type GpuPyramid, pyramidFromCpu } from '../gpu/pyramid.ts';
import { withDevice } from '../testing/withDevice.ts';
import type { ComputeBackend } from './backend.ts';
import type { GemmTile } from './gemmTiles.ts';
import { type ConvAttrs, sparseConv } from './ops.ts';
import * as tf from './tf.ts';
import { openWebGpuBackend } from './webgpuBackend.ts';

const TILES: readonly GemmTile[] = [
  ...([8, 16] as const).flatMap((rows) =>
    ([1, 2, 4] as const).map((columns) => ({ kernel: 'registers', rows, columns }) as const),
  ),
  { kernel: 'staged', rows: 8, columns: 1 },
  { kernel: 'staged', rows: 8, columns: 2 },
];

const gpu = withDevice();
let maps: GpuPyramid;
let backend: ComputeBackend;
let forced: GemmTile = TILES[0]!;

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

// Channels that fill no tile, or several.
const cases = [
  { name: 'submanifold 3^3', cin: 8, cout: 4, attrs: () => ({ map: maps.same[0]!, transposed: false }) },
  { name: 'submanifold 3^3', cin: 20, cout: 100, attrs: () => ({ map: maps.same[0]!, transposed: false }) },
  { name: 'up 2^3', cin: 12, cout: 20, attrs: () => ({ map: maps.down[0]!, transposed: true }) },
  { name: 'dense', cin: 32, cout: 12, attrs: () => ({ map: null, transposed: false }) },
];

test.each(cases)(
  '$name, $cin -> $cout: every kernel and tile gives the same bits',
  async ({ attrs, cin, cout }) => {
    forced = TILES[0]!;
    const first = await outcome(attrs(), cin, cout);
    expect(first[0]!.some((value) => value !== 0)).toBe(true);
    for (const tile of TILES.slice(1)) {
      forced = tile;
      expect(await outcome(attrs(), cin, cout), JSON.stringify(tile)).toEqual(first);
    }
  },
);
