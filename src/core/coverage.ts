/**
 * The other way round: where the reference has surface and the scan has none. Missing material leaves no
 * points that could score, so the rim around it is told instead. A region too large to be a defect has not
 * been scanned.
 */

import { connectedRegions } from './connectedRegions.ts';
import { nearestPoints } from './kdSearch.ts';
import { buildKdTree, type KdTree } from './kdTree.ts';
import { fewer, kNearest, type Neighbours } from './knn.ts';
import { type OrientedCloud, thin } from './orientedCloud.ts';
import { RangeSearch } from './rangeSearch.ts';
import { probeSpacing, SeenSide } from './seenSide.ts';
import { squareBetween } from './smoothOver.ts';

/**
 * Gaps of a scan of independent points, in its spacings: a place is further than this from all of them once
 * in 100,000 times, exp(-pi 1.9^2). Scans of a raster have smaller ones, see `usualGap`.
 */
export const RANDOM_GAP = 1.9;
/** Neighbours whose number and reach tell the local spacing: so many that a crack does not widen it. */
export const SPACING_NEIGHBOURS = 24;
/** An uncovered region with a larger part of the reference was not scanned. */
export const UNSEEN = 0.12;
/** The rim of a hole is this many spacings wide. */
const RIM = 2;
/** Points of a rim that one place tells at most. */
const RIM_POINTS = 2048;
/** Uncovered probes this many spacings of probes apart belong to one region. */
const LINK = 2.5;

export interface Coverage {
  /** [N] how far the missing surface reaches from each scan point at its rim, 0 elsewhere. */
  readonly missing: Float32Array;
  /** [3N] the same with the direction towards what is missing. */
  readonly towards: Float32Array;
  /** [N] edge of the square that each scan point has for itself. */
  readonly spacing: Float32Array;
  /** Part of the reference that was not scanned, 0 to 1. */
  readonly unseen: number;
}

/** Neighbours of every point that local spacing is told by. */
export function spacingNeighbours({ points, near }: OrientedCloud): Neighbours {
  return near !== undefined && near.k >= Math.min(SPACING_NEIGHBOURS, points.length / 3 - 1)
    ? fewer(near, SPACING_NEIGHBOURS)
    : kNearest(points, SPACING_NEIGHBOURS);
}

/** [N] edge of the square that each point has for itself on the surface. */
export function localSpacing(points: Float32Array, { k, rows }: Neighbours): Float32Array {
  return Float32Array.from({ length: points.length / 3 }, (_, i) =>
    k === 0 ? 0 : Math.sqrt((squareBetween(points, i, rows[i * k + k - 1]!) * Math.PI) / (k + 1)),
  );
}

/** Places of the reference and how far the scan is from each. */
export interface Probes {
  /** [3P] */
  readonly points: Float32Array;
  readonly normals: Float32Array;
  /** [P] nearest point of the scan, its distance, and that in spacings of the scan there. */
  readonly rows: Uint32Array;
  readonly distances: Float64Array;
  readonly ratios: Float64Array;
}

/** @param tree of the scan's points; @param spacing [N] of the scan, see `localSpacing`; @param cell see `coverage` */
export function probe(reference: OrientedCloud, tree: KdTree, spacing: Float32Array, cell: number): Probes {
  const { points, normals } = thin(reference, cell);
  const { rows, distances } = nearestPoints(tree, points);
  const usual = median(spacing);
  const ratios = distances.map((distance, i) => distance / Math.max(usual, spacing[rows[i]!]!));
  return { points, normals, rows, distances, ratios };
}

function median(values: Float32Array): number {
  return values.slice().sort()[values.length >> 1]!;
}

/** A scan, ready to be asked how near its points are; the same for every reference. */
export interface AskedScan {
  readonly cloud: OrientedCloud;
  readonly tree: KdTree;
  /** [N] edge of the square that each point has for itself. */
  readonly spacing: Float32Array;
}

export function askedScan(cloud: OrientedCloud): AskedScan {
  const { points } = cloud;
  return { cloud, tree: buildKdTree(points), spacing: localSpacing(points, spacingNeighbours(cloud)) };
}

/**
 * The gaps that a good scan has, in its spacings: all but one place in 2,000 is nearer to a point of it.
 * @param scan in the frame of the reference, without defects; @param cell see `coverage`
 */
export function usualGap(reference: OrientedCloud, { tree, spacing }: AskedScan, cell: number): number {
  const { ratios } = probe(reference, tree, spacing, cell);
  return ratios.sort()[Math.floor(0.9995 * (ratios.length - 1))]!;
}

/** @returns [P] size of the connected region that each uncovered probe belongs to, 0 where covered */
function regionSizes(probes: Float32Array, uncovered: Uint8Array, reach: number): Uint32Array {
  const rows = Uint32Array.from(uncovered.keys()).filter((i) => uncovered[i] === 1);
  const { of, count } = connectedRegions(probes, rows, reach);
  const counts = new Uint32Array(count);
  for (const region of of) counts[region]!++;
  const sizes = new Uint32Array(uncovered.length);
  rows.forEach((row, i) => {
    sizes[row] = counts[of[i]!]!;
  });
  return sizes;
}

/**
 * @param reference surface; @param scan in its frame, N >= 1 points
 * @param cell the reference is asked at places that far apart, about half the spacing of a scan
 * @param gap in spacings of the scan: larger ones are no chance, see `usualGap`
 * @param near neighbours of the scan's points, where they are known already
 */
export function coverage(
  reference: OrientedCloud,
  scan: OrientedCloud,
  cell: number,
  gap: number,
  near = spacingNeighbours(scan),
): Coverage {
  const { points } = scan;
  const tree = buildKdTree(points);
  const spacing = localSpacing(points, near);
  const probes = probe(reference, tree, spacing, cell);
  const uncovered = Uint8Array.from(probes.ratios, (ratio) => (ratio > gap ? 1 : 0));
  const between = probeSpacing(probes.points, cell);
  const sizes = regionSizes(probes.points, uncovered, LINK * between);
  const most = UNSEEN * probes.rows.length;
  const partial = sizes.some((size) => size > most);
  // A scan that leaves so much out shows some sides only: what it could not see is not missing.
  const side = partial ? new SeenSide(scan.normals, probes, between) : null;
  const missing = new Float32Array(points.length / 3);
  const towards = new Float32Array(points.length);
  const search = new RangeSearch(tree, RIM_POINTS);
  let unseen = 0;
  probes.rows.forEach((row, i) => {
    if (uncovered[i] === 0) return;
    if (sizes[i]! > most || side?.couldSee(i) === false) {
      unseen++;
      return;
    }
    const distance = probes.distances[i]!;
    const excess = distance * (1 - gap / probes.ratios[i]!);
    const rim = RIM * spacing[row]!;
    const [x, y, z] = [0, 1, 2].map((d) => probes.points[3 * i + d]!) as [number, number, number];
    const found = search.find(x, y, z, distance + rim);
    for (let j = 0; j < found; j++) {
      // Full on the edge of the hole, half at the end of the rim.
      const from = Math.sqrt(search.distances[j]!);
      const told = excess * (1 - (from - distance) / rim / 2);
      const at = search.rows[j]!;
      if (told <= missing[at]!) continue;
      missing[at] = told;
      towards[3 * at] = ((x - points[3 * at]!) * told) / from;
      towards[3 * at + 1] = ((y - points[3 * at + 1]!) * told) / from;
      towards[3 * at + 2] = ((z - points[3 * at + 2]!) * told) / from;
    }
  });
  return { missing, towards, spacing, unseen: unseen / probes.rows.length };
}
