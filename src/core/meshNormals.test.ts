import { expect, test } from 'vitest';
import { InvalidInputError } from './errors.ts';
import { meshNormals } from './meshNormals.ts';

test('a large face outweighs a small one at a shared vertex', () => {
  // Two triangles at vertex 0: 8 units of area facing +z, 0.5 facing +x.
  const positions = [0, 0, 0, 4, 0, 0, 0, 4, 0, 0, 1, 0, 0, 0, 1];
  const normals = meshNormals(positions, [0, 1, 2, 0, 3, 4]);
  expect(normals[0]! / normals[2]!).toBeCloseTo(0.5 / 8, 6);
});

test('a vertex without a face, or only with faces without area, has the zero normal', () => {
  const positions = [0, 0, 0, 1, 0, 0, 0, 1, 0, 5, 5, 5, 2, 0, 0];
  const normals = meshNormals(positions, [0, 1, 2, 0, 1, 4]);
  expect([...normals.subarray(9)]).toEqual([0, 0, 0, 0, 0, 0]);
  expect([...normals.subarray(6, 9)]).toEqual([0, 0, 1]);
});

test('a face that names a missing vertex is an error, not a NaN', () => {
  expect(() => meshNormals([0, 0, 0, 1, 0, 0, 0, 1, 0], [0, 1, 3])).toThrow(InvalidInputError);
});
