import { describe, expect, test } from 'vitest';
import { convPairs } from '../core/convPairs.ts';
import { CapacityError, InvalidInputError } from '../core/errors.ts';
import { COORD_LIMIT } from '../core/indexLaw.ts';
import { buildPyramid } from '../core/pyramid.ts';
import { RandomStream } from '../core/random.ts';
import { voxelise } from '../core/voxelise.ts';
import { type DownloadedPyramid, downloadPyramid, pyramidDifferences } from '../testing/downloadPyramid.ts';
import { withDevice } from '../testing/withDevice.ts';
import { buildGpuPyramid, pyramidFromCpu } from './pyramid.ts';

const gpu = withDevice();

interface Cloud {
  readonly points: Float32Array;
  readonly voxelSize: number;
  readonly cloudStarts: Uint32Array;
  readonly stemKernel: 3 | 5;
  readonly bound?: number;
}

async function build({ points, ...options }: Cloud) {
  const buffer = gpu().upload('points', points);
  try {
    return await buildGpuPyramid(gpu(), { points: buffer, count: points.length / 3, ...options });
  } finally {
    gpu().release(buffer);
  }
}

function twin({ points, voxelSize, cloudStarts, stemKernel }: Cloud) {
  return buildPyramid(voxelise(points, voxelSize, cloudStarts), cloudStarts.length - 1, stemKernel);
}

/** The CPU twin's pyramid in the form of a downloaded one. */
function expected(cloud: Cloud): DownloadedPyramid {
  const { grid, levels, stem, same, down } = twin(cloud);
  return {
    counts: levels.map((level) => level.coords.length / 4),
    pointToVoxel: grid.pointToVoxel,
    representative: grid.representative,
    maps: [stem, ...same, ...down].map((map) => ({ ...convPairs(map), source: map.source })),
  };
}

function random(seed: number, starts: number[], voxelSize: number, stemKernel: 3 | 5, spread = 1): Cloud {
  const stream = new RandomStream(seed);
  const points = Float32Array.from({ length: 3 * starts.at(-1)! }, () => stream.range(-spread, spread));
  return { points, voxelSize, cloudStarts: Uint32Array.from(starts), stemKernel };
}

const corners: Cloud = {
  // Neighbours of the first cell, were coordinates to wrap around at 16 bits.
  points: Float32Array.of(-32767, 0, 32767, 32767, 0, -32767, 32766, 1, 0),
  voxelSize: 1,
  cloudStarts: Uint32Array.of(0, 3),
  stemKernel: 5,
  bound: COORD_LIMIT,
};

const clouds: [string, Cloud][] = [
  ['one point', random(1, [0, 1], 0.1, 5)],
  ['31 points', random(2, [0, 31], 0.3, 3)],
  ['333 points, most alone', random(3, [0, 333], 0.05, 5)],
  ['all points in one voxel', random(4, [0, 300], 1, 5, 0.4)],
  ['a batch of three with one point in the middle', random(5, [0, 400, 401, 1500], 0.1, 5)],
  ['a batch with an empty cloud', random(6, [0, 40, 40, 90], 0.2, 3)],
  ['5000 points', random(7, [0, 5000], 0.09, 5)],
  ['fine voxels', random(8, [0, 2000], 0.004, 3)],
  ['the far corners of what 16 bits hold', corners],
];

describe.each(clouds)('%s', (_, cloud) => {
  test('everything equals the CPU twin, with one readback, and nothing is left behind', async () => {
    const { buffers, bytes, readbacks } = gpu().counters;
    const made = await build(cloud);
    expect(gpu().counters.readbacks).toBe(readbacks + 1);
    expect(pyramidDifferences(await downloadPyramid(gpu(), made), expected(cloud))).toEqual([]);
    made.dispose();
    expect([gpu().counters.buffers, gpu().counters.bytes]).toEqual([buffers, bytes]);
  });
});

