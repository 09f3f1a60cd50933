/**
 * The reference of a part: its good scans, laid on each other once and merged into one dense, denoised
 * surface that knows how much good parts differ at each place.
 */

import { RANDOM_GAP, usualGap } from './coverage.ts';
import { InvalidInputError } from './errors.ts';
import { estimateNormals, fitCloud } from './estimateNormals.ts';
import { modelFrame, toModelUnits } from './frame.ts';
import { KdSearch } from './kdSearch.ts';
import { meshNormals } from './meshNormals.ts';
import { type OrientedCloud, thin } from './orientedCloud.ts';
import { RandomStream } from './random.ts';
import type { ReferenceSurface } from './referenceSurface.ts';
import { type AlignTarget, prepareTarget } from './registration/alignTarget.ts';
import { spreadSample } from './registration/fit.ts';
import { icpPointToPlane } from './registration/icp.ts';
import { IDENTITY, moveCloud } from './registration/pose.ts';
import { register } from './registration/register.ts';
import { surfaceDistances } from './surfaceDistance.ts';
import { sampleSurface } from './surfaceSampling.ts';
import type { ModelFrame, PointCloud } from './types.ts';

export type GoodCloud = Pick<PointCloud, 'name' | 'positions' | 'faces'>;

/** What became of one good scan. */
export interface ReferenceMember {
  readonly name: string;
  /** How it lies on the first, or that it is the first. */
  readonly words: string;
  /** Whether its points are in the reference. */
  readonly used: boolean;
}

export interface Reference extends ReferenceSurface {
  /** [M] points of one good scan per area of 1, model units. */
  readonly density: Float32Array;
  /** Of the first good scan: every model unit of the reference is `radius` source units. */
  readonly frame: ModelFrame;
  readonly members: readonly ReferenceMember[];
  /** Typical spacing of one good scan, model units. */
  readonly scanSpacing: number;
  /** Largest gap of a good scan, in its own spacings; see `coverage`. */
  readonly gap: number;
  /** The surface, ready to be aligned with. */
  readonly target: AlignTarget;
}

/** Points drawn from a good mesh, whose vertices say nothing about its faces. */
const MESH_POINTS = 16_000;
/** Neighbours of the plane fit on the merged cloud, which is denser than one scan. */
const MERGED_NEIGHBOURS = 20;
/** Merged points closer than this part of one scan's spacing become one. */
const THINNING = 0.6;
/** Most points of a reference; beyond, thinning is coarser. */
const MOST_POINTS = 60_000;
/** Neighbours over which the spread and the density are taken. */
const SPREAD_NEIGHBOURS = 24;
const REFINE_SAMPLE = 2500;
/** The reference is asked for gaps at places this part of a scan's spacing apart. */
export const PROBE_CELL = 0.75;
/** Other scans have slightly larger gaps than the good ones, half of whose surface is their own. */
const GAP_MARGIN = 1.15;
/** Noise below it is not known from a few scans; model units. */
const LEAST_SPREAD = 2e-4;

/**
 * A scan in units of `radius` about its own mean, with estimated normals: those of files follow no one
 * convention, and scan and reference must be treated alike.
 * @throws InvalidInputError, see `modelFrame`
 */
export function orientedScan(
  { name, positions }: Pick<PointCloud, 'name' | 'positions'>,
  radius?: number,
): { cloud: OrientedCloud; frame: ModelFrame } {
  const own = modelFrame(positions, name);
  const frame = { centre: own.centre, radius: radius ?? own.radius };
  const points = toModelUnits(positions, frame);
  return { cloud: { points, normals: estimateNormals(points) }, frame };
}

/**
 * The same for a good part, of whose mesh the faces count and not the vertices.
 * @throws InvalidInputError, see `modelFrame`
 */
export function orientedGood(good: GoodCloud, radius?: number): { cloud: OrientedCloud; frame: ModelFrame } {
  const { faces, positions } = good;
  if (faces === null) return orientedScan(good, radius);
  const normals = meshNormals(positions, faces);
  const { points } = sampleSurface(positions, normals, faces, MESH_POINTS, new RandomStream(0));
  return orientedScan({ name: good.name, positions: points }, radius);
}

/** Good scans that lie on each other, the first in its model frame. */
export interface AlignedGood {
  /** Those that fit. */
  readonly clouds: readonly OrientedCloud[];
  readonly members: readonly ReferenceMember[];
  readonly frame: ModelFrame;
  /** Typical spacing of one scan, model units. */
  readonly spacing: number;
}

/** Lays the good scans on the first. */
function alignToFirst(good: readonly GoodCloud[]): AlignedGood {
  const [first, ...rest] = good;
  if (first === undefined) throw new InvalidInputError('reference', 'needs at least one good scan');
  const { cloud, frame } = orientedGood(first);
  const target = prepareTarget(cloud, first.name);
  const clouds = [cloud];
  const members: ReferenceMember[] = [{ name: first.name, words: 'The others were laid on it.', used: true }];
  for (const scan of rest) {
    const other = orientedGood(scan, frame.radius).cloud;
    const { pose, quality } = register(other, target, { scale: frame.radius });
    const used = quality.verdict === 'aligned';
    members.push({ name: scan.name, words: quality.words, used });
    if (used) clouds.push(moveCloud(other, pose));
  }
  return { clouds, members, frame, spacing: target.spacing };
}

/**
 * Scans that cannot be laid on the first are left out and told in `members`.
 * @param good at least one; positions in one source unit
 * @throws InvalidInputError for no scans, fewer than 128 points, or points that coincide
 */
