/**
 * The normal of the plane that best fits a point and its neighbours: the eigenvector of the smallest
 * eigenvalue of their covariance. Its sign is arbitrary, see `core/orientNormals`. Float64 twin of the fit in
 * `shaders/normals/plane_fit`.
 */

import type { Neighbours } from './knn.ts';
import type { Vec3 } from './types.ts';

/**
 * A neighbourhood whose second variance is below this part of its first is a line: no plane fits better
 * than another. Ten times what float32 can tell from zero, so that the GPU decides alike.
 */
const LINE_RATIO = 1e-5;
/** Off-diagonal elements below this (of a covariance whose elements are at most 1) are left alone. */
const NEGLIGIBLE = 1e-12;
/** Cyclic Jacobi converges quadratically; 3x3 needs 4 to 5 sweeps for float64. */
const SWEEPS = 6;

/** The three index pairs of one Jacobi sweep, with the index that is left over. */
const PAIRS = [
  [0, 1, 2],
  [0, 2, 1],
  [1, 2, 0],
] as const;

/**
 * Cyclic Jacobi on a symmetric 3x3.
 * @param a [9] in: the matrix; out: eigenvalues on the diagonal; @param v [9] out: column c is eigenvector c
 */
function jacobi(a: Float64Array, v: Float64Array): void {
  v.fill(0);
  v[0] = v[4] = v[8] = 1;
  for (let sweep = 0; sweep < SWEEPS; sweep++)
    for (const [p, q, r] of PAIRS) {
      const apq = a[3 * p + q]!;
      if (Math.abs(apq) < NEGLIGIBLE) continue;
      const theta = (a[4 * q]! - a[4 * p]!) / (2 * apq);
      const t = (theta < 0 ? -1 : 1) / (Math.abs(theta) + Math.sqrt(theta * theta + 1));
      const c = 1 / Math.sqrt(t * t + 1);
      const s = t * c;
      a[4 * p]! -= t * apq;
      a[4 * q]! += t * apq;
      a[3 * p + q] = a[3 * q + p] = 0;
      const arp = a[3 * r + p]!;
      const arq = a[3 * r + q]!;
      a[3 * r + p] = a[3 * p + r] = c * arp - s * arq;
      a[3 * r + q] = a[3 * q + r] = s * arp + c * arq;
      for (let i = 0; i < 9; i += 3) {
        const vp = v[i + p]!;
        const vq = v[i + q]!;
        v[i + p] = c * vp - s * vq;
        v[i + q] = s * vp + c * vq;
      }
    }
}

/**
 * A unit vector across a line: the coordinate axis that is least along it, made perpendicular. The axes weigh
 * a little differently, so that rounding does not decide on lines at 45 degrees.
 */
function acrossLine([x, y, z]: Vec3): Vec3 {
  const along = [Math.abs(x), 1.0625 * Math.abs(y), 1.125 * Math.abs(z)];
  const least = along.indexOf(Math.min(...along));
  const dot = [x, y, z][least]!;
  const across = [x, y, z].map((v, d) => (d === least ? 1 : 0) - dot * v);
  const length = Math.hypot(...across);
  return [across[0]! / length, across[1]! / length, across[2]! / length];
}

/**
 * @param covariance [9] with elements of at most 1; overwritten; @param vectors [9] scratch
 * @returns the unit normal; for a line a defined vector across it, for a single spot 0 0 1
 */
export function planeNormal(covariance: Float64Array, vectors: Float64Array): Vec3 {
  jacobi(covariance, vectors);
  const column = (c: number): Vec3 => [vectors[c]!, vectors[3 + c]!, vectors[6 + c]!];
  let low = 0;
  let high = 0;
  for (let c = 1; c < 3; c++) {
    if (covariance[4 * c]! < covariance[4 * low]!) low = c;
    if (covariance[4 * c]! >= covariance[4 * high]!) high = c;
  }
  const largest = covariance[4 * high]!;
  if (!(largest > 0)) return [0, 0, 1];
  if (covariance[4 * (3 - low - high)]! <= LINE_RATIO * largest) return acrossLine(column(high));
  return column(low);
}

/**
 * Covariance of a point and its neighbours, relative to the point and to the furthest of them, so that
 * neither the place nor the unit of the cloud costs precision.
 * @param points [3N]; @param covariance [9] written
 */
function covarianceAt(
  points: Float32Array,
  point: number,
  neighbours: Neighbours,
  covariance: Float64Array,
): void {
  const { k, rows } = neighbours;
  const at = point * k;
  const offset = (j: number, d: number): number => points[3 * rows[at + j]! + d]! - points[3 * point + d]!;
  let reach = 0;
  let mx = 0;
  let my = 0;
  let mz = 0;
  for (let j = 0; j < k; j++) {
    const x = offset(j, 0);
    const y = offset(j, 1);
    const z = offset(j, 2);
    reach = Math.max(reach, Math.abs(x), Math.abs(y), Math.abs(z));
    mx += x;
    my += y;
    mz += z;
  }
  covariance.fill(0);
  if (reach === 0) return;
  const add = (x: number, y: number, z: number): void => {
    covariance[0]! += x * x;
    covariance[1]! += x * y;
    covariance[2]! += x * z;
    covariance[4]! += y * y;
    covariance[5]! += y * z;
    covariance[8]! += z * z;
  };
  const inverse = 1 / reach;
  mx /= k + 1;
  my /= k + 1;
  mz /= k + 1;
  add(-mx * inverse, -my * inverse, -mz * inverse);
  for (let j = 0; j < k; j++)
    add((offset(j, 0) - mx) * inverse, (offset(j, 1) - my) * inverse, (offset(j, 2) - mz) * inverse);
  for (let i = 0; i < 9; i++) covariance[i]! /= k + 1;
  covariance[3] = covariance[1]!;
  covariance[6] = covariance[2]!;
  covariance[7] = covariance[5]!;
}

/** @param points [3N]; @returns [3N] unit normals of arbitrary sign */
export function fitNormals(points: Float32Array, neighbours: Neighbours): Float32Array {
  const normals = new Float32Array(points.length);
  const covariance = new Float64Array(9);
  const vectors = new Float64Array(9);
  for (let i = 0; i < points.length / 3; i++) {
    covarianceAt(points, i, neighbours, covariance);
    normals.set(planeNormal(covariance, vectors), 3 * i);
  }
  return normals;
}
