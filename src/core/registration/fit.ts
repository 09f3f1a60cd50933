/** How well a pose fits: the judge between hypotheses, and the figures told to the user. */

import { NearestSearch, NONE } from '../kdSearch.ts';
import type { OrientedCloud } from '../orientedCloud.ts';
import type { IndexedCloud } from './icp.ts';
import { invertPose, type Pose } from './pose.ts';

/** Normals of a pair on the same skin differ by less than about 72 degrees. */
const SAME_SKIN = 0.3;
/** The other direction counts half: a scan may show only part of the reference. */
const REVERSE_WEIGHT = 0.5;

/**
 * Point-to-plane distance of each moved source point to the target, Infinity where no target point of the
 * same skin is within `reach`.
 * @param eitherSide forgives normals that point the other way: where a scan is coarser than its walls are
 *   thick, their sign is a guess
 */
export function planeDistances(
  source: OrientedCloud,
  target: IndexedCloud,
  { rotation: r, translation: t }: Pose,
  reach: number,
  eitherSide = false,
): Float64Array {
  const n = source.points.length / 3;
  const search = new NearestSearch(target.tree);
  const distances = new Float64Array(n).fill(Infinity);
  const { points, normals } = target;
  for (let i = 0; i < n; i++) {
    const sx = source.points[3 * i]!;
    const sy = source.points[3 * i + 1]!;
    const sz = source.points[3 * i + 2]!;
    const x = r[0] * sx + r[1] * sy + r[2] * sz + t[0];
    const y = r[3] * sx + r[4] * sy + r[5] * sz + t[1];
    const z = r[6] * sx + r[7] * sy + r[8] * sz + t[2];
    const found = search.find(x, y, z, reach * reach);
    if (found === NONE) continue;
    const row = 3 * target.tree.order[found]!;
    const nx = normals[row]!;
    const ny = normals[row + 1]!;
    const nz = normals[row + 2]!;
    const mx = source.normals[3 * i]!;
    const my = source.normals[3 * i + 1]!;
    const mz = source.normals[3 * i + 2]!;
    const agreement =
      nx * (r[0] * mx + r[1] * my + r[2] * mz) +
      ny * (r[3] * mx + r[4] * my + r[5] * mz) +
      nz * (r[6] * mx + r[7] * my + r[8] * mz);
    if ((eitherSide ? Math.abs(agreement) : agreement) < SAME_SKIN) continue;
    distances[i] = Math.abs(
      (x - points[row]!) * nx + (y - points[row + 1]!) * ny + (z - points[row + 2]!) * nz,
    );
  }
  return distances;
}

/** Truncated mean square, 0 (perfect) to 1 (nothing within `tolerance`). */
function truncated(distances: Float64Array, tolerance: number): number {
  let sum = 0;
  for (const d of distances) sum += Math.min(1, (d / tolerance) ** 2);
  return sum / distances.length;
}

export interface CostOptions {
  /** Further than this along the normal is simply wrong. */
  readonly tolerance: number;
  /** Nearest points are looked for this far. */
  readonly reach: number;
}

/** 0 (perfect) to 1: how much of the source misses the target. */
export function forwardCost(
  source: OrientedCloud,
  target: IndexedCloud,
  pose: Pose,
  { tolerance, reach }: CostOptions,
): number {
  return truncated(planeDistances(source, target, pose, reach), tolerance);
}

/** 0 (perfect) to 1.5. Both ways, so that a part that slid along itself costs. */
export function poseCost(
  source: IndexedCloud,
  target: IndexedCloud,
  pose: Pose,
  options: CostOptions,
): number {
  const forth = forwardCost(source, target, pose, options);
  const back = forwardCost(target, source, invertPose(pose), options);
  return forth + REVERSE_WEIGHT * back;
}

/** Every so many-th row, at most `most` of them; scans are read in order, so it is spread over the part. */
export function spreadSample({ points, normals }: OrientedCloud, most: number): OrientedCloud {
  const n = points.length / 3;
  if (n <= most) return { points, normals };
  const sample = { points: new Float32Array(3 * most), normals: new Float32Array(3 * most) };
  for (let i = 0; i < most; i++) {
    const row = Math.floor((i * n) / most);
    for (let d = 0; d < 3; d++) {
      sample.points[3 * i + d] = points[3 * row + d]!;
      sample.normals[3 * i + d] = normals[3 * row + d]!;
    }
  }
  return sample;
}