export function alignGood(good: readonly GoodCloud[]): AlignedGood {
  const first = alignToFirst(good);
  const { clouds, spacing } = first;
  if (clouds.length === 1) return first;
  // Once more, to all of them instead of to the first with its own noise.
  const all = prepareTarget(mergeSurface(clouds, spacing));
  return { ...first, clouds: clouds.map((cloud) => settle(cloud, all, spacing)) };
}

/** Refines a cloud that lies on a surface already. */
export function settle(
  cloud: OrientedCloud,
  { fine }: Pick<AlignTarget, 'fine'>,
  spacing: number,
): OrientedCloud {
  const pose = icpPointToPlane(spreadSample(cloud, REFINE_SAMPLE), fine, IDENTITY, {
    iterations: 8,
    reach: [3 * spacing, 2 * spacing],
    floor: 5e-4,
  });
  return moveCloud(cloud, pose);
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

/** Fits planes over the merged points and moves every point onto its own: noise of one scan averages out. */
function denoise({ points, normals }: OrientedCloud): OrientedCloud {
  const { normals: fitted, neighbours } = fitCloud(points, MERGED_NEIGHBOURS);
  const { k, rows } = neighbours;
  const moved = points.slice();
  for (let i = 0; i < points.length / 3; i++) {
    const at = 3 * i;
    const dot = (a: Float32Array, p: number, b: Float32Array, q: number) =>
      a[p]! * b[q]! + a[p + 1]! * b[q + 1]! + a[p + 2]! * b[q + 2]!;
    // The fit has no sign; the scan's own normal has.
    if (dot(fitted, at, normals, at) < 0) for (let d = at; d < at + 3; d++) fitted[d] = -fitted[d]!;
    let height = 0;
    let count = 1;
    for (let j = 0; j < k; j++) {
      const other = 3 * rows[i * k + j]!;
      if (dot(normals, at, normals, other) < 0.7) continue;
      height += dot(points, other, fitted, at) - dot(points, at, fitted, at);
      count++;
    }
    for (let d = 0; d < 3; d++) moved[at + d]! += (height / count) * fitted[at + d]!;
  }
  return { points: moved, normals: fitted };
}

/** One surface from scans that lie on each other. */
function mergeSurface(clouds: readonly OrientedCloud[], spacing: number): OrientedCloud {
  const smooth = denoise(concatenate(clouds));
  let cell = THINNING * spacing;
  let thinned = thin(smooth, cell);
  while (thinned.counts.length > MOST_POINTS) {
    cell *= 1.2 * Math.sqrt(thinned.counts.length / MOST_POINTS);
    thinned = thin(smooth, cell);
  }
  return { points: thinned.points, normals: thinned.normals };
}

/** Spread and density at every point of the surface. */
function measure(
  clouds: readonly OrientedCloud[],
  target: AlignTarget,
): Pick<Reference, 'spread' | 'density'> {
  const m = target.fine.points.length / 3;
  const squares = new Float64Array(m);
  const counts = new Float64Array(m);
  for (const cloud of clouds) {
    const { offsets, rows } = surfaceDistances(target.fine, target.spacing, cloud);
    rows.forEach((row, i) => {
      squares[row]! += offsets[3 * i]! ** 2 + offsets[3 * i + 1]! ** 2 + offsets[3 * i + 2]! ** 2;
      counts[row]!++;
    });
  }
  // The scans pulled the surface towards themselves: n - 1 of n deviations are free.
  const n = clouds.length;
  const unbiased = n > 1 ? n / (n - 1) : 1;
  const spread = new Float32Array(m);
  const density = new Float32Array(m);
  const search = new KdSearch(target.fine.tree, Math.min(SPREAD_NEIGHBOURS, m));
  const { points } = target.fine;
  for (let i = 0; i < m; i++) {
    search.find(points[3 * i]!, points[3 * i + 1]!, points[3 * i + 2]!);
    let square = 0;
    let count = 0;
    for (const row of search.rows) {
      square += squares[target.fine.tree.order[row]!]!;
      count += counts[target.fine.tree.order[row]!]!;
    }
    spread[i] = Math.max(LEAST_SPREAD, Math.sqrt((unbiased * square) / Math.max(1, count)));
    density[i] = count / n / (Math.PI * search.distances[search.distances.length - 1]!);
  }
  return { spread, density };
}

/** One scan alone cannot tell: it covers all of what was made from it. */
function gapOf(clouds: readonly OrientedCloud[], surface: OrientedCloud, spacing: number): number {
  if (clouds.length === 1) return RANDOM_GAP;
  const largest = Math.max(...clouds.map((cloud) => usualGap(surface, cloud, PROBE_CELL * spacing)));
  return Math.min(RANDOM_GAP, GAP_MARGIN * largest);
}

/** Merges scans that lie on each other. */
export function mergeReference({ clouds, members, frame, spacing }: AlignedGood): Reference {
  const surface = mergeSurface(clouds, spacing);
  const target = prepareTarget(surface);
  const gap = gapOf(clouds, surface, spacing);
  return { ...surface, ...measure(clouds, target), gap, members, frame, scanSpacing: spacing, target };
}

/** Aligns and merges. @throws InvalidInputError, see `alignGood` */
export function buildReference(good: readonly GoodCloud[]): Reference {
  return mergeReference(alignGood(good));
}

/** A reference from its stored arrays. @throws InvalidInputError for fewer than 128 points */
export function restoreReference(stored: Omit<Reference, 'target'>): Reference {
  return { ...stored, target: prepareTarget({ points: stored.points, normals: stored.normals }) };
}
