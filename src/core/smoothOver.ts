/** Vectors of a scan averaged over the surface around each point, never across an edge or to another skin. */

import type { Neighbours } from './knn.ts';
import type { OrientedCloud } from './orientedCloud.ts';

/** Scan points that a vector is averaged over, its own included. */
const SMOOTHING = 12;
/** Neighbours whose normals differ by more lie on another face or skin. */
const SAME_FACE = 0.5;

/**
 * Mean vectors over the neighbours on the same face, weighted by nearness.
 * @param rows [3N]; @param near neighbours of the scan's points; the nearest 11 count
 */
export function smoothOver(
  { points, normals }: OrientedCloud,
  rows: Float32Array,
  { k: stride, rows: neighbours }: Neighbours,
): Float32Array {
  const k = Math.min(SMOOTHING - 1, stride);
  const smooth = new Float32Array(rows.length);
  for (let i = 0; i < points.length / 3; i++) {
    let total = 1;
    for (let c = 0; c < 3; c++) smooth[3 * i + c] = rows[3 * i + c]!;
    const furthest = squareBetween(points, i, neighbours[i * stride + k - 1] ?? i);
    for (let j = 0; j < k; j++) {
      const other = neighbours[i * stride + j]!;
      let facing = 0;
      for (let d = 0; d < 3; d++) facing += normals[3 * i + d]! * normals[3 * other + d]!;
      if (facing < SAME_FACE) continue;
      const weight = Math.exp(
        (-1.5 * squareBetween(points, i, other)) / Math.max(furthest, Number.MIN_VALUE),
      );
      total += weight;
      for (let c = 0; c < 3; c++) smooth[3 * i + c]! += weight * rows[3 * other + c]!;
    }
    for (let c = 0; c < 3; c++) smooth[3 * i + c]! /= total;
  }
  return smooth;
}

/** @returns squared distance of two rows */
export function squareBetween(points: Float32Array, i: number, j: number): number {
  const x = points[3 * i]! - points[3 * j]!;
  const y = points[3 * i + 1]! - points[3 * j + 1]!;
  const z = points[3 * i + 2]! - points[3 * j + 2]!;
  return x * x + y * y + z * z;
}
