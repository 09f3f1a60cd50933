import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { kNearest } from './knn.ts';
import { RandomStream } from './random.ts';

function squaredDistance(points: Float32Array, a: number, b: number): number {
  return [0, 1, 2].reduce((sum, d) => sum + (points[3 * a + d]! - points[3 * b + d]!) ** 2, 0);
}

/** Every row's neighbours must be other, distinct rows at exactly the k smallest distances. */
function expectExact(points: Float32Array, k: number): void {
  const n = points.length / 3;
  const { k: width, rows } = kNearest(points, k);
  expect(width).toBe(Math.min(k, n - 1));
  for (let i = 0; i < n; i++) {
    const own = [...rows.subarray(i * width, (i + 1) * width)];
    expect(own).not.toContain(i);
    expect(new Set(own).size).toBe(width);
    const all = Array.from({ length: n }, (_, j) => j).filter((j) => j !== i);
    const nearest = all.map((j) => squaredDistance(points, i, j)).sort((a, b) => a - b);
    expect(own.map((j) => squaredDistance(points, i, j))).toEqual(nearest.slice(0, width));
  }
}

describe('nearest neighbours', () => {
  test('are those of the brute force, on lattices full of duplicates and ties too', () => {
    const coordinate = fc.oneof(
      fc.integer({ min: -2, max: 2 }),
      fc.float({ min: -1, max: 1, noNaN: true }),
      fc.constant(1e6),
    );
    fc.assert(
      fc.property(
        fc.array(fc.tuple(coordinate, coordinate, coordinate), { minLength: 1, maxLength: 60 }),
        fc.integer({ min: 1, max: 12 }),
        (points, k) => expectExact(Float32Array.from(points.flat()), k),
      ),
      { numRuns: 60 },
    );
  });

  test('a dense scan with one point a kilometre away stays fast and exact', () => {
    const stream = new RandomStream(1);
    const n = 20_000;
    const points = Float32Array.from({ length: 3 * n }, () => stream.uniform());
    points.set([1e6, 1e6, 1e6], 0);
    const began = performance.now();
    const { rows } = kNearest(points, 8);
    // A uniform grid over the bounding box would compare all pairs: 4e8 of them.
    expect(performance.now() - began).toBeLessThan(5000);
    const nearest = Array.from({ length: n - 1 }, (_, j) =>
      squaredDistance(points, 77, j === 77 ? n - 1 : j),
    );
    expect(squaredDistance(points, 77, rows[8 * 77]!)).toBe(Math.min(...nearest));
  });

  test('a hundred thousand identical points come back at once', () => {
    const { rows } = kNearest(new Float32Array(300_000).fill(2), 8);
    expect(rows.length).toBe(800_000);
  });
});
