/** Descriptors do not change with the pose, do change with the shape, and with the side normals point to. */

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { madePart } from '../testing/madePart.ts';
import { FPFH_BINS, fpfh } from './fpfh.ts';
import { buildKdTree } from './kdTree.ts';
import { type OrientedCloud, thin } from './orientedCloud.ts';
import { RandomStream } from './random.ts';
import { RangeSearch } from './rangeSearch.ts';
import { moveCloud, randomRotation } from './registration/pose.ts';

const part = thin(madePart('bracket', { seed: 1 }), 0.1);
const describeCloud = (cloud: OrientedCloud, radii = [0.25]) => fpfh(cloud, buildKdTree(cloud.points), radii);
/** Mean L1 distance between rows; every row sums to 3 per radius. */
const distance = (a: Float32Array, b: Float32Array) =>
  a.reduce((sum, v, i) => sum + Math.abs(v - b[i]!), 0) / (a.length / FPFH_BINS);

describe('FPFH', () => {
  const own = describeCloud(part);

  test('is a histogram of each of three angles', () => {
    for (let at = 0; at < own.length; at += 11)
      expect(own.subarray(at, at + 11).reduce((a, b) => a + b)).toBeCloseTo(1, 5);
  });

  test('is the same from every pose, but for pairs that rounding moves to the next bin', () => {
    fc.assert(
      fc.property(fc.integer(), (seed) => {
        const stream = new RandomStream(seed);
        const translation = [stream.normal(), stream.normal(), stream.normal()] as const;
        const moved = moveCloud(part, { rotation: randomRotation(stream), translation });
        expect(distance(describeCloud(moved), own)).toBeLessThan(0.02);
      }),
      { numRuns: 5 },
    );
  });

  test('does not depend on the unit', () => {
    const large = { points: part.points.map((v) => 1024 * v), normals: part.normals };
    expect(distance(describeCloud(large, [256]), own)).toBeLessThan(1e-5);
  });

  test('of a sphere is alike everywhere, of normals turned inside out another', () => {
    const sphere = thin(madePart('sphere', { seed: 2, points: 6000, noise: 0 }), 0.15);
    const rows = describeCloud(sphere, [0.5]);
    const first = rows.subarray(0, FPFH_BINS);
    let spread = 0;
    for (let at = 0; at < rows.length; at += FPFH_BINS)
      spread += distance(rows.subarray(at, at + FPFH_BINS), first);
    expect(spread / (rows.length / FPFH_BINS)).toBeLessThan(0.7);
    const inside = describeCloud({ ...sphere, normals: sphere.normals.map((v) => -v) }, [0.5]);
    expect(distance(inside, rows)).toBeGreaterThan(1);
  });

  test('of several radii stand side by side; a point alone has none', () => {
    const both = describeCloud(part, [0.25, 0.4]);
    expect([...both.subarray(0, FPFH_BINS)]).toEqual([...own.subarray(0, FPFH_BINS)]);
    const alone = { points: Float32Array.of(0, 0, 0, 9, 9, 9), normals: Float32Array.of(0, 0, 1, 0, 0, 1) };
    expect(describeCloud(alone).every((v) => v === 0)).toBe(true);
  });
});

test('a range search finds what comparing all finds', () => {
  const { points } = part;
  const search = new RangeSearch(buildKdTree(points), 4000);
  fc.assert(
    fc.property(
      fc.nat(points.length / 3 - 1),
      fc.double({ min: 0, max: 1.5, noNaN: true }),
      (row, radius) => {
        const [x, y, z] = points.subarray(3 * row, 3 * row + 3) as unknown as [number, number, number];
        const expected: number[] = [];
        for (let i = 0; i < points.length / 3; i++) {
          const d = (points[3 * i]! - x) ** 2 + (points[3 * i + 1]! - y) ** 2 + (points[3 * i + 2]! - z) ** 2;
          if (d < radius * radius) expected.push(i);
        }
        const found = search.find(x, y, z, radius);
        expect([...search.rows.subarray(0, found)].sort((a, b) => a - b)).toEqual(expected);
      },
    ),
    { numRuns: 30 },
  );
});
