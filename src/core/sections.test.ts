import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { angleAt, distance, roundLength } from './measure.ts';
import { boxOf, dot, extentAlong, planeAxes, profileOf, unit } from './sections.ts';
import type { Vec3 } from './types.ts';

const direction = fc
  .tuple(fc.double({ min: -1, max: 1 }), fc.double({ min: -1, max: 1 }), fc.double({ min: -1, max: 1 }))
  .map((v) => unit(v))
  .filter((v) => v !== null);

const cloud = fc
  .array(
    fc.tuple(
      fc.integer({ min: -50, max: 50 }),
      fc.integer({ min: -50, max: 50 }),
      fc.integer({ min: -50, max: 50 }),
    ),
    {
      minLength: 1,
      maxLength: 60,
    },
  )
  .map((points) => Float32Array.from(points.flat()));

describe('sections', () => {
  it('axes of a profile lie in its plane, stand upright on each other, and up never points down', () => {
    fc.assert(
      fc.property(direction, (normal) => {
        const { across, up } = planeAxes(normal);
        expect(dot(across, normal)).toBeCloseTo(0, 6);
        expect(dot(up, normal)).toBeCloseTo(0, 6);
        expect(dot(across, up)).toBeCloseTo(0, 6);
        expect(Math.hypot(...across)).toBeCloseTo(1, 6);
        expect(Math.hypot(...up)).toBeCloseTo(1, 6);
        if (Math.abs(normal[2]) < 0.99) expect(up[2]).toBeGreaterThan(0);
      }),
    );
  });

  it('profiles of the axes show the coordinates the way drawings do', () => {
    expect(planeAxes([1, 0, 0])).toEqual({ across: [0, 1, 0], up: [0, 0, 1] });
    const y = planeAxes([0, 1, 0]);
    expect(y.across.map((v) => v + 0)).toEqual([1, 0, 0]);
    expect(y.up.map((v) => v + 0)).toEqual([0, 0, 1]);
    const z = planeAxes([0, 0, 1]);
    expect(z.across.map((v) => v + 0)).toEqual([1, 0, 0]);
    expect(z.up.map((v) => v + 0)).toEqual([0, 1, 0]);
  });

  it('a section can be moved from one end of the scan to the other, whichever way it faces', () => {
    fc.assert(
      fc.property(cloud, direction, (positions, normal) => {
        const [low, high] = extentAlong(normal, boxOf(positions)!);
        for (let i = 0; i < positions.length; i += 3) {
          const at = dot(normal, [positions[i]!, positions[i + 1]!, positions[i + 2]!]);
          expect(at).toBeGreaterThanOrEqual(low - 1e-9);
          expect(at).toBeLessThanOrEqual(high + 1e-9);
        }
      }),
    );
    expect(boxOf(new Float32Array(0))).toBeNull();
  });

  it('a profile has exactly the points of its slab, where they are', () => {
    fc.assert(
      fc.property(
        cloud,
        direction,
        fc.double({ min: -20, max: 20, noNaN: true }),
        (positions, normal, offset) => {
          const profile = profileOf(positions, { normal, offset }, 8);
          const near: number[] = [];
          for (let row = 0; row < positions.length / 3; row++) {
            const p: Vec3 = [positions[3 * row]!, positions[3 * row + 1]!, positions[3 * row + 2]!];
            if (Math.abs(dot(normal, p) - offset) <= 4) near.push(row);
          }
          expect([...profile.rows]).toEqual(near);
          expect(profile.total).toBe(near.length);
          // Two coordinates in the plane and the distance from it give the point back.
          profile.rows.forEach((row, i) => {
            const p: Vec3 = [positions[3 * row]!, positions[3 * row + 1]!, positions[3 * row + 2]!];
            const along = dot(normal, p);
            for (let axis = 0; axis < 3; axis++) {
              const back =
                profile.u[i]! * profile.across[axis]! +
                profile.v[i]! * profile.up[axis]! +
                along * normal[axis]!;
              expect(back).toBeCloseTo(p[axis]!, 3);
            }
          });
        },
      ),
    );
  });

  it('a large slab is thinned evenly and says how many points it has', () => {
    const positions = Float32Array.from({ length: 3 * 1000 }, (_, i) =>
      i % 3 === 1 ? Math.floor(i / 3) : 0,
    );
    const { rows, total } = profileOf(positions, { normal: [1, 0, 0], offset: 0 }, 1, 300);
    expect(total).toBe(1000);
    expect([...rows.subarray(0, 3)]).toEqual([0, 4, 8]);
    expect(rows).toHaveLength(250);
  });
});

describe('measuring', () => {
  it('distances and angles', () => {
    expect(distance([1, 2, 3], [4, 6, 15])).toBe(13);
    expect(angleAt([0, 0, 0], [5, 0, 0], [0, 0, 2])).toBeCloseTo(90, 9);
    expect(angleAt([0, 0, 0], [5, 0, 0], [5, 5, 0])).toBeCloseTo(45, 9);
    expect(angleAt([1, 1, 1], [1, 1, 1], [2, 0, 0])).toBeNaN();
  });

  it('scale bars have round lengths that fit', () => {
    fc.assert(
      fc.property(fc.double({ min: 1e-6, max: 1e6, noNaN: true }), (most) => {
        const length = roundLength(most);
        expect(length).toBeLessThanOrEqual(most * (1 + 1e-6));
        expect(length * 2.5).toBeGreaterThanOrEqual(most * (1 - 1e-6));
        expect(Number(length.toExponential(6).split('e')[0])).toBeOneOf([1, 2, 5]);
      }),
    );
  });
});
