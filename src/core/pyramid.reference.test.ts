import { describe, expect, test } from 'vitest';
import { loadBundle } from '../testing/golden.ts';
import { canonicalCoords, expectGoldenMaps } from '../testing/goldenMaps.ts';
import { modelFrame, toModelUnits } from './frame.ts';
import { quantise } from './indexLaw.ts';
import { buildPyramid } from './pyramid.ts';
import { voxelise } from './voxelise.ts';

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
    const xyz = grid.coords.filter((_, i) => i % 4 !== 0);
    expect(xyz).toEqual(bundle.i32('voxel_coords'));
    expect(Array.from(grid.pointToVoxel)).toEqual(Array.from(bundle.i32('inverse')));
    expect(Array.from(grid.representative)).toEqual(Array.from(bundle.i32('unique_index')));
    const pyramid = buildPyramid(grid, 1, 5);
    for (const { stride, coords } of pyramid.levels)
      expect(canonicalCoords(coords)).toEqual(bundle.i32(`level${stride}_coords`));
    expectGoldenMaps(bundle, pyramid.levels, pyramid);
  });
});

test.each(['mini', 'main'])('voxels, levels and kernel maps of the training batch %s', (name) => {
  const bundle = loadBundle(`train_inputs/${name}`);
  const grid = voxelise(bundle.f32('xyz_shifted'), 0.03, Uint32Array.from(bundle.i32('batch_count')));
  expect(grid.coords).toEqual(bundle.i32('xyz_voxel'));
  expect(Array.from(grid.pointToVoxel)).toEqual(Array.from(bundle.i32('v2p_index')));
  const pyramid = buildPyramid(grid, 2, 5);
  for (const { stride, coords } of pyramid.levels)
    expect(canonicalCoords(coords)).toEqual(canonicalCoords(bundle.i32(`level${stride}_coords`)));
  expectGoldenMaps(bundle, pyramid.levels, pyramid);
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
