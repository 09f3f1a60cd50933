/** Training shapes: real surfaces with outward normals, different from each other, the same on every run. */

import { describe, expect, test } from 'vitest';
import { checkReference } from '../../src/core/referenceSurface.ts';
import { makeShape, SHAPE_FAMILIES } from './shapes.ts';

const set = { seed: 11, count: 24, points: 2000 };
const families = Object.keys(SHAPE_FAMILIES);

describe.each(families.map((name, i) => ({ name, i })))('$name', ({ name, i }) => {
  const shape = makeShape(set, i);

  test('is a reference in model units with unit normals', () => {
    checkReference(name, shape.reference);
    expect(shape.name).toContain(name);
    const lengths = (rows: Float32Array) =>
      Array.from({ length: rows.length / 3 }, (_, p) => Math.hypot(...rows.subarray(3 * p, 3 * p + 3)));
    expect(Math.max(...lengths(shape.points))).toBeCloseTo(1, 5);
    expect(lengths(shape.normals).every((length) => Math.abs(length - 1) < 1e-5)).toBe(true);
    expect(shape.family.warp.length).toBe(2000);
    expect(Math.max(...shape.family.warp)).toBeLessThanOrEqual(0.0251);
  });

  test('comes out the same again, and another one is another part', () => {
    expect(makeShape(set, i)).toEqual(shape);
    expect(makeShape(set, i + families.length).points).not.toEqual(shape.points);
  });

  test('is seen from all sides and faces outwards', () => {
    // Over a closed surface the normals cancel, and x . n is positive on the whole: the volume.
    const mean = [0, 1, 2].map(
      (d) => shape.normals.reduce((sum, v, at) => sum + (at % 3 === d ? v : 0), 0) / 2000,
    );
    expect(Math.hypot(...mean)).toBeLessThan(0.35);
    const flux = shape.points.reduce((sum, v, at) => sum + v * shape.normals[at]!, 0);
    expect(flux).toBeGreaterThan(0);
  });
});
