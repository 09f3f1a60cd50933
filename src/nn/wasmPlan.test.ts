import { afterAll, beforeAll, expect, test } from 'vitest';
import { buildPyramid } from '../core/pyramid.ts';
import { RandomStream } from '../core/random.ts';
import { voxelise } from '../core/voxelise.ts';
import type { WasmCompute } from './backend.ts';
import { openWasm } from './wasmBackend.ts';
import { wasmPlan } from './wasmPlan.ts';

let backend: WasmCompute;
beforeAll(async () => {
  backend = await openWasm();
});
afterAll(() => backend.dispose());

const stream = new RandomStream(5);
const points = Float32Array.from({ length: 3 * 300 }, () => stream.range(-1, 1));

test("a voxel's feature is its first point, padded with 0", () => {
  const grid = voxelise(points, 0.3);
  const plan = wasmPlan(buildPyramid(grid, 1, 5), points);
  const features = plan.features.dataSync();
  expect(plan.features.shape).toEqual([plan.counts[0], 4]);
  grid.representative.forEach((point, v) => {
    expect([...features.slice(4 * v, 4 * v + 4)]).toEqual([...points.slice(3 * point, 3 * point + 3), 0]);
  });
  expect(plan.points).toBe(300);
  expect(plan.counts.length).toBe(5);
  expect([plan.stem.taps, plan.same.length, plan.down.length]).toEqual([125, 5, 4]);
  plan.dispose();
});

test("given features take the place of the coordinates: those of the voxel's first point", () => {
  const grid = voxelise(points, 0.3);
  const values = Float32Array.from({ length: 300 * 8 }, (_, i) => i);
  const plan = wasmPlan(buildPyramid(grid, 1, 3), points, { channels: 8, values });
  const features = plan.features.dataSync();
  expect(plan.features.shape).toEqual([plan.counts[0], 8]);
  expect(grid.representative.every((point, v) => features[8 * v + 3] === 8 * point + 3)).toBe(true);
  plan.dispose();
});

test('a 3^3 stem shares the map of level 0 instead of holding it twice', () => {
  const plan = wasmPlan(buildPyramid(voxelise(points, 0.3), 1, 3), points);
  expect(plan.stem).toBe(plan.same[0]);
  plan.dispose();
});
