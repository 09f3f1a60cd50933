/**
 * The reference of a part: its good scans, laid on each other once and merged into one dense, denoised
 * surface that knows how much good parts differ at each place.
 */

import { type AskedScan, RANDOM_GAP, SPACING_NEIGHBOURS, usualGap } from './coverage.ts';
import { distinctPoints } from './distinctPoints.ts';
import { InvalidInputError } from './errors.ts';
import { estimateNormals, NORMAL_NEIGHBOURS, orientedNormals } from './estimateNormals.ts';
import { modelFrame, toModelUnits } from './frame.ts';
import { KdSearch } from './kdSearch.ts';
import { fewer, kNearest } from './knn.ts';
import { type LaidScans, layPoints, layScans, mergeScans } from './mergeScans.ts';
import { meshNormals } from './meshNormals.ts';
import type { OrientedCloud } from './orientedCloud.ts';
import { RandomStream } from './random.ts';
import type { ReferenceSurface } from './referenceSurface.ts';
import {
  type AlignTarget,
  type IndexedSurface,
  indexSurface,
  prepareTarget,
} from './registration/alignTarget.ts';
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

/** What scans are scored against that lie on it already. */
export interface ScoringReference extends ReferenceSurface {
  /** [M] points of one good scan per area of 1, model units. */
  readonly density: Float32Array;
  /** Typical spacing of one good scan, model units. */
  readonly scanSpacing: number;
  /** Largest gap of a good scan, in its own spacings; see `coverage`. */
  readonly gap: number;
  readonly target: IndexedSurface;
}

export interface Reference extends ScoringReference {
  /** Of the first good scan: every model unit of the reference is `radius` source units. */
  readonly frame: ModelFrame;
  readonly members: readonly ReferenceMember[];
  /** The surface, ready to be aligned with. */
  readonly target: AlignTarget;
}

/** Points drawn from a good mesh, whose vertices say nothing about its faces. */
const MESH_POINTS = 16_000;
/** Neighbours over which the spread and the density are taken. */
const SPREAD_NEIGHBOURS = 24;
/** Points that share one such neighbourhood. */
const TOLD_TOGETHER = 4;
const REFINE_SAMPLE = 2500;
/** The reference is asked for gaps at places this part of a scan's spacing apart. */
export const PROBE_CELL = 0.75;
/** Other scans have slightly larger gaps than the good ones, half of whose surface is their own. */
const GAP_MARGIN = 1.15;
/** Noise below it is not known from a few scans; model units. */
const LEAST_SPREAD = 2e-4;

/** Normals, and neighbours, which are asked for again and again. */
function orientPoints(points: Float32Array): OrientedCloud {
  const near = kNearest(points, SPACING_NEIGHBOURS);
  const repeated = distinctPoints(points).first.length < points.length / 3;
  const normals = repeated
    ? estimateNormals(points)
    : orientedNormals(points, fewer(near, NORMAL_NEIGHBOURS));
  return { points, normals, near };
}

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
  return { cloud: orientPoints(points), frame };
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
  /** The same scans ready to be merged, where that was done. */
  readonly laid?: LaidScans;
}

/**
 * Work in pieces: after each it says what comes next, so that whoever runs it can let others in between, tell
 * how far it is, or leave it.
 */
export type Steps<T> = Generator<string, T, undefined>;

/** Runs all pieces at once. */
function finish<T>(steps: Steps<T>): T {
  for (;;) {
    const { done, value } = steps.next();
    if (done === true) return value;
  }
}

