/** Features of points become those of voxels on the GPU as on the CPU, whoever builds the pyramid. */

import { afterAll, beforeAll, expect, test } from 'vitest';
import { buildPyramid } from '../core/pyramid.ts';
import { RandomStream } from '../core/random.ts';
import { gatherFeatures, voxelFeatures } from '../core/voxelFeatures.ts';
import { voxelise } from '../core/voxelise.ts';
import { withDevice } from '../testing/withDevice.ts';
import type { WebGpuCompute } from './backend.ts';
import type { NetPlan } from './plan.ts';
import { openWebGpuBackend } from './webgpuBackend.ts';
import { webGpuPlan, webGpuPlanFromCpu } from './webgpuPlan.ts';

const gpu = withDevice();
let backend: WebGpuCompute;
beforeAll(async () => {
  backend = await openWebGpuBackend(gpu());
});
afterAll(() => backend.dispose());

const random = new RandomStream(8);
const points = Float32Array.from({ length: 3 * 200 }, () => random.range(-1, 1));
const given = { channels: 12, values: Float32Array.from({ length: 12 * 200 }, (_, i) => i) };
const grid = voxelise(points, 0.4);

async function expectFeatures(plan: NetPlan, expected: Float32Array): Promise<void> {
  expect(plan.features.shape).toEqual([plan.counts[0], expected.length / plan.counts[0]!]);
  expect(await plan.features.data()).toEqual(expected);
  plan.dispose();
}

test('given features are those of the first point of each voxel; without them its coordinates are', async () => {
  const before = gpu().counters.buffers;
  const buffer = gpu().upload('points', points);
  const options = {
    points: buffer,
    count: 200,
    cloudStarts: Uint32Array.of(0, 200),
    voxelSize: 0.4,
    stemKernel: 3,
    training: false,
  } as const;
  const { queue } = backend;
  await expectFeatures(
    await webGpuPlan(queue, { ...options, features: given }),
    gatherFeatures(given, grid.representative),
  );
  await expectFeatures(await webGpuPlan(queue, options), voxelFeatures(points, grid.representative));
  const pyramid = buildPyramid(grid, 1, 3);
  await expectFeatures(
    webGpuPlanFromCpu(queue, pyramid, buffer, true, given),
    gatherFeatures(given, grid.representative),
  );
  gpu().release(buffer);
  expect(gpu().counters.buffers).toBe(before);
});
