import { expect, test } from 'vitest';
import { buildPyramid } from '../core/pyramid.ts';
import { voxelise } from '../core/voxelise.ts';
import { downloadPyramid } from '../testing/downloadPyramid.ts';
import { type Bundle, loadBundle } from '../testing/golden.ts';
import { expectGoldenMaps } from '../testing/goldenMaps.ts';
import { withDevice } from '../testing/withDevice.ts';
import { buildGpuPyramid } from './pyramid.ts';

const gpu = withDevice();

async function build(xyz: Float32Array, cloudStarts: Uint32Array) {
  const points = gpu().upload('points', xyz);
  const count = xyz.length / 3;
  const bound = 1 + xyz.reduce((most, x) => Math.max(most, Math.abs(x)), 0);
  const options = { points, count, cloudStarts, voxelSize: 0.03, stemKernel: 5, bound } as const;
  const made = await buildGpuPyramid(gpu(), options);
  const downloaded = await downloadPyramid(gpu(), made);
  made.dispose();
  gpu().release(points);
  return downloaded;
}

/** Maps against the golden checksums; the coordinates of the rows are those of the CPU twin. */
function expectMaps(
  bundle: Bundle,
  made: Awaited<ReturnType<typeof build>>,
  xyz: Float32Array,
  starts: Uint32Array,
): void {
  const { levels } = buildPyramid(voxelise(xyz, 0.03, starts), starts.length - 1, 5);
  const [stem, ...rest] = made.maps;
  expectGoldenMaps(bundle, levels, { stem: stem!, same: rest.slice(0, 5), down: rest.slice(5) });
}

test.each(['tiny', 'bunny1k', 'vase4k', 'knot12k'])(
  'voxels and kernel maps built on the GPU are the original ones: %s',
  async (name) => {
    const bundle = loadBundle(`inputs/${name}`);
    const xyz = bundle.f32('xyz');
    const starts = Uint32Array.of(0, xyz.length / 3);
    const made = await build(xyz, starts);
    expect(made.counts).toEqual(Object.values(bundle.meta.level_voxels as Record<string, number>));
    expect(Array.from(made.pointToVoxel)).toEqual(Array.from(bundle.i32('inverse')));
    expect(Array.from(made.representative)).toEqual(Array.from(bundle.i32('unique_index')));
    expectMaps(bundle, made, xyz, starts);
  },
);

test.each(['mini', 'main'])('the training batch %s', async (name) => {
  const bundle = loadBundle(`train_inputs/${name}`);
  const xyz = bundle.f32('xyz_shifted');
  const starts = Uint32Array.from(bundle.i32('batch_count'));
  const made = await build(xyz, starts);
  expect(Array.from(made.pointToVoxel)).toEqual(Array.from(bundle.i32('v2p_index')));
  const features = Float32Array.from(
    { length: 3 * made.counts[0]! },
    (_, i) => xyz[3 * made.representative[Math.floor(i / 3)]! + (i % 3)]!,
  );
  expect(features).toEqual(bundle.f32('feat_voxel'));
  expectMaps(bundle, made, xyz, starts);
});

test('points on and next to voxel boundaries', async () => {
  const bundle = loadBundle('quantize_edge');
  const xyz = bundle.f32('xyz');
  const made = await build(xyz, Uint32Array.of(0, xyz.length / 3));
  expect(Array.from(made.pointToVoxel)).toEqual(Array.from(bundle.i32('inverse')));
  expect(Array.from(made.representative)).toEqual(Array.from(bundle.i32('unique_index')));
});
