/** Good scans become one surface; coverage tells what a scan does not show. */

import { describe, expect, test } from 'vitest';
import { madePart } from '../testing/madePart.ts';
import { askedScan, coverage, usualGap } from './coverage.ts';
import { RandomStream } from './random.ts';
import { buildReference, PROBE_CELL } from './reference.ts';
import { checkReference } from './referenceSurface.ts';
import { moveRows, randomRotation } from './registration/pose.ts';
import { surfaceDistances } from './surfaceDistance.ts';

const NOISE = 0.004;

/** A scan in mm, lying anywhere. */
function good(seed: number, part: 'bracket' | 'knob' = 'bracket') {
  const stream = new RandomStream(seed);
  const { points } = madePart(part, { seed, points: 2500, noise: NOISE });
  const pose = { rotation: randomRotation(stream), translation: [9, stream.normal(), -3] as const };
  return { name: `good${seed}`, positions: moveRows(points, pose).map((v) => 50 * v), faces: null };
}

describe('a reference', () => {
  const reference = buildReference([good(1), good(2), good(3, 'knob'), good(4)]);

  test('holds the good scans that fit, and names the one that does not', () => {
    expect(reference.members.map(({ name, used }) => [name, used])).toEqual([
      ['good1', true],
      ['good2', true],
      ['good3', false],
      ['good4', true],
    ]);
    expect(reference.members[2]!.words).toContain('different parts');
    expect(reference.members[1]!.words).toMatch(/^Aligned/);
  });

  test('is a surface whose spread is the noise of the scans', () => {
    checkReference('reference', reference);
    const spread = reference.spread.slice().sort()[reference.spread.length >> 1]!;
    // In units of the part's radius, about 0.9.
    expect(spread).toBeGreaterThan(0.6 * NOISE);
    expect(spread).toBeLessThan(2 * NOISE);
    expect(reference.density.every((v) => v > 0)).toBe(true);
  });

  test('of one scan works as well', () => {
    const single = buildReference([good(1)]);
    expect(single.members).toEqual([{ name: 'good1', words: 'The others were laid on it.', used: true }]);
    expect(single.spread.length).toBeGreaterThan(1000);
  });
});

test('distances are signed along the normal, and true ones beyond the border', () => {
  const plane = madePart('plane', { seed: 1, points: 3000, noise: 0 });
  const { target } = buildReference([{ name: 'plane', positions: plane.points, faces: null }]);
  const side = Math.sign(target.fine.normals[2]!);
  const points = Float32Array.of(0, 0, 0.05, 0.1, 0.2, -0.05, 1.2, 0, 0);
  const normals = Float32Array.of(0, 0, side, 0, 0, side, 0, 0, side);
  const { offsets } = surfaceDistances(target.fine, target.spacing, { points, normals });
  expect(offsets[2]).toBeCloseTo(0.05, 2);
  expect(offsets[5]).toBeCloseTo(-0.05, 2);
  expect(offsets[6]).toBeGreaterThan(0.05);
});

describe('coverage', () => {
  const surface = madePart('plane', { seed: 1, points: 6000, noise: 0 });
  const whole = madePart('plane', { seed: 2, points: 3000, noise: 0 });
  const cell = PROBE_CELL * 0.026;
  const gap = 1.3 * usualGap(surface, askedScan(whole), cell);
  const without = (keep: (p: readonly number[]) => boolean) =>
    madePart('plane', { seed: 3, points: 2800, noise: 0, keep });

  test('tells the rim of a hole and nothing else', () => {
    const scan = without(([x, y]) => Math.hypot(x!, y!) > 0.15);
    const { missing, unseen } = coverage(surface, scan, cell, gap);
    expect(unseen).toBe(0);
    let rim = 0;
    let elsewhere = 0;
    missing.forEach((v, i) => {
      const r = Math.hypot(scan.points[3 * i]!, scan.points[3 * i + 1]!);
      if (r < 0.17 && v > 0.05) rim++;
      if (r > 0.25 && v > 0.02) elsewhere++;
    });
    expect(rim).toBeGreaterThan(20);
    expect(elsewhere).toBe(0);
  });

  test('of half a part is a matter of view, not a defect', () => {
    const { missing, unseen } = coverage(
      surface,
      without(([x]) => x! > 0),
      cell,
      gap,
    );
    expect(unseen).toBeGreaterThan(0.4);
    expect(missing.filter((v) => v > 0.05)).toHaveLength(0);
  });
});
