/** Good scans become parts to draw samples from: whole, and each against the others. */

import { expect, test } from 'vitest';
import { madePart } from '../testing/madePart.ts';
import { goodParts } from './goodParts.ts';
import type { AlignedGood } from './reference.ts';
import { prepareTarget } from './registration/alignTarget.ts';

/** Scans of specimens that lie on each other; one side bulges by another amount each. */
function specimens(bends: readonly number[]): AlignedGood {
  const clouds = bends.map((bend, i) =>
    madePart('sphere', {
      seed: i + 1,
      points: 700,
      noise: 0.001,
      deform: (point) => point.map((v) => v * (1 + bend * Math.min(0, point[0]! + 0.4) ** 2)),
    }),
  );
  const { spacing } = prepareTarget(clouds[0]!);
  return { clouds, members: [], frame: { centre: [0, 0, 0], radius: 1 }, spacing };
}

test('one scan: its own surface, taken for rigid because nothing says how others differ', () => {
  const parts = goodParts(specimens([0]));
  expect(parts).toHaveLength(1);
  expect(Math.max(...parts[0]!.family.warp)).toBe(0);
  expect(parts[0]!.family.noise).toBeGreaterThan(0);
  expect(parts[0]!.family.noise).toBeLessThan(0.01);
});

test('several: the whole differs where the specimens do, and each scan is held against the others', () => {
  const aligned = specimens([0, 0.15, -0.15]);
  const [whole, ...left] = goodParts(aligned);
  expect(left).toHaveLength(3);
  const { points, family } = whole!;
  const mean = (inside: (x: number) => boolean) => {
    const rows = [...family.warp.keys()].filter((row) => inside(points[3 * row]!));
    return rows.reduce((sum, row) => sum + family.warp[row]!, 0) / rows.length;
  };
  expect(mean((x) => x < -0.8)).toBeGreaterThan(2 * mean((x) => x > 0));
  for (const [i, { points: own, reference }] of left.entries()) {
    expect(own).toHaveLength(aligned.clouds[i]!.points.length);
    expect(reference.spread.length).toBeLessThan(whole!.reference.spread.length);
    // What it differs by is in it already, and so is its noise.
    expect(left[i]!.family).toMatchObject({ noise: 0, stretch: 0 });
  }
});
