/** A wrong normal moves a training patch the wrong way: the GPU's fit is held against the float64 twin. */

import { describe, expect, test } from 'vitest';
import { CapacityError } from '../core/errors.ts';
import { estimateNormals, type FittedNormals, fitCloud } from '../core/estimateNormals.ts';
import { RandomStream } from '../core/random.ts';
import { randomDirection } from '../core/rotation.ts';
import { withDevice } from '../testing/withDevice.ts';
import { estimateNormalsGpu, fitCloudGpu } from './normals.ts';

const gpu = withDevice();

function cloud(n: number, sample: (stream: RandomStream, i: number) => readonly number[]): Float32Array {
  const stream = new RandomStream(n);
  return Float32Array.from(Array.from({ length: n }, (_, i) => sample(stream, i)).flat());
}

const bumpySphere = cloud(4000, (stream) => {
  const d = randomDirection(stream);
  const r = 1 + 0.1 * Math.sin(5 * d[0]) * Math.cos(4 * d[1]);
  return d.map((v) => r * v);
});

/** A dense spot, a sheet a thousand times sparser, and a point far away: no grid suits all three. */
const uneven = cloud(3000, (stream, i) => {
  if (i === 0) return [1000, 0, 0];
  const scale = i % 2 === 0 ? 1 : 1e-3;
  return [scale * stream.normal(), scale * stream.normal(), 1e-2 * scale * stream.normal()];
});

const latticePlane = cloud(1600, (_, i) => [i % 40, Math.floor(i / 40), 0.5 * (i % 40)]);
const line = cloud(300, (stream) => {
  const t = stream.range(-3, 3);
  return [t, 2 * t, -t];
});

const distancesOf = (points: Float32Array, { neighbours: { rows, k } }: FittedNormals, kept: number) =>
  Float64Array.from({ length: (points.length / 3) * kept }, (_, at) => {
    const i = Math.floor(at / kept);
    const j = rows[i * k + (at % kept)]!;
    return Math.hypot(...[0, 1, 2].map((d) => points[3 * i + d]! - points[3 * j + d]!));
  });

/** Part of the points whose normals agree up to sign to within `cosine`. */
function agreement(a: Float32Array, b: Float32Array, cosine: number): number {
  let good = 0;
  for (let i = 0; i < a.length; i += 3)
    if (Math.abs(a[i]! * b[i]! + a[i + 1]! * b[i + 1]! + a[i + 2]! * b[i + 2]!) >= cosine) good++;
  return good / (a.length / 3);
}

describe('plane fit on the GPU', () => {
  test.each([
    ['a bumpy sphere', bumpySphere, 16, 0.999],
    ['30 neighbours', bumpySphere, 30, 0.999],
    // Where float32 orders two equally far neighbours the other way round, a fit to 16 points may turn a bit.
    ['a cloud of very uneven density', uneven, 16, 0.99],
    ['a lattice full of equal distances', latticePlane, 16, 1],
  ])('%s: same neighbours and same planes as the twin', async (_, points, k, share) => {
    const twin = fitCloud(points, k);
    const fitted = await fitCloudGpu(gpu(), points, k);
    const kept = fitted.neighbours.k;
    const expected = distancesOf(points, twin, kept);
    distancesOf(points, fitted, kept).forEach((distance, at) => {
      if (Math.abs(distance - expected[at]!) > 1e-5 * expected[at]!)
        throw new Error(`neighbour ${at % kept} of point ${Math.floor(at / kept)} is another one`);
    });
    expect(agreement(fitted.normals, twin.normals, 0.9999)).toBeGreaterThanOrEqual(share);
  });

  test('a line has no plane: both take the same vector across it', async () => {
    const fitted = await fitCloudGpu(gpu(), line, 8);
    expect(agreement(fitted.normals, fitCloud(line, 8).normals, 0.9999)).toBe(1);
  });
});

describe('estimated normals', () => {
  test('have the same signs as those of the twin, points repeated or not', async () => {
    const { buffers } = gpu().counters;
    const twice = Float32Array.from([...bumpySphere, ...bumpySphere]);
    const normals = await estimateNormalsGpu(gpu(), twice);
    const expected = estimateNormals(twice);
    let opposite = 0;
    for (let i = 0; i < normals.length; i += 3)
      if (
        normals[i]! * expected[i]! + normals[i + 1]! * expected[i + 1]! + normals[i + 2]! * expected[i + 2]! <
        0
      )
        opposite++;
    expect(opposite).toBe(0);
    expect(gpu().counters.buffers).toBe(buffers);
  });

  test('of no, one, two and three points are defined', async () => {
    for (const points of [[], [1, 2, 3], [0, 0, 0, 1, 0, 0], [0, 0, 0, 1, 0, 0, 0, 1, 0]]) {
      const normals = await estimateNormalsGpu(gpu(), Float32Array.from(points));
      expect(normals.length).toBe(points.length);
      for (let i = 0; i < normals.length; i += 3)
        expect(Math.hypot(...normals.subarray(i, i + 3))).toBeCloseTo(1, 6);
    }
  });

  test('with more neighbours than the kernel holds are refused, not cut off', async () => {
    await expect(estimateNormalsGpu(gpu(), bumpySphere, 33)).rejects.toThrow(CapacityError);
  });
});
