/**
 * CPU twin of `shaders/rows`: which points lie in which voxel, and the gather from voxels to points with
 * its gradient.
 */

/** Points sorted by voxel, ascending within each. */
export interface PointOrder {
  /** [voxels] points in each. */
  readonly counts: Uint32Array;
  /** [voxels] one past each voxel's span in `order`. */
  readonly ends: Uint32Array;
  /** [points] point indices. */
  readonly order: Uint32Array;
}

/** Counting sort, stable. @param pointToVoxel [N] rows below `voxels` */
export function orderPoints(pointToVoxel: Uint32Array, voxels: number): PointOrder {
  const counts = new Uint32Array(voxels);
  for (const voxel of pointToVoxel) counts[voxel]!++;
  const ends = new Uint32Array(voxels);
  let sum = 0;
  for (let v = 0; v < voxels; v++) {
    ends[v] = sum;
    sum += counts[v]!;
  }
  const order = new Uint32Array(pointToVoxel.length);
  for (let i = 0; i < pointToVoxel.length; i++) order[ends[pointToVoxel[i]!]!++] = i;
  return { counts, ends, order };
}

/** @param x [voxels, C]; @returns [N, C] */
export function gatherRows(x: Float32Array, pointToVoxel: Uint32Array, C: number): Float32Array {
  const y = new Float32Array(pointToVoxel.length * C);
  for (let i = 0; i < pointToVoxel.length; i++)
    for (let c = 0; c < C; c++) y[i * C + c] = x[pointToVoxel[i]! * C + c]!;
  return y;
}

/** @param dy [N, C]; @returns [voxels, C], float32 sums in the order of the points like the kernel */
export function gatherRowsGrad(
  dy: Float32Array,
  { counts, ends, order }: PointOrder,
  C: number,
): Float32Array {
  const dx = new Float32Array(counts.length * C);
  for (let v = 0; v < counts.length; v++)
    for (let i = ends[v]! - counts[v]!; i < ends[v]!; i++)
      for (let c = 0; c < C; c++) dx[v * C + c]! += dy[order[i]! * C + c]!;
  return dx;
}
