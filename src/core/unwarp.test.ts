/** A slowly warped specimen comes to lie on the reference; a dent on it stays a dent. */

import { expect, test } from 'vitest';
import { madePart } from '../testing/madePart.ts';
import { spacingNeighbours } from './coverage.ts';
import { mergeReference } from './reference.ts';
import { surfaceDistances } from './surfaceDistance.ts';
import { unwarp } from './unwarp.ts';

const part = madePart('knob', { seed: 1, points: 6000, noise: 0 });
const reference = mergeReference({
  clouds: [part],
  members: [],
  frame: { centre: [0, 0, 0], radius: 1 },
  spacing: 0.02,
});

/** Grown by 2 % and bent by as much, within a noise of 0.0005. */
const warped = (p: readonly number[]) => [
  p[0]! * 1.02,
  p[1]! * 1.02 + 0.02 * Math.sin(2 * p[0]!),
  p[2]! * 1.02,
];
const dented = (p: readonly number[]) => p[0]! > 0.55 && Math.hypot(p[1]!, p[2]!) < 0.12;

function lengths(of: Parameters<typeof unwarp>[0]): number[] {
  const { offsets } = surfaceDistances(reference.target.fine, reference.target.spacing, of);
  return Array.from({ length: offsets.length / 3 }, (_, i) =>
    Math.hypot(...offsets.subarray(3 * i, 3 * i + 3)),
  );
}
const mean = (values: readonly number[]) => values.reduce((sum, v) => sum + v, 0) / values.length;

test('what differs slowly goes, and what is local stays', () => {
  const scan = madePart('knob', {
    seed: 2,
    points: 4000,
    noise: 0.0005,
    deform: (p) => warped(dented(p) ? p.map((v) => 0.95 * v) : p),
  });
  const sound = madePart('knob', { seed: 2, points: 4000, noise: 0 });
  const flat = unwarp(scan, reference, spacingNeighbours(scan));
  const rows = Array.from({ length: 4000 }, (_, i) => i);
  const inDent = rows.filter((i) => dented([...sound.points.subarray(3 * i, 3 * i + 3)]));
  const inFlat = lengths(flat);
  const around = rows.filter((i) => !inDent.includes(i)).map((i) => inFlat[i]!);
  expect(mean(around)).toBeLessThan(0.25 * mean(lengths(scan)));
  expect(mean(inDent.map((i) => inFlat[i]!))).toBeGreaterThan(8 * mean(around));
});
