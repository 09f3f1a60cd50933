/** How training scans vary: within the limits that were set, and as the seed says. */

import { expect, test } from 'vitest';
import { ellipsoidPart, ellipsoidScan } from '../testing/trainingScans.ts';
import { kNearest } from './knn.ts';
import { pickRows } from './pickRows.ts';
import { RandomStream } from './random.ts';
import {
  addNoise,
  drawMisalignment,
  type ScanVariation,
  STUDIO_VARIATION,
  scannedRows,
  smoothField,
  specimen,
  validateVariation,
  visibleRows,
} from './scanVariation.ts';
import { squareBetween } from './smoothOver.ts';

const part = ellipsoidPart(2000, 1);

test('without density change and cuts every point is seen', () => {
  const plain = { ...STUDIO_VARIATION, density: 0, cut: 0 };
  expect(visibleRows(part, plain, new RandomStream(1)).length).toBe(2000);
});

test('a cut leaves one side or one view, never next to nothing', () => {
  const cut = { ...STUDIO_VARIATION, density: 0, cut: 1 };
  for (let seed = 0; seed < 20; seed++) {
    const rows = visibleRows(part, cut, new RandomStream(seed));
    expect(rows.length).toBeGreaterThanOrEqual(400);
    expect(rows.every((row, i) => i === 0 || row > rows[i - 1]!)).toBe(true);
    expect(visibleRows(part, cut, new RandomStream(seed))).toEqual(rows);
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

test('another specimen differs by its size and by its warp along the normals, and repeats', () => {
  const rows = Uint32Array.from({ length: 500 }, (_, i) => 4 * i);
  const family = { ...part.family, warp: new Float32Array(2000).fill(0.01), stretch: 0.02 };
  const [a, b] = [1, 2].map((seed) => specimen(part, family, rows, new RandomStream(seed)).points);
  expect(specimen(part, family, rows, new RandomStream(1)).points).toEqual(a);
  const furthest = a!.reduce((most, v, at) => Math.max(most, Math.abs(v - b![at]!)), 0);
  expect(furthest).toBeGreaterThan(0.01);
  expect(furthest).toBeLessThan(0.3);
  const same = specimen(part, part.family, rows, new RandomStream(1)).points;
  expect(same).toEqual(pickRows(part.points, rows));
});

test('noise has about the usual deviation', () => {
  const noisy = new Float32Array(30_000);
  addNoise(noisy, 0.002, new RandomStream(3));
  const deviation = Math.sqrt(noisy.reduce((sum, v) => sum + v * v, 0) / noisy.length);
  expect(deviation).toBeGreaterThan(0.002 / 1.45);
  expect(deviation).toBeLessThan(0.002 * 1.45);
});

test('an even scanner leaves no two points close together', () => {
  const dense = ellipsoidScan(20_000, 2);
  const model = { points: dense.points.map((v) => v / 40), normals: dense.normals };
  const all = Uint32Array.from({ length: 20_000 }, (_, i) => i);
  const nearest = (even: boolean) => {
    const rows = scannedRows(model, { ...part.family, even }, all, 4000, new RandomStream(4));
    expect(Math.abs(rows.length - 4000)).toBeLessThan(even ? 400 : 1);
    const points = pickRows(model.points, rows);
    const { rows: others } = kNearest(points, 1);
    return Math.sqrt(Math.min(...Array.from(others, (other, i) => squareBetween(points, i, other))));
  };
  expect(nearest(true)).toBeGreaterThan(10 * nearest(false));
});

test.each<[string, Partial<ScanVariation>]>([
  ['density', { density: 2 }],
  ['cut', { cut: -0.1 }],
  ['misalignment', { misalignment: { turn: 1, shift: 0 } }],
])('a wrong %s is refused by its name', (field, part) => {
  expect(() => validateVariation({ ...STUDIO_VARIATION, ...part })).toThrow(
    expect.objectContaining({ where: `variation.${field}` }),
  );
});
