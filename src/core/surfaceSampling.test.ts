import { expect, test } from 'vitest';
import { InvalidInputError } from './errors.ts';
import { meshNormals } from './meshNormals.ts';
import { RandomStream } from './random.ts';
import { sampleSurface } from './surfaceSampling.ts';

/** A unit square at z = 0 in two triangles, and a triangle of ten times its area at z = 1. */
const positions = [0, 0, 0, 1, 0, 0, 1, 1, 0, 0, 1, 0, 0, 0, 1, 5, 0, 1, 0, 4, 1];
const faces = [0, 1, 2, 0, 2, 3, 4, 5, 6];
const draw = (seed: number, count = 5500) =>
  sampleSurface(positions, meshNormals(positions, faces), faces, count, new RandomStream(seed));

test('points are spread by area, and evenly within a face', () => {
  const { points, normals } = draw(1);
  const below: number[][] = [];
  for (let i = 0; i < points.length; i += 3)
    if (points[i + 2] === 0) below.push([...points.subarray(i, i + 3)]);
  // A binomial of 5500 with p = 1/11: standard deviation 21.
  expect(Math.abs(below.length - 500)).toBeLessThan(100);
  const quarter = below.filter(([x, y]) => x! < 0.5 && y! < 0.5).length / below.length;
  expect(Math.abs(quarter - 0.25)).toBeLessThan(0.08);
  for (let i = 0; i < normals.length; i += 3) expect(normals[i + 2]).toBeCloseTo(1, 6);
});

test('a seed draws the same points again', () => {
  expect(draw(5, 50)).toEqual(draw(5, 50));
  expect(draw(5, 50).points).not.toEqual(draw(6, 50).points);
});

test('a mesh without surface is refused', () => {
  expect(() =>
    sampleSurface([0, 0, 0, 1, 1, 1], [0, 0, 0, 0, 0, 0], [0, 1, 1], 5, new RandomStream(0)),
  ).toThrow(InvalidInputError);
});
