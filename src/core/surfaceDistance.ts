/**
 * Signed distance of points from a surface given as points with normals: the tangent planes of several
 * neighbours averaged, so that the noise of a single one does not decide.
 */

import { KdSearch } from './kdSearch.ts';
import type { OrientedCloud } from './orientedCloud.ts';
import type { IndexedCloud } from './registration/icp.ts';

/** Neighbours whose planes are averaged. */
const PLANES = 8;
/** Cosine between normals from which on two points lie on the same skin of the part. */
const SAME_SKIN = 0.3;
/** Mean length of the neighbours' normals, weighted, from which they are one smooth face. */
const COHERENT = 0.97;
/** Off the border of the surface the planes go on for ever; further than this many spacings is a distance. */
const BORDER = 2;

export interface SurfaceDistances {
  /** [3N] from the surface to the point. */
  readonly offsets: Float32Array;
  /** [N] row of the nearest point of the surface, on the same skin where there is one among the neighbours. */
  readonly rows: Uint32Array;
}

/**
 * @param surface M >= 1 points; @param spacing of the surface's points
 * @param cloud N points in the frame of the surface; their normals choose the skin of thin walls
 */
export function surfaceDistances(
  surface: IndexedCloud,
  spacing: number,
  cloud: OrientedCloud,
): SurfaceDistances {
  const n = cloud.points.length / 3;
  const search = new KdSearch(surface.tree, Math.min(PLANES, surface.points.length / 3));
  const offsets = new Float32Array(3 * n);
  const rows = new Uint32Array(n);
  const plane = new Float64Array(4);
  for (let i = 0; i < n; i++) {
    const x = cloud.points[3 * i]!;
    const y = cloud.points[3 * i + 1]!;
    const z = cloud.points[3 * i + 2]!;
    search.find(x, y, z);
    rows[i] = planeAt(surface, search, cloud, 3 * i, spacing, plane);
    let along = plane[0]! * x + plane[1]! * y + plane[2]! * z - plane[3]!;
    const q = 3 * rows[i]!;
    const dx = x - surface.points[q]!;
    const dy = y - surface.points[q + 1]!;
    const dz = z - surface.points[q + 2]!;
    const distance = Math.sqrt(dx * dx + dy * dy + dz * dz);
    const beyond = distance - BORDER * spacing;
    if (beyond > Math.abs(along)) {
      offsets[3 * i] = (dx / distance) * beyond;
      offsets[3 * i + 1] = (dy / distance) * beyond;
      offsets[3 * i + 2] = (dz / distance) * beyond;
      continue;
    }
    // A point is never further from a surface than from one of its points.
    along = Math.max(-distance, Math.min(distance, along));
    for (let d = 0; d < 3; d++) offsets[3 * i + d] = plane[d]! * along;
  }
  return { offsets, rows };
}

/** Writes the plane n.p = h that stands for the surface at a place. @returns the neighbour nearest to it */
function planeAt(
  surface: IndexedCloud,
  search: KdSearch,
  cloud: OrientedCloud,
  at: number,
  spacing: number,
  plane: Float64Array,
): number {
  const { order } = search.tree;
  const { points, normals } = surface;
  const first = nearestOnSkin(surface, search, cloud.normals, at);
  plane.fill(0);
  const centre = [0, 0, 0];
  let weights = 0;
  for (let j = 0; j < search.rows.length; j++) {
    const row = 3 * order[search.rows[j]!]!;
    if (dot(normals, row, normals, 3 * first) < 0) continue;
    const w = Math.exp((search.distances[0]! - search.distances[j]!) / (4 * spacing * spacing));
    weights += w;
    for (let d = 0; d < 3; d++) {
      centre[d]! += w * points[row + d]!;
      plane[d]! += w * normals[row + d]!;
    }
  }
  const coherent = Math.hypot(plane[0]!, plane[1]!, plane[2]!);
  if (coherent > COHERENT * weights) {
    for (let d = 0; d < 3; d++) plane[d]! /= coherent;
    plane[3] = (plane[0]! * centre[0]! + plane[1]! * centre[1]! + plane[2]! * centre[2]!) / weights;
  } else nearestPlane(surface, search, cloud.points, at, first, plane);
  return first;
}

/** The scan turned a corner that the surface does not have where no neighbour is on its skin: the nearest. */
function nearestOnSkin({ normals }: IndexedCloud, search: KdSearch, own: Float32Array, at: number): number {
  const { order } = search.tree;
  for (const found of search.rows) {
    const row = order[found]!;
    if (dot(normals, 3 * row, own, at) > SAME_SKIN) return row;
  }
  return order[search.rows[0]!]!;
}

/**
 * Over an edge normals differ and their mean is nobody's: there the surface is the plane of that neighbour
 * which the place is nearest to.
 */
function nearestPlane(
  { points, normals }: IndexedCloud,
  search: KdSearch,
  places: Float32Array,
  at: number,
  first: number,
  plane: Float64Array,
): void {
  let best = Infinity;
  for (const found of search.rows) {
    const row = 3 * search.tree.order[found]!;
    if (dot(normals, row, normals, 3 * first) < 0) continue;
    const height = dot(normals, row, points, row);
    const distance = Math.abs(dot(normals, row, places, at) - height);
    if (distance >= best) continue;
    best = distance;
    for (let d = 0; d < 3; d++) plane[d] = normals[row + d]!;
    plane[3] = height;
  }
}

function dot(a: Float32Array, p: number, b: Float32Array, q: number): number {
  return a[p]! * b[q]! + a[p + 1]! * b[q + 1]! + a[p + 2]! * b[q + 2]!;
}
