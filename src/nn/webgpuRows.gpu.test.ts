import { beforeAll, expect, test } from 'vitest';
import { gatherRows, gatherRowsGrad, orderPoints } from '../core/pointRows.ts';
import { RandomStream } from '../core/random.ts';
import { readBuffers } from '../gpu/readback.ts';
import { withDevice } from '../testing/withDevice.ts';
import { gatherPointRows } from './ops.ts';
import * as tf from './tf.ts';
import { openWebGpuBackend } from './webgpuBackend.ts';
import { disposeOrder, orderPointsGpu, type WebGpuPointRows } from './webgpuRows.ts';

const gpu = withDevice();
beforeAll(async () => {
  await openWebGpuBackend(gpu());
});

function assignment(points: number, voxels: number): Uint32Array {
  const stream = new RandomStream(points);
  return Uint32Array.from({ length: points }, () => stream.below(voxels));
}

test.each([
  [1, 1],
  [5, 3],
  [3000, 700],
  [4000, 2], // thousands of points in one voxel
  [700, 2000], // voxels without points
])('%i points over %i voxels are ordered as the twin orders them', async (points, voxels) => {
  const pointToVoxel = assignment(points, voxels);
  const expected = orderPoints(pointToVoxel, voxels);
  const buffer = gpu().upload('point to voxel', pointToVoxel);
  const made = orderPointsGpu(gpu(), buffer, points, voxels);
  const spans = [made.counts, made.ends, made.order];
  const read = await readBuffers(
    gpu(),
    spans.map((b, i) => ({ buffer: b, bytes: 4 * (i < 2 ? voxels : points) })),
  );
  expect(read.map((bytes) => new Uint32Array(bytes))).toEqual([
    expected.counts,
    expected.ends,
    expected.order,
  ]);
  disposeOrder(gpu(), made);
  gpu().release(buffer);
});

test('gather and its gradient equal the twin, bit for bit', async () => {
  const [points, voxels, channels] = [900, 210, 8];
  const pointToVoxel = assignment(points, voxels);
  const stream = new RandomStream(3);
  const x = Float32Array.from({ length: voxels * channels }, () => stream.normal());
  const dy = Float32Array.from({ length: points * channels }, () => stream.normal());
  const buffer = gpu().upload('point to voxel', pointToVoxel);
  const order = orderPointsGpu(gpu(), buffer, points, voxels);
  const rows: WebGpuPointRows = { points, voxels, pointToVoxel: buffer, order };
  const { value, grad } = tf.valueAndGrad((a) => gatherPointRows(a as tf.Tensor2D, rows))(
    tf.tensor2d(x, [voxels, channels]),
    tf.tensor2d(dy, [points, channels]),
  );
  expect(await value.data()).toEqual(gatherRows(x, pointToVoxel, channels));
  expect(await grad.data()).toEqual(gatherRowsGrad(dy, orderPoints(pointToVoxel, voxels), channels));
});
