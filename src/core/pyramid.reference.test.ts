import { describe, expect, test } from 'vitest';
import { loadBundle } from '../testing/golden.ts';
import { canonicalRank } from '../testing/goldenEval.ts';
import { modelFrame, toModelUnits } from './frame.ts';
import { quantise } from './indexLaw.ts';
import { buildPyramid } from './pyramid.ts';
import { fmix32 } from './random.ts';
import type { GridPyramid, KernelMap } from './types.ts';
import { voxelise } from './voxelise.ts';

function sorted(coords: Int32Array): Int32Array {
  const result = new Int32Array(coords.length);
  canonicalRank(coords).forEach((to, from) => {
    result.set(coords.subarray(4 * from, 4 * from + 4), 4 * to);
  });
  return result;
}

/** Checksum of golden/SPEC.md section 3, over canonical rows. */
function checksum(map: KernelMap, rankIn: Uint32Array, rankOut: Uint32Array): number {
  let sum = 0;
  for (let k = 0; k < map.taps; k++)
    for (let o = 0; o < map.vOut; o++) {
      const i = map.source[k * map.vOut + o]!;
      if (i >= 0) sum = (sum + fmix32((fmix32((fmix32(k) + rankIn[i]!) >>> 0) + rankOut[o]!) >>> 0)) >>> 0;
    }
  return sum;
}

function counts(map: KernelMap): number[] {
  return Array.from({ length: map.taps }, (_, k) => {
    let n = 0;
    for (let o = 0; o < map.vOut; o++) if (map.source[k * map.vOut + o]! >= 0) n++;
    return n;
  });
}

type Stored = Record<string, { pairs: number; checksum: number }>;

function expectMaps(bundle: ReturnType<typeof loadBundle>, pyramid: GridPyramid): void {
  const stored = bundle.meta.kernel_maps as Stored;
  const ranks = pyramid.levels.map((level) => canonicalRank(level.coords));
  const strides = pyramid.levels.map((level) => level.stride);
  const expectMap = (name: string, map: KernelMap, from: number, to: number) => {
    expect(counts(map), name).toEqual(Array.from(bundle.i32(`kmap_${name}_counts`)));
    const entry = stored[name]!;
    expect(checksum(map, ranks[from]!, ranks[to]!), name).toBe(entry.checksum >>> 0);
  };
  expectMap('k5s1_1_1', pyramid.stem, 0, 0);
  pyramid.same.forEach((map, l) => {
    expectMap(`k3s1_${strides[l]}_${strides[l]}`, map, l, l);
  });
  pyramid.down.forEach((map, l) => {
    expectMap(`k2s2_${strides[l]}_${strides[l + 1]}`, map, l, l + 1);
  });
}

describe.each(['tiny', 'bunny1k', 'vase4k', 'knot12k'])('%s', (name) => {
  const bundle = loadBundle(`inputs/${name}`);
  const points = bundle.f32('xyz');

  test('the model frame gives the original coordinates to one unit in the last place', () => {
    const raw = bundle.f64('raw_xyz');
    const ours = toModelUnits(raw, modelFrame(raw));
    ours.forEach((value, i) => {
      expect(Math.abs(value - points[i]!)).toBeLessThanOrEqual(Math.abs(points[i]!) * 2 ** -23);
    });
  });

  test('voxels, levels and kernel maps are the original ones', () => {
    const grid = voxelise(points, 0.03);
    const stored = bundle.i32('voxel_coords');
    const rows = grid.coords.length / 4;
    const width = stored.length / rows;
    for (let i = 0; i < rows; i++)
      expect(Array.from(grid.coords.subarray(4 * i + 1, 4 * i + 4))).toEqual(
        Array.from(stored.subarray(width * (i + 1) - 3, width * (i + 1))),
      );
    expect(Array.from(grid.pointToVoxel)).toEqual(Array.from(bundle.i32('inverse')));
    expect(Array.from(grid.representative)).toEqual(Array.from(bundle.i32('unique_index')));
    const pyramid = buildPyramid(grid, 1, 5);
    for (const { stride, coords } of pyramid.levels)
      expect(sorted(coords)).toEqual(bundle.i32(`level${stride}_coords`));
    expectMaps(bundle, pyramid);
  });
});

test.each(['mini', 'main'])('levels and kernel maps of the training batch %s', (name) => {
  const bundle = loadBundle(`train_inputs/${name}`);
  const coords = bundle.i32('xyz_voxel');
  const none = new Uint32Array();
  const pyramid = buildPyramid({ coords, pointToVoxel: none, representative: none, size: 0.03 }, 2, 5);
  for (const level of pyramid.levels)
    expect(sorted(level.coords)).toEqual(sorted(bundle.i32(`level${level.stride}_coords`)));
  expectMaps(bundle, pyramid);
});

test('points on and next to voxel boundaries fall where float32 division puts them', () => {
  const bundle = loadBundle('quantize_edge');
  const points = bundle.f32('xyz');
  const ours = Int32Array.from(points, (x) => quantise(x, 0.03));
  expect(ours).toEqual(bundle.i32('voxel_of_point'));
  const grid = voxelise(points, 0.03);
  expect(Array.from(grid.pointToVoxel)).toEqual(Array.from(bundle.i32('inverse')));
  expect(Array.from(grid.representative)).toEqual(Array.from(bundle.i32('unique_index')));
});
