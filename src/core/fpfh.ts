/**
 * Fast point feature histograms (Rusu, Blodow, Beetz 2009): 33 numbers that describe the shape around a
 * point and do not change when the cloud is moved. Normals must be oriented consistently: turned ones change
 * the sign of every angle. Radii in the unit of the points; several radii stand side by side.
 */

import type { KdTree } from './kdTree.ts';
import type { OrientedCloud } from './orientedCloud.ts';
import { RangeSearch } from './rangeSearch.ts';

const ANGLE_BINS = 11;
/** Three angles of 11 bins each. */
export const FPFH_BINS = 3 * ANGLE_BINS;
/** Neighbours looked at, a guard against clouds that were not thinned; 5 cells of radius hold about 80. */
const MOST_NEIGHBOURS = 512;

/** Neighbours of every point, as one list. */
interface Neighbourhoods {
  /** [M + 1] */
  readonly starts: Uint32Array;
  readonly rows: Uint32Array;
  readonly distances: Float32Array;
}

function neighbourhoods(points: Float32Array, tree: KdTree, radius: number): Neighbourhoods {
  const n = points.length / 3;
  const search = new RangeSearch(tree, MOST_NEIGHBOURS);
  const starts = new Uint32Array(n + 1);
  let rows = new Uint32Array(64 * n);
  let distances = new Float32Array(64 * n);
  let end = 0;
  for (let i = 0; i < n; i++) {
    const found = search.find(points[3 * i]!, points[3 * i + 1]!, points[3 * i + 2]!, radius);
    if (end + found > rows.length) {
      const wider = new Uint32Array(2 * rows.length + found);
      wider.set(rows);
      rows = wider;
      const longer = new Float32Array(rows.length);
      longer.set(distances);
      distances = longer;
    }
    for (let j = 0; j < found; j++) {
      // The point itself and whatever coincides with it have no direction to be seen in.
      if (search.distances[j] === 0) continue;
      rows[end] = search.rows[j]!;
      distances[end++] = Math.sqrt(search.distances[j]!);
    }
    starts[i + 1] = end;
  }
  return { starts, rows, distances };
}

function bin(value: number): number {
  return Math.min(ANGLE_BINS - 1, Math.max(0, Math.floor(ANGLE_BINS * value)));
}

/**
 * Adds the three angles of one pair to a histogram. The Darboux frame stands at the point whose normal is
 * nearer to the line between the two, so that the pair reads alike from both ends.
 */
function addPair(
  { points, normals }: OrientedCloud,
  i: number,
  j: number,
  length: number,
  histogram: Float32Array,
  at: number,
): void {
  let dx = (points[3 * j]! - points[3 * i]!) / length;
  let dy = (points[3 * j + 1]! - points[3 * i + 1]!) / length;
  let dz = (points[3 * j + 2]! - points[3 * i + 2]!) / length;
  const atI = normals[3 * i]! * dx + normals[3 * i + 1]! * dy + normals[3 * i + 2]! * dz;
  const atJ = normals[3 * j]! * dx + normals[3 * j + 1]! * dy + normals[3 * j + 2]! * dz;
  let source = i;
  let target = j;
  let phi = atI;
  if (Math.abs(atI) < Math.abs(atJ)) {
    source = j;
    target = i;
    phi = -atJ;
    dx = -dx;
    dy = -dy;
    dz = -dz;
  }
  const ux = normals[3 * source]!;
  const uy = normals[3 * source + 1]!;
  const uz = normals[3 * source + 2]!;
  let vx = dy * uz - dz * uy;
  let vy = dz * ux - dx * uz;
  let vz = dx * uy - dy * ux;
  const across = Math.sqrt(vx * vx + vy * vy + vz * vz);
  // The line lies along the normal: no frame.
  if (across < 1e-9) return;
  vx /= across;
  vy /= across;
  vz /= across;
  const nx = normals[3 * target]!;
  const ny = normals[3 * target + 1]!;
  const nz = normals[3 * target + 2]!;
  const alpha = vx * nx + vy * ny + vz * nz;
  const w = (uy * vz - uz * vy) * nx + (uz * vx - ux * vz) * ny + (ux * vy - uy * vx) * nz;
  const theta = Math.atan2(w, ux * nx + uy * ny + uz * nz);
  histogram[at + bin((theta + Math.PI) / (2 * Math.PI))]!++;
  histogram[at + ANGLE_BINS + bin((alpha + 1) / 2)]!++;
  histogram[at + 2 * ANGLE_BINS + bin((phi + 1) / 2)]!++;
}

/** Histograms of the pairs of each point alone; every angle sums to 1. */
function simplified(cloud: OrientedCloud, { starts, rows, distances }: Neighbourhoods): Float32Array {
  const n = cloud.points.length / 3;
  const histograms = new Float32Array(FPFH_BINS * n);
  for (let i = 0; i < n; i++) {
    for (let e = starts[i]!; e < starts[i + 1]!; e++)
      addPair(cloud, i, rows[e]!, distances[e]!, histograms, FPFH_BINS * i);
    normalise(histograms, FPFH_BINS * i);
  }
  return histograms;
}

function normalise(histograms: Float32Array, from: number): void {
  for (let block = from; block < from + FPFH_BINS; block += ANGLE_BINS) {
    let sum = 0;
    for (let b = block; b < block + ANGLE_BINS; b++) sum += histograms[b]!;
    if (sum > 0) for (let b = block; b < block + ANGLE_BINS; b++) histograms[b]! /= sum;
  }
}

function atRadius(cloud: OrientedCloud, tree: KdTree, radius: number): Float32Array {
  const n = cloud.points.length / 3;
  const around = neighbourhoods(cloud.points, tree, radius);
  const own = simplified(cloud, around);
  const full = own.slice();
  for (let i = 0; i < n; i++) {
    const from = around.starts[i]!;
    const to = around.starts[i + 1]!;
    let weights = 0;
    for (let e = from; e < to; e++) weights += 1 / around.distances[e]!;
    // Weights add to 1, so that neither unit nor density of the cloud enters.
    for (let e = from; e < to; e++) {
      const weight = 1 / around.distances[e]! / weights;
      const other = FPFH_BINS * around.rows[e]!;
      for (let b = 0; b < FPFH_BINS; b++) full[FPFH_BINS * i + b]! += weight * own[other + b]!;
    }
    normalise(full, FPFH_BINS * i);
  }
  return full;
}

/**
 * @param cloud M points of even density (see `thin`)
 * @param tree of its points
 * @param radii the unit of the points; about 5 and 10 times the spacing
 * @returns [M, 33 radii] histograms, the 11 bins of every angle summing to 1; zeros for a point alone
 */
export function fpfh(cloud: OrientedCloud, tree: KdTree, radii: readonly number[]): Float32Array {
  const n = cloud.points.length / 3;
  const width = FPFH_BINS * radii.length;
  const features = new Float32Array(width * n);
  radii.forEach((radius, r) => {
    const one = atRadius(cloud, tree, radius);
    for (let i = 0; i < n; i++)
      features.set(one.subarray(FPFH_BINS * i, FPFH_BINS * (i + 1)), width * i + FPFH_BINS * r);
  });
  return features;
}
