/** Samples drawn from a part: whole, repeatable, and with features that belong to them. */

import { expect, test } from 'vitest';
import { ellipsoidPart } from '../testing/trainingScans.ts';
import { STUDIO_DEFECTS } from './defects/mix.ts';
import { REFERENCE_CHANNELS } from './referenceFeatures.ts';
import { makeReferenceSample } from './referenceSample.ts';
import { STUDIO_VARIATION } from './scanVariation.ts';

const part = ellipsoidPart(4000, 1);
const still = {
  rotate: false,
  maxPoints: 1500,
  defects: STUDIO_DEFECTS,
  variation: { density: 0, cut: 0, misalignment: { turn: 0, shift: 0 } },
};
const options = { ...still, rotate: true, variation: STUDIO_VARIATION };

test('the same seed gives the same bits; seeds differ in place and number', () => {
  const a = makeReferenceSample(part, options, 7);
  expect(makeReferenceSample(part, options, 7)).toEqual(a);
  const sizes = [1, 2, 3, 4].map((seed) => makeReferenceSample(part, options, seed).points.length / 3);
  expect(new Set(sizes).size).toBe(4);
  expect(Math.max(...sizes)).toBeLessThanOrEqual(1500);
});

test('every point has its features and a target, all finite and of the order of 1', () => {
  for (let seed = 0; seed < 5; seed++) {
    const { points, targetOffsets, patch, features } = makeReferenceSample(part, options, seed);
    const count = points.length / 3;
    expect(targetOffsets.length).toBe(3 * count);
    expect(features.length).toBe(REFERENCE_CHANNELS * count);
    expect(patch.length).toBeGreaterThan(0);
    expect(features.every((v) => Math.abs(v) <= 8)).toBe(true);
  }
});

test('what is told of the surface is what was done to it: the residual is the offset along the normal', () => {
  const bulges = { ...still, defects: { ...STUDIO_DEFECTS, families: ['bulge' as const] } };
  const { targetOffsets, patch, features } = makeReferenceSample(part, bulges, 3);
  const moved = new Set(patch);
  const count = targetOffsets.length / 3;
  let [worst, sound] = [0, 0];
  for (let i = 0; i < count; i++) {
    for (let d = 0; d < 3; d++) {
      const soft = features[REFERENCE_CHANNELS * i + 3 + d]!;
      const length = Math.hypot(...features.subarray(REFERENCE_CHANNELS * i + 3, REFERENCE_CHANNELS * i + 6));
      const told = length === 0 ? 0 : (soft / length) * 0.005 * Math.sinh(length);
      if (moved.has(i)) worst = Math.max(worst, Math.abs(told - targetOffsets[3 * i + d]!));
      else sound = Math.max(sound, Math.abs(told));
    }
  }
  // Noise, spacing and curvature, against heights of up to 0.12.
  expect(worst).toBeLessThan(0.03);
  expect(sound).toBeLessThan(0.02);
});

test('partial views and thin places leave fewer points, never too few', () => {
  const partial = { ...options, maxPoints: null, variation: { ...STUDIO_VARIATION, cut: 1 } };
  const sizes = [1, 2, 3, 4, 5, 6].map((seed) => makeReferenceSample(part, partial, seed).points.length / 3);
  expect(Math.min(...sizes)).toBeLessThan(1700);
  expect(Math.min(...sizes)).toBeGreaterThan(128);
});
