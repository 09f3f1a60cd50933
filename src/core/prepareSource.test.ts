import { describe, expect, test } from 'vitest';
import { maxAbsDifference } from '../testing/compare.ts';
import { ellipsoid } from '../testing/ellipsoid.ts';
import { InvalidInputError } from './errors.ts';
import { prepareSource, prepareSourceWith } from './prepareSource.ts';

const source = ellipsoid(3000);

describe('the normals of a source', () => {
  const cloud = { name: 'part', positions: source.points, normals: null, faces: null };
  const dots = (a: Float32Array): number[] =>
    Array.from({ length: a.length / 3 }, (_, i) =>
      [0, 1, 2].reduce((sum, d) => sum + a[3 * i + d]! * source.normals[3 * i + d]!, 0),
    );

  test('are those of the file where it has them, scaled to unit length', () => {
    const { normals, frame } = prepareSource({ ...cloud, normals: source.normals.map((v) => 3 * v) });
    expect(maxAbsDifference(normals, source.normals)).toBeLessThan(1e-6);
    expect(frame.radius).toBeCloseTo(30, 0);
  });

  test('are estimated and face outwards on a bare cloud', () => {
    expect(Math.min(...dots(prepareSource(cloud).normals))).toBeGreaterThan(0.8);
  });

  test('fill in for single points whose normal is 0 0 0 or NaN', () => {
    const broken = source.normals.slice();
    broken.fill(0, 30, 33);
    broken.fill(Number.NaN, 60, 63);
    const { normals } = prepareSource({ ...cloud, normals: broken });
    expect(Math.min(...dots(normals))).toBeGreaterThan(0.8);
    expect(maxAbsDifference(normals.subarray(0, 30), source.normals.subarray(0, 30))).toBeLessThan(1e-6);
  });

  test('fill in with the side that the others of the file face', () => {
    const inwards = source.normals.map((v) => -v);
    inwards.fill(0, 30, 33);
    expect(Math.max(...dots(prepareSource({ ...cloud, normals: inwards }).normals))).toBeLessThan(-0.8);
  });

  test('may be estimated elsewhere, and are not when the file has them', async () => {
    const elsewhere = async (points: Float32Array) => points.map((_, at) => (at % 3 === 2 ? 1 : 0));
    const { normals } = await prepareSourceWith(cloud, elsewhere);
    expect([...normals.subarray(0, 3)]).toEqual([0, 0, 1]);
    const stored = await prepareSourceWith({ ...cloud, normals: source.normals }, elsewhere);
    expect(maxAbsDifference(stored.normals, source.normals)).toBeLessThan(1e-6);
  });

  test('come from the mesh when there is one', () => {
    const positions = Float32Array.of(0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1);
    // A single face, turned so that it faces -z; vertex 3 has no face.
    const { normals } = prepareSource({ ...cloud, positions, faces: Uint32Array.of(0, 2, 1) });
    expect([...normals.subarray(0, 9)].map((v) => v + 0)).toEqual([0, 0, -1, 0, 0, -1, 0, 0, -1]);
    expect(Math.hypot(...normals.subarray(9))).toBeCloseTo(1, 6);
  });
});

test('a cloud without points or extent is refused by name', () => {
  const empty = { name: 'scan.ply', normals: null, faces: null };
  for (const length of [0, 300])
    expect(() => prepareSource({ ...empty, positions: new Float32Array(length) })).toThrow(InvalidInputError);
});
