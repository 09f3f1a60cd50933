import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { InvalidInputError } from './errors.ts';
import { modelFrame, scaleOffsets, toModelFrame, toSourceUnits } from './frame.ts';
import type { ModelFrame } from './types.ts';

const coordinate = fc.float({ min: -5000, max: 5000, noNaN: true });
const cloud = fc
  .array(fc.tuple(coordinate, coordinate, coordinate), { minLength: 2, maxLength: 50 })
  .filter((points) => points.some((p) => p.some((v, d) => Math.abs(v - points[0]![d]!) > 1)))
  .map((points) => Float32Array.from(points.flat()));

describe('the model frame', () => {
  test('puts any cloud into the unit ball about its mean, touching it', () => {
    fc.assert(
      fc.property(cloud, (positions) => {
        const { points } = toModelFrame({ positions, name: 'scan' });
        const sum = [0, 0, 0];
        let furthest = 0;
        for (let i = 0; i < points.length; i += 3) {
          for (let d = 0; d < 3; d++) sum[d]! += points[i + d]!;
          furthest = Math.max(furthest, Math.hypot(...points.subarray(i, i + 3)));
        }
        expect(furthest).toBeCloseTo(1, 6);
        for (const s of sum) expect(s / (points.length / 3)).toBeCloseTo(0, 6);
      }),
    );
  });

  test('leads back to where the points were', () => {
    fc.assert(
      fc.property(cloud, (positions) => {
        const { points, frame } = toModelFrame({ positions, name: 'scan' });
        const back = toSourceUnits(points, frame);
        const most = 1.2e-7 * (frame.radius + 5000);
        for (let i = 0; i < back.length; i++)
          expect(Math.abs(back[i]! - positions[i]!)).toBeLessThanOrEqual(most);
      }),
    );
  });

  test('distances come out in the unit of the scan and do not depend on where it lies', () => {
    const { frame } = toModelFrame({ positions: Float32Array.of(0, 0, 0, 40, 0, 0), name: 'scan' });
    const far: ModelFrame = { ...frame, centre: [1e6, 0, 0] };
    expect([...scaleOffsets([0.1, -0.05], frame)]).toEqual([2, -1]);
    expect(scaleOffsets([0.1, -0.05], far)).toEqual(scaleOffsets([0.1, -0.05], frame));
  });

  test.each([
    ['no points', [], 'has no points'],
    ['a single point', [1, 2, 3], 'has a single point'],
    // The mean of three times 0.1 is not 0.1 in float64.
    ['equal points whose mean is rounded', [0.1, 0.7, 0.3, 0.1, 0.7, 0.3, 0.1, 0.7, 0.3], 'all coincide'],
    ['a point that is NaN', [0, 0, 0, 1, Number.NaN, 0], 'not finite'],
    ['a point at infinity', [0, 0, 0, 1, Infinity, 0], 'not finite'],
    ['infinities that cancel', [-Infinity, 0, 0, Infinity, 0, 0], 'not finite'],
  ])('%s: a clear error with the name of the scan', (_, positions, message) => {
    expect(() => modelFrame(Float64Array.from(positions), 'scan.ply')).toThrow(InvalidInputError);
    expect(() => modelFrame(Float64Array.from(positions), 'scan.ply')).toThrow(message);
  });
});
