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
  /** Whether every pair stands in the lists of both its points: no list was cut off. */
  readonly mutual: boolean;
}

function neighbourhoods(points: Float32Array, tree: KdTree, radius: number): Neighbourhoods {
  const n = points.length / 3;
  const search = new RangeSearch(tree, MOST_NEIGHBOURS);
  const starts = new Uint32Array(n + 1);
  let rows = new Uint32Array(64 * n);
  let distances = new Float32Array(64 * n);
  let end = 0;
  let mutual = true;
  for (let i = 0; i < n; i++) {
    const found = search.find(points[3 * i]!, points[3 * i + 1]!, points[3 * i + 2]!, radius);
    if (found === MOST_NEIGHBOURS) mutual = false;
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
  return { starts, rows, distances, mutual };
}

function bin(value: number): number {
  return Math.min(ANGLE_BINS - 1, Math.max(0, Math.floor(ANGLE_BINS * value)));
}

/** The pair has no frame: the line between its points lies along a normal. */
const NO_FRAME = -1;
/** Neither normal is nearer to the line: the pair does not read alike from both ends. */
const EVEN = 1 << 24;

/**
 * The bins of the three angles of one pair, a byte each from the lowest, and `EVEN`. The Darboux frame stands
 * at the point whose normal is nearer to the line between the two, so that the pair reads alike from both
 * ends; a number, because this runs once per pair.
 */
function pairBins({ points, normals }: OrientedCloud, i: number, j: number, length: number): number {
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
  if (across < 1e-9) return NO_FRAME;
  vx /= across;
  vy /= across;
  vz /= across;
  const nx = normals[3 * target]!;
  const ny = normals[3 * target + 1]!;
  const nz = normals[3 * target + 2]!;
  const alpha = vx * nx + vy * ny + vz * nz;
  const w = (uy * vz - uz * vy) * nx + (uz * vx - ux * vz) * ny + (ux * vy - uy * vx) * nz;
  const theta = Math.atan2(w, ux * nx + uy * ny + uz * nz);
  const bins =
    bin((theta + Math.PI) / (2 * Math.PI)) | (bin((alpha + 1) / 2) << 8) | (bin((phi + 1) / 2) << 16);
  return Math.abs(atI) === Math.abs(atJ) ? bins | EVEN : bins;
}

/** Counts one pair at one of its points. */
function count(histograms: Float32Array, point: number, bins: number): void {
  const at = FPFH_BINS * point;
  histograms[at + (bins & 0xff)]!++;
  histograms[at + ANGLE_BINS + ((bins >> 8) & 0xff)]!++;
  histograms[at + 2 * ANGLE_BINS + ((bins >> 16) & 0xff)]!++;
}

/** Histograms of the pairs of each point alone, one table per radius; every angle sums to 1. */
function simplified(
  cloud: OrientedCloud,
  { starts, rows, distances, mutual }: Neighbourhoods,
  radii: readonly number[],
): Float32Array[] {
  const n = cloud.points.length / 3;
  const tables = radii.map(() => new Float32Array(FPFH_BINS * n));
  const add = (point: number, bins: number, distance: number) => {
    for (let r = 0; r < radii.length; r++) if (distance < radii[r]!) count(tables[r]!, point, bins);
  };
  for (let i = 0; i < n; i++)
    for (let e = starts[i]!; e < starts[i + 1]!; e++) {
      const j = rows[e]!;
      if (mutual && j < i) continue;
      const bins = pairBins(cloud, i, j, distances[e]!);
      if (bins === NO_FRAME) continue;
      add(i, bins, distances[e]!);
      if (!mutual) continue;
      add(j, (bins & EVEN) === 0 ? bins : pairBins(cloud, j, i, distances[e]!), distances[e]!);
    }
  for (const table of tables) for (let i = 0; i < n; i++) normalise(table, FPFH_BINS * i);
  return tables;
}

function normalise(histograms: Float32Array, from: number): void {
  for (let block = from; block < from + FPFH_BINS; block += ANGLE_BINS) {
    let sum = 0;
    for (let b = block; b < block + ANGLE_BINS; b++) sum += histograms[b]!;
    if (sum > 0) for (let b = block; b < block + ANGLE_BINS; b++) histograms[b]! /= sum;
  }
}

/** Adds to each point's own histogram those of its neighbours within the radius, the nearer the more. */
function gather(
  own: Float32Array,
  { starts, rows, distances }: Neighbourhoods,
  radius: number,
  features: Float32Array,
  from: number,
  width: number,
): void {
  const sum = new Float64Array(FPFH_BINS);
  for (let i = 0; i < starts.length - 1; i++) {
    sum.fill(0);
    let weights = 0;
    for (let e = starts[i]!; e < starts[i + 1]!; e++) {
      if (distances[e]! >= radius) continue;
      const weight = 1 / distances[e]!;
      weights += weight;
      const other = FPFH_BINS * rows[e]!;
      for (let b = 0; b < FPFH_BINS; b++) sum[b]! += weight * own[other + b]!;
    }
    const at = width * i + from;
    // Weights add to 1, so that neither unit nor density of the cloud enters.
    const scale = weights > 0 ? 1 / weights : 0;
    for (let b = 0; b < FPFH_BINS; b++) features[at + b] = own[FPFH_BINS * i + b]! + scale * sum[b]!;
    normalise(features, at);
  }
}

/**
 * @param cloud M points of even density (see `thin`)
 * @param tree of its points
 * @param radii the unit of the points; about 5 and 10 times the spacing
 * @returns [M, 33 radii] histograms, the 11 bins of every angle summing to 1; zeros for a point alone
 */
export function fpfh(cloud: OrientedCloud, tree: KdTree, radii: readonly number[]): Float32Array {
  const width = FPFH_BINS * radii.length;
  const features = new Float32Array((width * cloud.points.length) / 3);
  const describe = (around: Neighbourhoods, some: readonly number[], first: number) => {
    simplified(cloud, around, some).forEach((own, r) => {
      gather(own, around, some[r]!, features, FPFH_BINS * (first + r), width);
    });
  };
  const widest = neighbourhoods(cloud.points, tree, Math.max(...radii));
  if (widest.mutual) describe(widest, radii, 0);
  else
    radii.forEach((radius, r) => {
      describe(neighbourhoods(cloud.points, tree, radius), [radius], r);
    });
  return features;
}
