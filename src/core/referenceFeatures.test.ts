/** Features against the reference: where the surface is, what is missing, and that they turn with the cloud. */

import { describe, expect, test } from 'vitest';
import { InvalidInputError } from './errors.ts';
import { pickRows } from './pickRows.ts';
import { RandomStream } from './random.ts';
import {
  indexReference,
  REFERENCE_CHANNELS,
  referenceFeatures,
  rotateFeatures,
} from './referenceFeatures.ts';
import type { ReferenceSurface } from './referenceSurface.ts';
import { rotateRows, rotationX, rotationZ, thenRotate } from './rotation.ts';

const UNIT = 0.03;

/** A square plate in z = 0 that faces up. */
function plate(count: number, seed: number, spread = 0.003): ReferenceSurface {
  const random = new RandomStream(seed);
  const points = Float32Array.from({ length: 3 * count }, (_, i) =>
    i % 3 === 2 ? 0 : random.range(-0.7, 0.7),
  );
  const normals = Float32Array.from({ length: 3 * count }, (_, i) => (i % 3 === 2 ? 1 : 0));
  return { points, normals, spread: new Float32Array(count).fill(spread) };
}

const index = indexReference(plate(6000, 1));
const row = (features: Float32Array, i: number) =>
  features.subarray(REFERENCE_CHANNELS * i, REFERENCE_CHANNELS * (i + 1));

describe('features of a registered scan', () => {
  test('tell how far and to which side of the surface a point lies', () => {
    const points = plate(3000, 2).points.slice();
    points.set([0.1, 0.1, 0.06], 0);
    points.set([-0.1, 0.1, -0.03], 3);
    const features = referenceFeatures(index, points);
    const [above, below, sound] = [row(features, 0), row(features, 1), row(features, 2)];
    expect([...above.subarray(3, 6)]).toEqual([0, 0, expect.closeTo(0.06 / UNIT, 4)]);
    expect(above[2]).toBeCloseTo(0.06 / UNIT, 4);
    expect(below[5]).toBeCloseTo(-0.03 / UNIT, 4);
    expect(above[9]).toBe(2.5);
    expect(below[9]).toBeCloseTo(-0.03 / 0.003 / 4, 4);
    expect([sound[2], sound[5], sound[9]]).toEqual([0, 0, 0]);
    // As much as the spread of the good scans.
    expect(above[10]).toBeCloseTo(0, 5);
  });

  test('point into a hole from its rim, and nowhere else', () => {
    const all = plate(4000, 3).points;
    const kept: number[] = [];
    for (let i = 0; i < all.length; i += 3)
      if (Math.hypot(all[i]!, all[i + 1]!) > 0.15) kept.push(all[i]!, all[i + 1]!, 0);
    const points = Float32Array.from(kept);
    const features = referenceFeatures(index, points);
    let told = 0;
    for (let i = 0; i < points.length / 3; i++) {
      const [x, y] = [points[3 * i]!, points[3 * i + 1]!];
      const [dx, dy] = row(features, i).subarray(6, 8);
      if (dx === 0 && dy === 0) continue;
      if (Math.hypot(x, y) > 0.25) continue;
      told++;
      expect(x * dx! + y * dy!).toBeLessThan(0);
    }
    expect(told).toBeGreaterThan(10);
    const elsewhere = Array.from({ length: points.length / 3 }, (_, i) => i).filter(
      (i) =>
        Math.hypot(points[3 * i]!, points[3 * i + 1]!) > 0.25 &&
        row(features, i)
          .subarray(6, 9)
          .some((v) => v !== 0),
    );
    expect(elsewhere.length).toBeLessThan(0.01 * (points.length / 3));
  });

  test('see a scan that is denser on one side', () => {
    const left = plate(3000, 4).points.map((v, i) => (i % 3 === 0 ? -Math.abs(v) : v));
    const right = plate(600, 5).points.map((v, i) => (i % 3 === 0 ? Math.abs(v) : v));
    const features = referenceFeatures(index, Float32Array.of(...left, ...right));
    const mean = (from: number, to: number) =>
      Array.from({ length: to - from }, (_, i) => row(features, from + i)[11]!).reduce((a, b) => a + b) /
      (to - from);
    expect(mean(0, 3000) - mean(3000, 3600)).toBeGreaterThan(1.5);
  });

  test('turn with the cloud', () => {
    const turn = thenRotate(rotationX(0.7), rotationZ(-1.9));
    const turned = (values: Float32Array) => {
      const rows = Float64Array.from(values);
      rotateRows(rows, turn);
      return Float32Array.from(rows);
    };
    const scan = plate(500, 6).points.map((v, i) => (i % 3 === 2 ? 0.02 * Math.sin(i) : v));
    const { points, normals, spread } = index.surface;
    const other = indexReference({ points: turned(points), normals: turned(normals), spread });
    const expected = referenceFeatures(index, scan);
    rotateFeatures(expected, turn);
    const features = referenceFeatures(other, turned(scan));
    const worst = features.reduce((most, v, i) => Math.max(most, Math.abs(v - expected[i]!)), 0);
    expect(worst).toBeLessThan(1e-3);
  });

  test('of points drawn from the reference itself are not zero: their own row does not count', () => {
    const own = Uint32Array.from({ length: 600 }, (_, i) => 10 * i);
    const points = pickRows(index.surface.points, own);
    expect(referenceFeatures(index, points).every((v, at) => at % 12 > 2 || v === 0)).toBe(true);
    const left = referenceFeatures(index, points, own);
    expect(own.every((_, i) => Math.hypot(...row(left, i).subarray(0, 3)) > 0)).toBe(true);
  });
});

test('a reference whose arrays do not belong together, or too few points, are refused', () => {
  const good = plate(10, 1);
  expect(() => indexReference({ ...good, spread: new Float32Array(9) })).toThrow(InvalidInputError);
  expect(() => indexReference({ ...good, points: good.points.map(() => Number.NaN) })).toThrow(
    InvalidInputError,
  );
  expect(() => indexReference(plate(4, 1))).toThrow('too few');
  expect(() => referenceFeatures(index, new Float32Array(12))).toThrow('too few');
});
