/** A crack narrower than the point spacing leaves a chain of slightly large gaps: it is told, chance is not. */

import { describe, expect, test } from 'vitest';
import { madePart } from '../testing/madePart.ts';
import type { OrientedCloud } from './orientedCloud.ts';
import { RandomStream } from './random.ts';
import { voidStrengths } from './voids.ts';

const CELL = 0.02;
/** Places per side of a scan's raster, and how far a point may lie from its place. */
const SIDE = 55;
const JITTER = 0.35;
const reference = madePart('plane', { seed: 9, points: 12_000, noise: 0 });

/** A plate scanned line by line, not quite evenly. */
function scanOf(seed: number, keep: (p: readonly number[]) => boolean = () => true): OrientedCloud {
  const stream = new RandomStream(seed);
  const at = (i: number) => 1.4 * ((i + 0.5 + JITTER * (2 * stream.uniform() - 1)) / SIDE - 0.5);
  const rows: number[] = [];
  for (let i = 0; i < SIDE * SIDE; i++) {
    const point = [at(i % SIDE), at(Math.floor(i / SIDE)), 0.001 * stream.normal()];
    if (keep(point)) rows.push(...point);
  }
  return {
    points: Float32Array.from(rows),
    normals: Float32Array.from(rows, (_, k) => (k % 3 === 2 ? 1 : 0)),
  };
}

/** About 0.6 spacings wide and 15 long. */
const beside = (p: readonly number[]) => Math.abs(p[1]!) > 0.008 || Math.abs(p[0]!) > 0.2;
const strongest = (told: Float32Array) => Math.max(...told);

describe('voids', () => {
  test('tell a crack that is narrower than the spacing of the points from what chance leaves', () => {
    const sound = [1, 2, 3, 4].map((seed) => strongest(voidStrengths(reference, scanOf(seed), CELL)));
    const cracked = scanOf(5, beside);
    const told = voidStrengths(reference, cracked, CELL);
    expect(strongest(told)).toBeGreaterThan(1.2 * Math.max(...sound));
    const at = 3 * told.indexOf(strongest(told));
    expect(Math.abs(cracked.points[at + 1]!)).toBeLessThan(0.06);
    expect(Math.abs(cracked.points[at]!)).toBeLessThan(0.26);
  });

  test('a part of the reference that was not scanned is no void', () => {
    const seen = scanOf(6, (p) => p[0]! < 0.2);
    expect(strongest(voidStrengths(reference, seen, CELL))).toBeLessThan(3);
  });

  test('say nothing where the scan has a point for every place', () => {
    expect(strongest(voidStrengths(reference, reference, 0.03))).toBeLessThan(1);
  });
});
