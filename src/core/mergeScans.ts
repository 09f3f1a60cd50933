/**
 * One surface from scans that lie on each other. Whoever takes thresholds from good scans merges them many
 * times, each time without another: what does not change then is made once.
 */

import { type AskedScan, askedScan } from './coverage.ts';
import { KdSearch } from './kdSearch.ts';
import { buildKdTree } from './kdTree.ts';
import { fewer, kNearest, type Neighbours } from './knn.ts';
import { type OrientedCloud, thin } from './orientedCloud.ts';
import { pickRows } from './pickRows.ts';
import { fitNormals } from './planeFit.ts';

/** Neighbours of the plane fit on the merged cloud, which is denser than one scan. */
const MERGED_NEIGHBOURS = 20;
/** Neighbours known beyond those that are expected to be left when a scan is taken out. */
const SPARE = 8;
/** Merged points closer than this part of one scan's spacing become one. */
const THINNING = 0.6;
/** Most points of a merged surface; beyond, thinning is coarser. */
const MOST_POINTS = 60_000;

/** The points of scans that lie on each other. */
export interface LaidPoints {
  /** All points, one scan after the other. */
  readonly all: OrientedCloud;
  /** [N] which scan each of them is from. */
  readonly of: Uint16Array;
  /** Neighbours across all scans, more than one merge needs. */
  readonly near: Neighbours;
  /** Typical spacing of one scan. */
  readonly spacing: number;
}

/** The same with what each scan says by itself. */
export interface LaidScans extends LaidPoints {
  readonly scans: readonly AskedScan[];
}

/** @param clouds at least one, in one frame; @param spacing typical, of one of them */
export function layPoints(clouds: readonly OrientedCloud[], spacing: number): LaidPoints {
  const all = concatenate(clouds);
  const of = new Uint16Array(all.points.length / 3);
  let at = 0;
  clouds.forEach(({ points }, scan) => {
    of.fill(scan, at, at + points.length / 3);
    at += points.length / 3;
  });
  const n = clouds.length;
  const wide = n < 3 ? MERGED_NEIGHBOURS : Math.ceil((MERGED_NEIGHBOURS * n) / (n - 1)) + SPARE;
  return { all, of, near: kNearest(all.points, wide), spacing };
}

/** @param before the same scans before they were moved by less than their spacing, where they were laid then */
export function layScans(
  clouds: readonly OrientedCloud[],
  spacing: number,
  before: LaidPoints = layPoints(clouds, spacing),
): LaidScans {
  return { ...before, all: concatenate(clouds), scans: clouds.map(askedScan) };
}

function concatenate(clouds: readonly OrientedCloud[]): OrientedCloud {
  const length = clouds.reduce((sum, { points }) => sum + points.length, 0);
  const merged = { points: new Float32Array(length), normals: new Float32Array(length) };
  let at = 0;
  for (const { points, normals } of clouds) {
    merged.points.set(points, at);
    merged.normals.set(normals, at);
    at += points.length;
  }
  return merged;
}

/** The points of all scans but one, and their nearest neighbours among themselves. */
function leavingOut(
  { all, of, near }: LaidPoints,
  without: number,
): { cloud: OrientedCloud; neighbours: Neighbours } {
  const kept = Uint32Array.from(of.keys()).filter((row) => of[row] !== without);
  const rowOf = new Uint32Array(of.length);
  kept.forEach((row, i) => {
    rowOf[row] = i;
  });
  const cloud = { points: pickRows(all.points, kept), normals: pickRows(all.normals, kept) };
  const k = Math.min(MERGED_NEIGHBOURS, kept.length - 1);
  const rows = new Uint32Array(kept.length * k);
  let search: KdSearch | null = null;
  kept.forEach((row, i) => {
    let found = 0;
    for (let j = 0; j < near.k && found < k; j++) {
      const other = near.rows[row * near.k + j]!;
      if (of[other] !== without) rows[i * k + found++] = rowOf[other]!;
    }
    if (found === k) return;
    // Nearly all around is of the scan that is left out.
    search ??= new KdSearch(buildKdTree(cloud.points), k + 1);
    search.find(cloud.points[3 * i]!, cloud.points[3 * i + 1]!, cloud.points[3 * i + 2]!);
    found = 0;
    for (const other of search.rows) {
      const there = search.tree.order[other]!;
      if (there !== i && found < k) rows[i * k + found++] = there;
    }
  });
  return { cloud, neighbours: { k, rows } };
}

/** Fits planes over the points and moves every point onto its own: noise of one scan averages out. */
function denoise({ points, normals }: OrientedCloud, neighbours: Neighbours): OrientedCloud {
  const fitted = fitNormals(points, neighbours);
  const { k, rows } = neighbours;
  const moved = points.slice();
  const dot = (a: Float32Array, p: number, b: Float32Array, q: number) =>
    a[p]! * b[q]! + a[p + 1]! * b[q + 1]! + a[p + 2]! * b[q + 2]!;
  for (let i = 0; i < points.length / 3; i++) {
    const at = 3 * i;
    // The fit has no sign; the scan's own normal has.
    if (dot(fitted, at, normals, at) < 0) for (let d = at; d < at + 3; d++) fitted[d] = -fitted[d]!;
    const own = dot(points, at, fitted, at);
    let height = 0;
    let count = 1;
    for (let j = 0; j < k; j++) {
      const other = 3 * rows[i * k + j]!;
      if (dot(normals, at, normals, other) < 0.7) continue;
      height += dot(points, other, fitted, at) - own;
      count++;
    }
    for (let d = 0; d < 3; d++) moved[at + d]! += (height / count) * fitted[at + d]!;
  }
  return { points: moved, normals: fitted };
}

/** @param without scan that is left out, if any; one of at least three */
export function mergeScans(laid: LaidPoints, without?: number): OrientedCloud {
  const { cloud, neighbours } =
    without === undefined
      ? { cloud: laid.all, neighbours: fewer(laid.near, MERGED_NEIGHBOURS) }
      : leavingOut(laid, without);
  const smooth = denoise(cloud, neighbours);
  let cell = THINNING * laid.spacing;
  let thinned = thin(smooth, cell);
  while (thinned.counts.length > MOST_POINTS) {
    cell *= 1.2 * Math.sqrt(thinned.counts.length / MOST_POINTS);
    thinned = thin(smooth, cell);
  }
  return { points: thinned.points, normals: thinned.normals };
}
