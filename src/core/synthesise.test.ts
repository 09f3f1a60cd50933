import { describe, expect, test } from 'vitest';
import { maxAbsDifference } from '../testing/compare.ts';
import { ellipsoid } from '../testing/ellipsoid.ts';
import { InvalidInputError } from './errors.ts';
import { toModelFrame } from './frame.ts';
import { TRAINING_PRESETS } from './presets.ts';
import { makeTrainingSample } from './synthesise.ts';

const source = ellipsoid(3000);
const { paper, studio } = TRAINING_PRESETS;

describe('a training sample', () => {
  test('lies in the unit ball before its defect, whatever the unit of the scan', () => {
    const { points, targetOffsets } = makeTrainingSample(source, paper, 1);
    const radii = Array.from({ length: 3000 }, (_, i) =>
      Math.hypot(...[0, 1, 2].map((d) => points[3 * i + d]! - targetOffsets[3 * i + d]!)),
    );
    expect(Math.max(...radii)).toBeCloseTo(1, 6);
  });

  test('is the same to the bit for the same seed; seeds differ in pose, patch and subset', () => {
    const options = { ...studio, maxPoints: 1000 };
    const a = makeTrainingSample(source, options, 42);
    expect(makeTrainingSample(source, options, 42)).toEqual(a);
    const b = makeTrainingSample(source, options, 43);
    expect(b.points).not.toEqual(a.points);
    expect(b.patch).not.toEqual(a.patch);
    expect(a.seed).toBe(42);
  });

  test('keeps the pose when rotation is off', () => {
    const still = { ...paper, rotate: false };
    const { points, targetOffsets } = makeTrainingSample(source, still, 3);
    const before = points.map((v, at) => v - targetOffsets[at]!);
    const { points: framed } = toModelFrame({ positions: source.points, name: 'part' });
    expect(maxAbsDifference(before, framed)).toBeLessThan(1e-6);
  });

  test('takes a fresh subset of the asked size, and all points when there are fewer', () => {
    const seen = new Set<number>();
    for (let seed = 0; seed < 30; seed++) {
      const still = { ...paper, rotate: false, maxPoints: 300 };
      const { points } = makeTrainingSample(source, still, seed);
      expect(points.length).toBe(900);
      seen.add(points[0]!);
    }
    expect(seen.size).toBeGreaterThan(15);
    expect(makeTrainingSample(source, { ...paper, maxPoints: 5000 }, 0).points.length).toBe(9000);
  });

  test('a cloud too small for the patches, or without extent, is refused', () => {
    expect(() => makeTrainingSample(ellipsoid(100), paper, 0)).toThrow(InvalidInputError);
    expect(() => makeTrainingSample(source, { ...paper, maxPoints: 100 }, 0)).toThrow(InvalidInputError);
    const dot = { points: new Float32Array(600), normals: new Float32Array(600) };
    expect(() => makeTrainingSample(dot, paper, 0)).toThrow(InvalidInputError);
  });

  test.each([paper, { ...studio, maxPoints: 1000 }])(
    'never moves points that were marked as normal, and leaves the others as they would be',
    (options) => {
      const still = new Uint8Array(3000).map((_, i) => Number(source.points[3 * i]! > 300));
      let held = 0;
      for (let seed = 0; seed < 12; seed++) {
        const plain = makeTrainingSample(source, options, seed);
        const marked = makeTrainingSample({ ...source, still }, options, seed);
        expect(marked.points.length).toBe(plain.points.length);
        const moving = new Set(marked.patch);
        for (const row of plain.patch) {
          const same = [0, 1, 2].every((d) => marked.points[3 * row + d] === plain.points[3 * row + d]);
          if (moving.has(row)) expect(same).toBe(true);
          else {
            held++;
            expect(marked.targetOffsets.subarray(3 * row, 3 * row + 3).every((v) => v === 0)).toBe(true);
          }
        }
        const known = new Set(plain.patch);
        expect([...marked.patch].every((row) => known.has(row))).toBe(true);
      }
      expect(held).toBeGreaterThan(0);
    },
  );
});
