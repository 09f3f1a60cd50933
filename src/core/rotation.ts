/**
 * Rotations of clouds in float64, with the conventions of the original (golden/SPEC.md section 7):
 * right-handed, row vectors, x' = (x - pivot) R^T + pivot.
 */

import type { RandomStream } from './random.ts';
import type { Vec3 } from './types.ts';

/** Row-major 3x3. */
export type Matrix3 = readonly [number, number, number, number, number, number, number, number, number];

export function rotationX(angle: number): Matrix3 {
  const c = Math.cos(angle);
  const s = Math.sin(angle);
  return [1, 0, 0, 0, c, -s, 0, s, c];
}

export function rotationY(angle: number): Matrix3 {
  const c = Math.cos(angle);
  const s = Math.sin(angle);
  return [c, 0, s, 0, 1, 0, -s, 0, c];
}

export function rotationZ(angle: number): Matrix3 {
  const c = Math.cos(angle);
  const s = Math.sin(angle);
  return [c, -s, 0, s, c, 0, 0, 0, 1];
}

/** The rotation that does `first`, then `second`. */
export function thenRotate(first: Matrix3, second: Matrix3): Matrix3 {
  const cell = (row: number, column: number) =>
    second[3 * row]! * first[column]! +
    second[3 * row + 1]! * first[3 + column]! +
    second[3 * row + 2]! * first[6 + column]!;
  return [
    cell(0, 0),
    cell(0, 1),
    cell(0, 2),
    cell(1, 0),
    cell(1, 1),
    cell(1, 2),
    cell(2, 0),
    cell(2, 1),
    cell(2, 2),
  ];
}

/** Rotates rows in place. @param rows [3N] */
export function rotateRows(rows: Float64Array, matrix: Matrix3, pivot: Vec3 = [0, 0, 0]): void {
  const [a, b, c, d, e, f, g, h, k] = matrix;
  const [px, py, pz] = pivot;
  for (let i = 0; i < rows.length; i += 3) {
    const x = rows[i]! - px;
    const y = rows[i + 1]! - py;
    const z = rows[i + 2]! - pz;
    rows[i] = a * x + b * y + c * z + px;
    rows[i + 1] = d * x + e * y + f * z + py;
    rows[i + 2] = g * x + h * y + k * z + pz;
  }
}

/** Rotates the three values from `at` on, in place. */
export function rotateVector(values: Float32Array, at: number, matrix: Matrix3): void {
  const [a, b, c, d, e, f, g, h, k] = matrix;
  const [x, y, z] = [values[at]!, values[at + 1]!, values[at + 2]!];
  values[at] = a * x + b * y + c * z;
  values[at + 1] = d * x + e * y + f * z;
  values[at + 2] = g * x + h * y + k * z;
}

/** A unit vector, uniform on the sphere (Archimedes: z and the angle about it are uniform). */
export function randomDirection(stream: RandomStream): Vec3 {
  const z = stream.range(-1, 1);
  const angle = stream.range(-Math.PI, Math.PI);
  const r = Math.sqrt(1 - z * z);
  return [r * Math.cos(angle), r * Math.sin(angle), z];
}
