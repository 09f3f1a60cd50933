/** Scans from one side: a good one must not be told to lack the sides it could not see. */

import { describe, expect, test } from 'vitest';
import { coverage } from './coverage.ts';
import type { OrientedCloud } from './orientedCloud.ts';
import { probeSpacing, SeenSide } from './seenSide.ts';

/** Points on the unit sphere, about 0.06 apart, each its own normal. */
function sphere(keep: (x: number, y: number, z: number) => boolean): OrientedCloud {
  const rows: number[] = [];
  for (let i = 0; i < 3600; i++) {
    const z = 1 - (2 * (i + 0.5)) / 3600;
    const r = Math.sqrt(1 - z * z);
    const [x, y] = [r * Math.cos(i * 2.39996323), r * Math.sin(i * 2.39996323)];
    if (keep(x, y, z)) rows.push(x, y, z);
  }
  return { points: Float32Array.from(rows), normals: Float32Array.from(rows) };
}

const whole = sphere(() => true);
const fromAbove = (x: number, y: number, z: number) => z > 0.3 && Math.hypot(x, y) > 0.25;

describe('coverage of a scan from one side', () => {
  const cell = 0.03; // of a reference that is a single scan, twice as coarse
  test('sides that it could not see are not missing', () => {
    const seen = coverage(
      whole,
      sphere((_, __, z) => z > 0.3),
      cell,
      2,
    );
    expect(seen.unseen).toBeGreaterThan(0.5);
    expect(seen.missing.every((value) => value === 0)).toBe(true);
  });
  test('a hole in the side that it shows is', () => {
    const scan = sphere(fromAbove);
    const { missing, unseen } = coverage(whole, scan, cell, 2);
    expect(unseen).toBeGreaterThan(0.5);
    const told = Uint32Array.from(missing.keys()).filter((i) => missing[i]! > 0);
    expect(told.length).toBeGreaterThan(10);
    for (const i of told) expect(Math.hypot(scan.points[3 * i]!, scan.points[3 * i + 1]!)).toBeLessThan(0.6);
  });
});

test('what something of the part stands in front of could not be seen', () => {
  // Two plates above each other, seen from above.
  const plate = (z: number, half: number) =>
    Array.from({ length: 41 * 41 }, (_, i) => [
      ((i % 41) / 20 - 1) * half,
      (Math.floor(i / 41) / 20 - 1) * half,
      z,
    ]);
  const points = Float32Array.from([...plate(0, 0.8), ...plate(0.5, 0.3)].flat());
  const normals = points.map((_, i) => (i % 3 === 2 ? 1 : 0));
  const side = new SeenSide(normals, { points, normals }, 0.04);
  const [middle, corner, above] = [20 * 41 + 20, 0, 41 * 41];
  expect([middle, corner, above].map((row) => side.couldSee(row))).toEqual([false, true, true]);
});

test('the spacing of places is that of a sparse scan, not of the cells it was thinned to', () => {
  expect(probeSpacing(whole.points, 0.03)).toBeGreaterThan(0.045);
  expect(probeSpacing(whole.points, 0.2)).toBe(0.2);
});
