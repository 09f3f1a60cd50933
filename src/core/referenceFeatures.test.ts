/** Features against the reference: where the surface is, what is missing, and that they turn with the cloud. */

import { describe, expect, test } from 'vitest';
import { InvalidInputError } from './errors.ts';
import type { OrientedCloud } from './orientedCloud.ts';
import { RandomStream } from './random.ts';
import { mergeReference } from './reference.ts';
import { REFERENCE_CHANNELS, referenceFeatures, rotateFeatures } from './referenceFeatures.ts';
import { rotateRows, rotationX, rotationZ, thenRotate } from './rotation.ts';

/** A square plate in z = 0 that faces up. */
function plate(count: number, seed: number): OrientedCloud {
  const random = new RandomStream(seed);
  const points = Float32Array.from({ length: 3 * count }, (_, i) =>
    i % 3 === 2 ? 0 : random.range(-0.7, 0.7),
  );
  const normals = Float32Array.from({ length: 3 * count }, (_, i) => (i % 3 === 2 ? 1 : 0));
  return { points, normals };
}

const frame = { centre: [0, 0, 0], radius: 1 } as const;
const flat = mergeReference({ clouds: [plate(6000, 1)], members: [], frame, spacing: 0.01 });
const reference = {
  ...flat,
  normals: plate(flat.spread.length, 1).normals,
  spread: new Float32Array(flat.spread.length).fill(0.002),
};
const row = (values: Float32Array, i: number) =>
  values.subarray(REFERENCE_CHANNELS * i, REFERENCE_CHANNELS * (i + 1));

