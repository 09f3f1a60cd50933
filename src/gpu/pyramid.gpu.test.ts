import { describe, expect, test } from 'vitest';
import { convPairs } from '../core/convPairs.ts';
import { InvalidInputError } from '../core/errors.ts';
import { buildPyramid } from '../core/pyramid.ts';
import { RandomStream } from '../core/random.ts';
import type { KernelMap } from '../core/types.ts';
import { voxelise } from '../core/voxelise.ts';
import { withDevice } from '../testing/withDevice.ts';
import type { GpuConvMap } from './kernelMap.ts';
import { buildGpuPyramid, type GpuPyramid } from './pyramid.ts';
import { readBuffers } from './readback.ts';

const gpu = withDevice();

async function build(points: Float32Array, voxelSize: number, cloudStarts: Uint32Array, stemKernel: 3 | 5) {
  const buffer = gpu().upload('points', points);
  const count = points.length / 3;
  try {
    return await buildGpuPyramid(gpu(), { points: buffer, count, cloudStarts, voxelSize, stemKernel });
  } finally {
    gpu().release(buffer);
  }
}

async function words(buffer: GPUBuffer, length: number): Promise<number[]> {
  const [bytes] = await readBuffers(gpu(), [{ buffer, bytes: 4 * length }]);
  return Array.from(new Uint32Array(bytes!));
}

async function expectMap(name: string, made: GpuConvMap, expected: KernelMap): Promise<void> {
  const pairs = convPairs(expected);
  const { taps, vIn, vOut, slots, tapStart, tapPairs } = made;
  expect({ taps, vIn, vOut, slots, pairs: made.pairs }, name).toEqual({
    taps: pairs.taps,
    vIn: pairs.vIn,
    vOut: pairs.vOut,
    slots: pairs.slots,
    pairs: pairs.pairs,
  });
  expect([tapStart, tapPairs], name).toEqual([pairs.tapStart, pairs.tapPairs]);
  const u32 = (array: Int32Array) =>
    Array.from(new Uint32Array(array.buffer, array.byteOffset, array.length));
  expect(await words(made.source, taps * vOut), `${name} source`).toEqual(u32(expected.source));
  expect(await words(made.slotOf, taps * vOut), `${name} slotOf`).toEqual(u32(pairs.slotOf));
  expect(await words(made.pairIn, slots), `${name} pairIn`).toEqual(Array.from(pairs.pairIn));
  expect(await words(made.pairOut, slots), `${name} pairOut`).toEqual(Array.from(pairs.pairOut));
  expect(await words(made.tileTap, slots / 32), `${name} tileTap`).toEqual(Array.from(pairs.tileTap));
}

async function expectEqual(
  made: GpuPyramid,
  points: Float32Array,
  voxelSize: number,
  starts: Uint32Array,
  stem: 3 | 5,
) {
  const grid = voxelise(points, voxelSize, starts);
  const twin = buildPyramid(grid, starts.length - 1, stem);
  expect(made.counts).toEqual(twin.levels.map((level) => level.coords.length / 4));
  expect(await words(made.pointToVoxel, made.points)).toEqual(Array.from(grid.pointToVoxel));
  expect(await words(made.representative, made.counts[0]!)).toEqual(Array.from(grid.representative));
  await expectMap('stem', made.stem, twin.stem);
  for (let l = 0; l < 5; l++) await expectMap(`same ${l}`, made.same[l]!, twin.same[l]!);
  for (let l = 0; l < 4; l++) await expectMap(`down ${l}`, made.down[l]!, twin.down[l]!);
}

function cloud(seed: number, n: number): Float32Array {
  const stream = new RandomStream(seed);
  return Float32Array.from({ length: 3 * n }, () => stream.range(-1, 1));
}

describe.each([
  { name: 'one point', points: cloud(1, 1), starts: [0, 1], voxel: 0.1, stem: 5 as const },
  { name: '33 points', points: cloud(2, 33), starts: [0, 33], voxel: 0.3, stem: 3 as const },
  {
    name: 'a batch of three',
    points: cloud(3, 1500),
    starts: [0, 400, 401, 1500],
    voxel: 0.1,
    stem: 5 as const,
  },
  {
    name: 'all points in one voxel',
    points: cloud(4, 300).map((x) => 0.5 + x / 100),
    starts: [0, 300],
    voxel: 0.4,
    stem: 5 as const,
  },
  { name: 'fine voxels', points: cloud(5, 2000), starts: [0, 2000], voxel: 0.004, stem: 3 as const },
])('$name', ({ points, starts, voxel, stem }) => {
  test('everything equals the CPU twin, one readback, nothing left behind', async () => {
    const { buffers, bytes, readbacks } = gpu().counters;
    const starts32 = Uint32Array.from(starts);
    const made = await build(points, voxel, starts32, stem);
    expect(gpu().counters.readbacks).toBe(readbacks + 1);
    await expectEqual(made, points, voxel, starts32, stem);
    made.dispose();
    expect([gpu().counters.buffers, gpu().counters.bytes]).toEqual([buffers, bytes]);
  });
});

test.each([
  ['not a number', Number.NaN],
  ['infinite', Number.POSITIVE_INFINITY],
  ['far outside the unit ball', 3],
])('a coordinate that is %s is an error, and nothing leaks', async (_, value) => {
  const points = cloud(6, 50);
  points[70] = value;
  const { buffers } = gpu().counters;
  await expect(build(points, 0.1, Uint32Array.of(0, 50), 5)).rejects.toThrow(InvalidInputError);
  expect(gpu().counters.buffers).toBe(buffers);
});
