/**
 * Normals of a bare point cloud: plane fit over the nearest neighbours, then a consistent sign. For clouds
 * whose file has neither normals nor a mesh. Twin of `gpu/normals`. Source: METHOD "Norm-AS".
 */

import { distinctPoints } from './distinctPoints.ts';
import { kNearest, type Neighbours } from './knn.ts';
import { orientNormals } from './orientNormals.ts';
import { pickRows } from './pickRows.ts';
import { fitNormals } from './planeFit.ts';

export const NORMAL_NEIGHBOURS = 16;

/** What a plane fit gives, on the CPU or on the GPU. */
export interface FittedNormals {
  /** [3D] unit normals of arbitrary sign. */
  readonly normals: Float32Array;
  /** At least the nearest `ORIENT_NEIGHBOURS`. */
  readonly neighbours: Neighbours;
}

/** The plane fit alone. @param points [3N] distinct points */
export function fitCloud(points: Float32Array, k = NORMAL_NEIGHBOURS): FittedNormals {
  const neighbours = kNearest(points, k);
  return { normals: fitNormals(points, neighbours), neighbours };
}

/** @param points [3N] distinct points; @param neighbours of the plane fit; @returns [3N] unit normals, outward */
export function orientedNormals(points: Float32Array, neighbours: Neighbours): Float32Array {
  const normals = fitNormals(points, neighbours);
  orientNormals(points, normals, neighbours);
  return normals;
}

/**
 * Repeated positions count once and share their normal.
 * @param points [3N] any unit, finite; @param k neighbours of the plane fit, at least 2
 * @returns [3N] unit normals, outward for closed parts; defined (not NaN) for lines, spots and tiny clouds
 */
export function estimateNormals(points: Float32Array, k = NORMAL_NEIGHBOURS): Float32Array {
  const { first, of } = distinctPoints(points);
  if (of.length === 0) return new Float32Array(0);
  const distinct = pickRows(points, first);
  return pickRows(orientedNormals(distinct, kNearest(distinct, k)), of);
}