describe('features of a registered scan', () => {
  test('tell how far and to which side of the surface a point lies', () => {
    const { points, normals } = plate(3000, 2);
    points.set([0.1, 0.1, 0.06], 0);
    points.set([-0.1, 0.1, -0.03], 3);
    const { values, offsets } = referenceFeatures(reference, { points, normals });
    const [above, below, sound] = [row(values, 0), row(values, 1), row(values, 2)];
    expect(above[5]).toBeCloseTo(Math.asinh(0.06 / 0.005), 1);
    expect(below[5]).toBeCloseTo(-Math.asinh(0.03 / 0.005), 1);
    // One point alone is averaged with the sound ones around it.
    expect(above[2]).toBeCloseTo(offsets[2]! / 0.03, 5);
    expect(above[2]).toBeGreaterThan(0.1);
    expect(above[2]).toBeLessThan(1);
    expect(above[8]).toBeCloseTo(Math.asinh(offsets[2]! / 0.004), 3);
    expect(below[15]).toBeCloseTo(Math.asinh(offsets[5]! / 0.005), 2);
    expect(Math.max(...[2, 5, 8, 11, 15, 16].map((c) => Math.abs(sound[c]!)))).toBeLessThan(0.05);
    expect(above[18]).toBeCloseTo(0, 5);
  });

  test('point into a hole from its rim, and nowhere else', () => {
    const all = plate(4000, 3).points;
    const kept: number[] = [];
    for (let i = 0; i < all.length; i += 3)
      if (Math.hypot(all[i]!, all[i + 1]!) > 0.15) kept.push(all[i]!, all[i + 1]!, 0);
    const points = Float32Array.from(kept);
    const { values } = referenceFeatures(reference, { points, normals: plate(kept.length / 3, 3).normals });
    let [told, elsewhere] = [0, 0];
    for (let i = 0; i < points.length / 3; i++) {
      const [x, y] = [points[3 * i]!, points[3 * i + 1]!];
      const [dx, dy] = row(values, i).subarray(12, 14);
      expect(row(values, i)[17]).toBeCloseTo(Math.hypot(...row(values, i).subarray(12, 15)), 4);
      if (dx === 0 && dy === 0) continue;
      if (Math.hypot(x, y) > 0.25) {
        elsewhere++;
        continue;
      }
      told++;
      expect(x * dx! + y * dy!).toBeLessThan(0);
    }
    expect(told).toBeGreaterThan(10);
    expect(elsewhere).toBeLessThan(0.01 * (points.length / 3));
  });

  test('see a scan that is denser on one side', () => {
    const left = plate(3000, 4).points.map((v, i) => (i % 3 === 0 ? -Math.abs(v) : v));
    const right = plate(600, 5).points.map((v, i) => (i % 3 === 0 ? Math.abs(v) : v));
    const points = Float32Array.of(...left, ...right);
    const { values } = referenceFeatures(reference, { points, normals: plate(3600, 4).normals });
    const mean = (from: number, to: number) =>
      Array.from({ length: to - from }, (_, i) => row(values, from + i)[19]!).reduce((a, b) => a + b) /
      (to - from);
    expect(mean(0, 3000) - mean(3000, 3600)).toBeGreaterThan(1.5);
  });

  test('tell a local defect from a part that is another size', () => {
    const { points, normals } = plate(6000, 7);
    const inPatch = (i: number) => Math.hypot(points[3 * i]! - 0.2, points[3 * i + 1]!) < 0.06;
    const patch = Array.from({ length: 6000 }, (_, i) => i).filter(inPatch);
    // Raised by 0.02 at one end and by nothing at the other, and a bump of 0.015.
    for (let i = 0; i < 6000; i++)
      points[3 * i + 2] = 0.01 * (1 + points[3 * i]! / 0.7) + (inPatch(i) ? 0.015 : 0);
    const { values, offsets } = referenceFeatures(reference, { points, normals });
    const told = Array.from({ length: 6000 }, (_, i) => 0.005 * Math.sinh(row(values, i)[16]!));
    const mean = (rows: readonly number[], of: (i: number) => number) =>
      rows.reduce((sum, i) => sum + of(i), 0) / rows.length;
    const far = told.flatMap((_, i) => (Math.abs(points[3 * i]!) < 0.5 && !inPatch(i) ? [i] : []));
    expect(mean(patch, (i) => told[i]!)).toBeGreaterThan(0.008);
    expect(mean(far, (i) => Math.abs(told[i]!))).toBeLessThan(0.002);
    expect(mean(far, (i) => offsets[3 * i + 2]!)).toBeGreaterThan(0.006);
  });

  test('turn with the cloud', () => {
    const turn = thenRotate(rotationX(0.7), rotationZ(-1.9));
    const turned = (values: Float32Array) => {
      const rows = Float64Array.from(values);
      rotateRows(rows, turn);
      return Float32Array.from(rows);
    };
    const scan = plate(500, 6);
    const waved = scan.points.map((v, i) => (i % 3 === 2 ? 0.02 * Math.sin(i) : v));
    const cloud = { points: waved, normals: scan.normals };
    const { values } = referenceFeatures(reference, cloud);
    const vector = (at: number) => row(values, at).slice(0, 3);
    const before = vector(7);
    rotateFeatures(values, turn);
    expect([...vector(7)].map((v) => v.toFixed(4))).toEqual([...turned(before)].map((v) => v.toFixed(4)));
    // What the features of the turned scan against the turned reference would be.
    const { fine } = reference.target;
    const other = mergeReference({
      clouds: [{ points: turned(fine.points), normals: turned(reference.normals) }],
      members: [],
      frame,
      spacing: 0.01,
    });
    const again = referenceFeatures(
      { ...other, spread: new Float32Array(other.spread.length).fill(0.002), gap: reference.gap },
      { points: turned(waved), normals: turned(scan.normals) },
    ).values;
    const differences = again
      .map((v, at) => Math.abs(v - values[at]!))
      .filter((_, at) => at % REFERENCE_CHANNELS < 12);
    // The merged points of the turned reference lie elsewhere on the same plane.
    expect(differences.sort()[Math.floor(0.95 * differences.length)]).toBeLessThan(0.1);
  });
});

test('too few points are refused', () => {
  const few = { points: new Float32Array(12), normals: new Float32Array(12) };
  expect(() => referenceFeatures(reference, few)).toThrow(InvalidInputError);
  expect(() => referenceFeatures(reference, few)).toThrow('too few');
});
