/**
 * Which motions a shape leaves open: a plane can slide and turn in itself, a sphere turn about all axes, a
 * bottle about one. Asked of the shape itself: it is moved along the directions that point-to-plane
 * distances resist least, and free are those in which it stays within its own roughness.
 */

import { KdSearch, NONE } from '../kdSearch.ts';
import { symmetricEigen } from './eigen.ts';
import type { IndexedCloud } from './icp.ts';
import { aboutAxis } from './pose.ts';

/** How far points are moved on average, as a part of the size of the shape. */
const STEP = 0.1;
/** A direction is free when the moved shape is at most this many times as rough as the shape at rest. */
const FREE_RATIO = 1.6;
const SAMPLE = 800;

/** Mean square point-to-plane distance of places on the shape, their own points left out. */
function roughness(
  cloud: IndexedCloud,
  places: Float64Array,
  rows: Uint32Array | null,
  search: KdSearch,
  reach: number,
): number {
  let sum = 0;
  let count = 0;
  for (let i = 0; i < places.length / 3; i++) {
    const x = places[3 * i]!;
    const y = places[3 * i + 1]!;
    const z = places[3 * i + 2]!;
    search.find(x, y, z, NONE, reach * reach);
    const own = rows !== null && cloud.tree.order[search.rows[0]!] === rows[i] ? 1 : 0;
    // Beyond the border of the shape nothing can be said.
    if (search.distances[own]! >= reach * reach) continue;
    const at = 3 * cloud.tree.order[search.rows[own]!]!;
    const { points, normals } = cloud;
    const d =
      (x - points[at]!) * normals[at]! +
      (y - points[at + 1]!) * normals[at + 1]! +
      (z - points[at + 2]!) * normals[at + 2]!;
    sum += d * d;
    count++;
  }
  return count === 0 ? Infinity : sum / count;
}

/**
 * @param cloud the shape
 * @param rows points of it that both scans saw
 * @returns how many of the six directions of motion are free
 */
export function freeDirections(cloud: IndexedCloud, rows: Uint32Array, spacing: number): number {
  const every = Math.max(1, Math.ceil(rows.length / SAMPLE));
  const chosen = rows.filter((_, i) => i % every === 0);
  const n = chosen.length;
  if (n < 6) return 6;
  const centre = [0, 0, 0];
  for (const row of chosen) for (let d = 0; d < 3; d++) centre[d]! += cloud.points[3 * row + d]! / n;
  const local = Float64Array.from(
    { length: 3 * n },
    (_, i) => cloud.points[3 * chosen[Math.floor(i / 3)]! + (i % 3)]! - centre[i % 3]!,
  );
  const size = Math.sqrt(local.reduce((sum, v) => sum + v * v, 0) / n);
  const hessian = new Float64Array(36);
  for (let i = 0; i < n; i++) {
    const [x, y, z] = [local[3 * i]! / size, local[3 * i + 1]! / size, local[3 * i + 2]! / size];
    const [a, b, c] = cloud.normals.subarray(3 * chosen[i]!, 3 * chosen[i]! + 3) as unknown as [
      number,
      number,
      number,
    ];
    const row = [y * c - z * b, z * a - x * c, x * b - y * a, a, b, c];
    for (let p = 0; p < 6; p++) for (let q = 0; q < 6; q++) hessian[6 * p + q]! += row[p]! * row[q]!;
  }
  const { vectors } = symmetricEigen(hessian, 6);
  const search = new KdSearch(cloud.tree, 2);
  const places = (moved: (i: number) => readonly number[]) => {
    const at = new Float64Array(3 * n);
    for (let i = 0; i < n; i++)
      at.set(
        moved(i).map((v, d) => v + centre[d]!),
        3 * i,
      );
    return at;
  };
  const point = (i: number) => [local[3 * i]!, local[3 * i + 1]!, local[3 * i + 2]!];
  const reach = Math.max(3 * spacing, 0.3 * STEP * size);
  const rest = roughness(cloud, places(point), chosen, search, reach);
  let free = 0;
  for (let e = 0; e < 6; e++) {
    const moved = roughness(
      cloud,
      places(stepAlong(vectors.subarray(6 * e, 6 * e + 6), point, size)),
      null,
      search,
      reach,
    );
    if (moved <= FREE_RATIO ** 2 * rest) free++;
  }
  return free;
}

/** Points turned and shifted along one eigenvector, which is in units of the size of the shape. */
function stepAlong(v: Float64Array, point: (i: number) => number[], size: number): (i: number) => number[] {
  const turn = Math.hypot(v[0]!, v[1]!, v[2]!);
  const r = turn < 1e-9 ? null : aboutAxis([v[0]! / turn, v[1]! / turn, v[2]! / turn], STEP * turn);
  const shift = [0, 1, 2].map((d) => STEP * size * v[3 + d]!);
  return (i) => {
    const [x, y, z] = point(i) as [number, number, number];
    if (r === null) return [x + shift[0]!, y + shift[1]!, z + shift[2]!];
    return [0, 1, 2].map((d) => r[3 * d]! * x + r[3 * d + 1]! * y + r[3 * d + 2]! * z + shift[d]!);
  };
}
