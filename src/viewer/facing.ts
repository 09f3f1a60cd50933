/** From where a scan's worst region is seen best. */

import { planeNormal } from '../core/planeFit.ts';
import type { Vec3 } from '../core/types.ts';
import type { Bounds } from './spacing.ts';

/** Extent of a region, in radii of the scan. */
const REGION = 0.12;
/** Of larger scans so many points, spread evenly, tell where the worst region lies. */
const SAMPLED = 500_000;

/**
 * The outward direction of the surface at the region with the most score above the threshold: the plane
 * through its surroundings, turned away from the middle of the scan.
 * @param positions [3N] @param score [N] model units @param threshold model units
 * @returns unit vector, or null when no score exceeds the threshold
 */
export function worstDirection(
  positions: Float32Array,
  score: Float32Array,
  threshold: number,
  { centre, radius }: Bounds,
): Vec3 | null {
  const at = radius > 0 ? worstPlace(positions, score, threshold, radius * REGION) : null;
  if (at === null) return null;
  const normal = planeNormal(covarianceAround(positions, at, radius * REGION), new Float64Array(9));
  const outward = normal.reduce((sum, part, axis) => sum + part * (at[axis]! - centre[axis]!), 0);
  const side = outward < 0 ? -1 : 1;
  return [normal[0] * side, normal[1] * side, normal[2] * side];
}

/** Mean of the points above the threshold in the grid cell where their excess adds up to the most. */
function worstPlace(
  positions: Float32Array,
  score: Float32Array,
  threshold: number,
  edge: number,
): Vec3 | null {
  const cells = new Map<string, { excess: number; count: number; sum: [number, number, number] }>();
  let worst: { excess: number; count: number; sum: [number, number, number] } | null = null;
  const stride = Math.ceil(score.length / SAMPLED);
  for (let i = 0; i < score.length; i += stride) {
    const excess = score[i]! - threshold;
    if (!(excess > 0)) continue;
    const place: Vec3 = [positions[3 * i]!, positions[3 * i + 1]!, positions[3 * i + 2]!];
    const key = place.map((value) => Math.floor(value / edge)).join();
    const cell = cells.get(key) ?? { excess: 0, count: 0, sum: [0, 0, 0] };
    cells.set(key, cell);
    cell.excess += excess;
    cell.count++;
    for (let axis = 0; axis < 3; axis++) cell.sum[axis]! += place[axis]!;
    if (worst === null || cell.excess > worst.excess) worst = cell;
  }
  if (worst === null) return null;
  const { count, sum } = worst;
  return [sum[0] / count, sum[1] / count, sum[2] / count];
}

/** @returns [9] covariance of the points within reach of a place, lengths in units of the reach */
function covarianceAround(positions: Float32Array, at: Vec3, reach: number): Float64Array {
  const products = new Float64Array(9);
  const mean = [0, 0, 0];
  let count = 0;
  const step = 3 * Math.ceil(positions.length / 3 / SAMPLED);
  for (let i = 0; i < positions.length; i += step) {
    const x = (positions[i]! - at[0]) / reach;
    const y = (positions[i + 1]! - at[1]) / reach;
    const z = (positions[i + 2]! - at[2]) / reach;
    if (x * x + y * y + z * z > 1) continue;
    count++;
    const offset: Vec3 = [x, y, z];
    for (let row = 0; row < 3; row++) {
      mean[row]! += offset[row]!;
      for (let column = 0; column < 3; column++)
        products[3 * row + column]! += offset[row]! * offset[column]!;
    }
  }
  if (count === 0) return products;
  for (let k = 0; k < 9; k++)
    products[k] = products[k]! / count - (mean[Math.floor(k / 3)]! / count) * (mean[k % 3]! / count);
  return products;
}
