import { expect, test } from 'vitest';
import { loadBundle } from '../testing/golden.ts';
import { withDevice } from '../testing/withDevice.ts';
import { buildGpuPyramid } from './pyramid.ts';
import { readBuffers } from './readback.ts';

const gpu = withDevice();

test.each(['quantize_edge', 'inputs/tiny', 'inputs/bunny1k', 'inputs/vase4k', 'inputs/knot12k'])(
  'voxels on the GPU are the original ones: %s',
  async (path) => {
    const bundle = loadBundle(path);
    const xyz = bundle.f32('xyz');
    const count = xyz.length / 3;
    const points = gpu().upload('points', xyz);
    const cloudStarts = Uint32Array.of(0, count);
    const bound = 1 + xyz.reduce((most, x) => Math.max(most, Math.abs(x)), 0);
    const made = await buildGpuPyramid(gpu(), {
      points,
      count,
      cloudStarts,
      voxelSize: 0.03,
      stemKernel: 5,
      bound,
    });
    const voxels = made.counts[0]!;
    const [rows, first] = await readBuffers(gpu(), [
      { buffer: made.pointToVoxel, bytes: 4 * count },
      { buffer: made.representative, bytes: 4 * voxels },
    ]);
    expect(Array.from(new Uint32Array(rows!))).toEqual(Array.from(bundle.i32('inverse')));
    expect(Array.from(new Uint32Array(first!))).toEqual(Array.from(bundle.i32('unique_index')));
    const stored = (bundle.meta.level_voxels ?? { 1: voxels }) as Record<string, number>;
    for (const [stride, n] of Object.entries(stored)) expect(made.counts[Math.log2(Number(stride))]).toBe(n);
    made.dispose();
    gpu().release(points);
  },
);
