import fc from 'fast-check';
import { expect, test } from 'vitest';
import { kNearest } from './knn.ts';
import { fitNormals, planeNormal } from './planeFit.ts';
import { RandomStream } from './random.ts';
import { randomDirection, rotateRows, rotationX, rotationZ } from './rotation.ts';

function normalsOf(points: Float32Array, k = 12): Float32Array {
  return fitNormals(points, kNearest(points, k));
}

test('the normal of a plane is exact, far from the origin and in any unit', () => {
  const stream = new RandomStream(2);
  for (const [size, far] of [
    [1e-4, 0],
    [1, 100],
    [1e4, 1e6],
  ] as const) {
    const rows = Float64Array.from({ length: 600 }, (_, i) => (i % 3 === 2 ? 0 : size * stream.uniform()));
    rotateRows(rows, rotationX(0.5));
    rotateRows(rows, rotationZ(1));
    for (let i = 0; i < rows.length; i++) rows[i]! += far;
    const expected = Float64Array.of(0, 0, 1);
    rotateRows(expected, rotationX(0.5));
    rotateRows(expected, rotationZ(1));
    const normals = normalsOf(Float32Array.from(rows));
    let worst = 1;
    for (let i = 0; i < normals.length; i += 3) {
      const dot = [0, 1, 2].reduce((sum, d) => sum + normals[i + d]! * expected[d]!, 0);
      worst = Math.min(worst, Math.abs(dot));
    }
    // Float32 coordinates around 1e6 have steps of 0.06, neighbours are some 1000 apart.
    expect(worst).toBeGreaterThan(1 - 1e-6);
  }
});

test('the smallest eigenvector solves the eigenvalue problem for any covariance of rank 2 or 3', () => {
  const angle = fc.double({ min: -3, max: 3, noNaN: true });
  fc.assert(
    fc.property(angle, angle, fc.double({ min: 0, max: 0.2, noNaN: true }), (a, b, thin) => {
      const axes = Float64Array.of(1, 0, 0, 0, 1, 0, 0, 0, 1);
      rotateRows(axes, rotationX(a));
      rotateRows(axes, rotationZ(b));
      const spread = [1, 0.5, thin];
      const covariance = Float64Array.from({ length: 9 }, (_, at) =>
        spread.reduce(
          (sum, s, e) => sum + s * axes[3 * e + (at % 3)]! * axes[3 * e + Math.floor(at / 3)]!,
          0,
        ),
      );
      const normal = planeNormal(covariance, new Float64Array(9));
      const dot = [0, 1, 2].reduce((sum, d) => sum + normal[d]! * axes[6 + d]!, 0);
      expect(Math.abs(dot)).toBeGreaterThan(1 - 1e-12);
    }),
  );
});

test('a line, a spot, one or two points still give defined unit normals', () => {
  const direction = randomDirection(new RandomStream(4));
  const line = Float32Array.from({ length: 150 }, (_, at) => Math.floor(at / 3) * direction[at % 3]!);
  const across = normalsOf(line);
  for (let i = 0; i < across.length; i += 3) {
    const own = across.subarray(i, i + 3);
    expect(Math.hypot(...own)).toBeCloseTo(1, 6);
    expect(own[0]! * direction[0] + own[1]! * direction[1] + own[2]! * direction[2]).toBeCloseTo(0, 6);
  }
  expect([...normalsOf(new Float32Array(9).fill(3))]).toEqual([0, 0, 1, 0, 0, 1, 0, 0, 1]);
  expect([...normalsOf(Float32Array.of(1, 2, 3))]).toEqual([0, 0, 1]);
  expect(normalsOf(Float32Array.of(0, 0, 0, 0, 0, 2)).every(Number.isFinite)).toBe(true);
});