test('two builds give the same bits', async () => {
  const cloud = random(9, [0, 900, 2500], 0.11, 5);
  const [first, second] = [await build(cloud), await build(cloud)];
  const again = await downloadPyramid(gpu(), second);
  expect(pyramidDifferences(again, await downloadPyramid(gpu(), first))).toEqual([]);
  first.dispose();
  second.dispose();
});

test('an uploaded CPU pyramid is the same as one built on the GPU', async () => {
  const cloud = random(10, [0, 700], 0.2, 3);
  const { buffers } = gpu().counters;
  const made = pyramidFromCpu(gpu(), twin(cloud));
  expect(made.stem).toBe(made.same[0]);
  expect(pyramidDifferences(await downloadPyramid(gpu(), made), expected(cloud))).toEqual([]);
  made.dispose();
  expect(gpu().counters.buffers).toBe(buffers);
});

/** Coordinates with the bits that quantisation is hard on: cell boundaries, their neighbours, zeros, subnormals. */
function nastyPoints(size: number): Float32Array {
  const values = [0, -0, 2 ** -149, -(2 ** -149), 1e-40, -1e-40];
  const bits = new Int32Array(1);
  const float = new Float32Array(bits.buffer);
  for (let k = -33; k <= 33; k++)
    for (let step = -2; step <= 2; step++) {
      float[0] = k * size;
      bits[0]! += step;
      values.push(float[0]);
    }
  const usable = Float32Array.from(values.filter((x) => Math.abs(x) <= 1.5));
  return Float32Array.from(
    { length: 3 * usable.length },
    (_, i) => usable[(i * 7 + (i % 3)) % usable.length]!,
  );
}

test.each([0.03, 0.1, 0.0123])(
  'cell boundaries of voxel size %d fall where float32 division puts them',
  async (voxelSize) => {
    const points = nastyPoints(voxelSize);
    const cloud: Cloud = {
      points,
      voxelSize,
      cloudStarts: Uint32Array.of(0, points.length / 3),
      stemKernel: 3,
    };
    const made = await build(cloud);
    expect(pyramidDifferences(await downloadPyramid(gpu(), made), expected(cloud))).toEqual([]);
    made.dispose();
  },
);

describe('a cloud that cannot be voxelised is an error with a place, and nothing leaks', () => {
  const bad = (value: number): Cloud => {
    const cloud = random(11, [0, 50], 0.1, 5);
    cloud.points[70] = value;
    cloud.points[130] = value;
    return cloud;
  };
  test.each([
    ['a NaN', bad(Number.NaN), InvalidInputError, 'point 23'],
    ['an infinity', bad(Number.POSITIVE_INFINITY), InvalidInputError, 'point 23'],
    ['a point far outside the unit ball', bad(3), InvalidInputError, 'point 23'],
    ['no points', random(12, [0, 0], 0.1, 3), InvalidInputError, 'cloud'],
    [
      'starts of another batch',
      { ...random(13, [0, 9], 0.1, 3), cloudStarts: Uint32Array.of(0, 8) },
      InvalidInputError,
      'batch',
    ],
    ['voxels too fine for 16 bits', random(14, [0, 9], 1e-5, 3), CapacityError, 'voxelise'],
  ])('%s', async (_, cloud, kind, where) => {
    const { buffers, bytes } = gpu().counters;
    const error: unknown = await build(cloud).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(kind);
    expect(error).toMatchObject({ where });
    expect([gpu().counters.buffers, gpu().counters.bytes]).toEqual([buffers, bytes]);
  });

  test('a buffer that the adapter refuses half-way', async () => {
    const { buffers } = gpu().counters;
    const make = gpu().buffer;
    let left = 12;
    gpu().buffer = (...spec) => {
      if (left-- === 0) throw new CapacityError(spec[0], spec[1], 0, 'bytes');
      return make.apply(gpu(), spec);
    };
    try {
      await expect(build(random(15, [0, 50], 0.1, 5))).rejects.toThrow(CapacityError);
    } finally {
      gpu().buffer = make;
    }
    expect(gpu().counters.buffers).toBe(buffers);
  });
});
