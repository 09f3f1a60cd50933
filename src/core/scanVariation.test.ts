/** How training scans vary: within the limits that were set, and as the seed says. */

import { expect, test } from 'vitest';
import { ellipsoidReference } from '../testing/trainingScans.ts';
import { RandomStream } from './random.ts';
import {
  drawMisalignment,
  type ScanVariation,
  STUDIO_VARIATION,
  smoothField,
  validateVariation,
  visibleRows,
} from './scanVariation.ts';

const reference = ellipsoidReference(2000, 1);

test('without density change and cuts every point is seen', () => {
  const plain = { ...STUDIO_VARIATION, density: 0, cut: 0 };
  expect(visibleRows(reference, plain, new RandomStream(1)).length).toBe(2000);
});

test('a cut leaves one side or one view, never next to nothing', () => {
  const cut = { ...STUDIO_VARIATION, density: 0, cut: 1 };
  for (let seed = 0; seed < 20; seed++) {
    const rows = visibleRows(reference, cut, new RandomStream(seed));
    expect(rows.length).toBeGreaterThanOrEqual(400);
    expect(rows.every((row, i) => i === 0 || row > rows[i - 1]!)).toBe(true);
    expect(visibleRows(reference, cut, new RandomStream(seed))).toEqual(rows);
  }
});

test('a smooth field has mean 0, deviation 1, and little change over a short way', () => {
  const values: number[] = [];
  for (let seed = 0; seed < 60; seed++) {
    const field = smoothField(new RandomStream(seed), 4);
    values.push(field(0.1, 0.2, 0.3));
    expect(Math.abs(field(0.1, 0.2, 0.3) - field(0.11, 0.2, 0.3))).toBeLessThan(0.2);
  }
  const mean = values.reduce((a, b) => a + b) / 60;
  expect(Math.abs(mean)).toBeLessThan(0.4);
  expect(values.reduce((sum, v) => sum + v * v, 0) / 60).toBeGreaterThan(0.5);
});

test('a registration error stays within its limits', () => {
  for (let seed = 0; seed < 20; seed++) {
    const { turn, shift } = drawMisalignment(STUDIO_VARIATION, new RandomStream(seed));
    const angle = Math.acos(Math.min(1, (turn[0] + turn[4] + turn[8] - 1) / 2));
    expect(angle).toBeLessThan(1.01 * STUDIO_VARIATION.misalignment.turn);
    expect(Math.hypot(...shift)).toBeLessThanOrEqual(STUDIO_VARIATION.misalignment.shift);
  }
});

test.each<[string, Partial<ScanVariation>]>([
  ['noise', { noise: [0.01, 0.001] }],
  ['density', { density: 2 }],
  ['cut', { cut: -0.1 }],
  ['misalignment', { misalignment: { turn: 1, shift: 0 } }],
])('a wrong %s is refused by its name', (field, part) => {
  expect(() => validateVariation({ ...STUDIO_VARIATION, ...part })).toThrow(
    expect.objectContaining({ where: `variation.${field}` }),
  );
});