/** Lays the good scans on the first. */
function* alignToFirst(good: readonly GoodCloud[]): Steps<AlignedGood> {
  const [first, ...rest] = good;
  if (first === undefined) throw new InvalidInputError('reference', 'needs at least one good scan');
  const { cloud, frame } = orientedGood(first);
  const target = prepareTarget(cloud, first.name);
  const clouds = [cloud];
  const members: ReferenceMember[] = [{ name: first.name, words: 'The others were laid on it.', used: true }];
  for (const [at, scan] of rest.entries()) {
    yield `Laying good scan ${at + 2} of ${good.length} on the first`;
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
export function* alignSteps(good: readonly GoodCloud[]): Steps<AlignedGood> {
  const first = yield* alignToFirst(good);
  const { clouds, spacing } = first;
  if (clouds.length === 1) return first;
  yield 'Laying good scans on each other';
  // Once more, to all of them instead of to the first with its own noise.
  const loose = layPoints(clouds, spacing);
  const all = indexSurface(mergeScans(loose));
  const settled = clouds.map((cloud) => settle(cloud, all, spacing));
  return { ...first, clouds: settled, laid: layScans(settled, spacing, loose) };
}

/** All at once, see `alignSteps`. */
export function alignGood(good: readonly GoodCloud[]): AlignedGood {
  return finish(alignSteps(good));
}

/** Refines a cloud that lies on a surface already. */
export function settle(
  cloud: OrientedCloud,
  { fine }: Pick<IndexedSurface, 'fine'>,
  spacing: number,
): OrientedCloud {
  const pose = icpPointToPlane(spreadSample(cloud, REFINE_SAMPLE), fine, IDENTITY, {
    iterations: 8,
    reach: [3 * spacing, 2 * spacing],
    floor: 5e-4,
  });
  return moveCloud(cloud, pose);
}

/** Spread and density at every point of the surface. */
function measure(
  clouds: readonly OrientedCloud[],
  target: IndexedSurface,
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
  const { tree, points } = target.fine;
  const search = new KdSearch(tree, Math.min(SPREAD_NEIGHBOURS, m));
  // Points next to each other in tree order have nearly the same neighbours: one is asked for several.
  for (let from = 0; from < m; from += TOLD_TOGETHER) {
    const group = tree.order.subarray(from, from + TOLD_TOGETHER);
    const asked = 3 * group[group.length >> 1]!;
    search.find(points[asked]!, points[asked + 1]!, points[asked + 2]!);
    let square = 0;
    let count = 0;
    for (const row of search.rows) {
      square += squares[tree.order[row]!]!;
      count += counts[tree.order[row]!]!;
    }
    const deviation = Math.max(LEAST_SPREAD, Math.sqrt((unbiased * square) / Math.max(1, count)));
    const dense = count / n / (Math.PI * search.distances[search.distances.length - 1]!);
    for (const row of group) {
      spread[row] = deviation;
      density[row] = dense;
    }
  }
  return { spread, density };
}

/** One scan alone cannot tell: it covers all of what was made from it. */
function gapOf(scans: readonly AskedScan[], surface: OrientedCloud, spacing: number): number {
  if (scans.length === 1) return RANDOM_GAP;
  const largest = Math.max(...scans.map((scan) => usualGap(surface, scan, PROBE_CELL * spacing)));
  return Math.min(RANDOM_GAP, GAP_MARGIN * largest);
}

function describeSurface<T extends IndexedSurface>(
  surface: OrientedCloud,
  target: T,
  scans: readonly AskedScan[],
  spacing: number,
): ScoringReference & { readonly target: T } {
  const clouds = scans.map(({ cloud }) => cloud);
  const gap = gapOf(scans, surface, spacing);
  return { ...surface, ...measure(clouds, target), gap, scanSpacing: spacing, target };
}

/** Whether these and no others were laid. */
function areLaid(clouds: readonly OrientedCloud[], { scans }: LaidScans): boolean {
  return areSame(
    clouds,
    scans.map(({ cloud }) => cloud),
  );
}

/**
 * Merges scans for scoring alone.
 * @param aligned good scans; @param others some of them, or parts of them
 */
export function mergeOthers(
  { clouds, spacing, laid }: AlignedGood,
  others: readonly OrientedCloud[],
): ScoringReference {
  const without = clouds.findIndex((cloud) => !others.includes(cloud));
  const rest = clouds.filter((_, scan) => scan !== without);
  if (laid === undefined || rest.length < 2 || !areLaid(clouds, laid) || !areSame(rest, others)) {
    const own = layScans(others, spacing);
    const surface = mergeScans(own);
    return describeSurface(surface, indexSurface(surface), own.scans, spacing);
  }
  const surface = mergeScans(laid, without);
  const scans = laid.scans.filter((_, scan) => scan !== without);
  return describeSurface(surface, indexSurface(surface), scans, spacing);
}

function areSame(a: readonly OrientedCloud[], b: readonly OrientedCloud[]): boolean {
  return a.length === b.length && a.every((cloud, i) => cloud === b[i]);
}

/** Merges scans that lie on each other. */
export function mergeReference({ clouds, members, frame, spacing, laid }: AlignedGood): Reference {
  const own = laid !== undefined && areLaid(clouds, laid) ? laid : layScans(clouds, spacing);
  const surface = mergeScans(own);
  return { ...describeSurface(surface, prepareTarget(surface), own.scans, spacing), members, frame };
}

/** Aligns and merges. @throws InvalidInputError, see `alignGood` */
export function buildReference(good: readonly GoodCloud[]): Reference {
  return mergeReference(alignGood(good));
}

/** A reference from its stored arrays. @throws InvalidInputError for fewer than 128 points */
export function restoreReference(stored: Omit<Reference, 'target'>): Reference {
  return { ...stored, target: prepareTarget({ points: stored.points, normals: stored.normals }) };
}
