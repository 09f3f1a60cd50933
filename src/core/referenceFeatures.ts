/**
 * What the network of `inputs: 'reference'` is told about every point of a registered scan: where the good
 * surface is, and where the good surface is that the scan has nothing for. Source: METHOD "Beyond the
 * original: reference-conditioned input".
 *
 * Channels, all of the order of 1; a *unit* is 0.03 model units, and lengths end at 5 of them:
 *
 *     0-2    from the nearest reference point to the point, units
 *     3-5    signed distance from the reference surface times its normal, units
 *     6-8    towards the furthest reference point that no scan point covers and that is nearest to this one,
 *            units; 0 where all around is covered
 *     9      signed distance in standard deviations of the good scans, quarters, ends at +-2.5
 *     10     log2 of the reference's spread at that place, in tenths of a unit, quarters
 *     11     log2 of the scan's density over the reference's, 0 for the scan's median, ends at +-3
 *
 * 0-8 are vectors, and turn with the cloud (`rotateFeatures`). Twelve is a multiple of 4, as the kernels
 * need it.
 */

import { InvalidInputError } from './errors.ts';
import { KdSearch, NONE, nearestPoints, treeRows } from './kdSearch.ts';
import { buildKdTree, type KdTree } from './kdTree.ts';
import { checkReference, type ReferenceSurface } from './referenceSurface.ts';
import type { Matrix3 } from './rotation.ts';
import { rotateVector } from './rotation.ts';

export const REFERENCE_CHANNELS = 12;

/** Model units that a feature of 1 stands for: about the largest deviation of a sound point. */
const UNIT = 0.03;
/** 0.15 model units: further off, how far says nothing more. Borders of partial scans would drown the rest. */
const LONGEST = 5;
/** Neighbours that the surface at a point is averaged over: one alone carries a whole scan point's noise. */
const PLANES = 4;
/** Cosine between normals from which a neighbour counts as the same face and not the back of a thin wall. */
const SAME_FACE = 0.5;
/** Neighbour whose distance is the spacing at a point. */
const SPACING_NEIGHBOUR = 4;
/** A reference point this many spacings from the scan is uncovered: below, chance alone leaves such gaps. */
const GAP = 1.5;
/** Reference points that are asked whether they are covered: as dense as a usual scan of 8k points. */
const REVERSE_POINTS = 8_192;
/** Least standard deviation, model units: good scans are never known better than that. */
const SPREAD_FLOOR = 0.002;

/** A reference made ready for many scans. */
export interface ReferenceIndex {
  readonly surface: ReferenceSurface;
  readonly tree: KdTree;
  /** [M] tree row of each point. */
  readonly inTree: Uint32Array;
  /** [M] distance to the 4th neighbour, model units. */
  readonly spacing: Float32Array;
  /** [3R] points that are asked whether a scan covers them, an even choice. */
  readonly probes: Float32Array;
}

/** [N] distance of every point to its 4th neighbour. */
function spacings(tree: KdTree): Float32Array {
  const search = new KdSearch(tree, SPACING_NEIGHBOUR);
  const spacing = new Float32Array(tree.order.length);
  const { points } = tree;
  for (let i = 0; i < spacing.length; i++) {
    search.find(points[3 * i]!, points[3 * i + 1]!, points[3 * i + 2]!, i);
    spacing[tree.order[i]!] = Math.sqrt(search.distances[SPACING_NEIGHBOUR - 1]!);
  }
  return spacing;
}

function checkCount(name: string, points: number): void {
  if (points <= SPACING_NEIGHBOUR)
    throw new InvalidInputError(name, `has ${points} points, too few to compare surfaces`);
}

/** @throws InvalidInputError when the arrays do not belong together or hold fewer than 5 points */
export function indexReference(surface: ReferenceSurface): ReferenceIndex {
  checkReference('reference', surface);
  const { points } = surface;
  const count = points.length / 3;
  checkCount('reference', count);
  const tree = buildKdTree(points);
  // Tree order is spatial order: every k-th point of it is an even choice.
  const step = Math.max(1, Math.ceil(count / REVERSE_POINTS));
  const probes = new Float32Array(3 * Math.ceil(count / step));
  for (let i = 0; i < probes.length / 3; i++)
    probes.set(tree.points.subarray(3 * i * step, 3 * i * step + 3), 3 * i);
  return { surface, tree, inTree: treeRows(tree), spacing: spacings(tree), probes };
}

/** The reference surface near one point. */
interface Foot {
  /** Row of the nearest reference point. */
  row: number;
  /** Its distance along the normal, positive outside; model units. */
  residual: number;
  /** Mean normal of the face. */
  readonly normal: [number, number, number];
}

/** Averages the tangent planes of the neighbours that `search` found. Runs per point: nothing is allocated. */
function footOf(
  { surface }: ReferenceIndex,
  search: KdSearch,
  x: number,
  y: number,
  z: number,
  foot: Foot,
): void {
  const { points, normals } = surface;
  const { order } = search.tree;
  const first = order[search.rows[0]!]!;
  const [ax, ay, az] = [normals[3 * first]!, normals[3 * first + 1]!, normals[3 * first + 2]!];
  let [nx, ny, nz, qx, qy, qz, faces] = [0, 0, 0, 0, 0, 0, 0];
  for (let j = 0; j < PLANES; j++) {
    const at = 3 * order[search.rows[j]!]!;
    const [bx, by, bz] = [normals[at]!, normals[at + 1]!, normals[at + 2]!];
    if (j > 0 && ax * bx + ay * by + az * bz < SAME_FACE) continue;
    faces++;
    nx += bx;
    ny += by;
    nz += bz;
    qx += points[at]!;
    qy += points[at + 1]!;
    qz += points[at + 2]!;
  }
  const length = Math.sqrt(nx * nx + ny * ny + nz * nz) || 1;
  foot.normal[0] = nx / length;
  foot.normal[1] = ny / length;
  foot.normal[2] = nz / length;
  foot.residual = (nx * (x - qx / faces) + ny * (y - qy / faces) + nz * (z - qz / faces)) / length;
  foot.row = first;
}

const clamp = (value: number, limit: number): number => Math.max(-limit, Math.min(limit, value));

/** Writes a vector in units, shortened to the longest that is told apart. */
function putVector(features: Float32Array, at: number, x: number, y: number, z: number): void {
  const length = Math.sqrt(x * x + y * y + z * z) / UNIT;
  const scale = (length > LONGEST ? LONGEST / length : 1) / UNIT;
  features[at] = x * scale;
  features[at + 1] = y * scale;
  features[at + 2] = z * scale;
}

function median(values: Float32Array): number {
  const sorted = values.slice().sort();
  return sorted[sorted.length >> 1]!;
}

/** Channels 6-8: every probe that is not covered tells the scan point nearest to it. */
function writeUncovered(
  features: Float32Array,
  { probes }: ReferenceIndex,
  points: Float32Array,
  tree: KdTree,
  spacing: Float32Array,
): void {
  const usual = median(spacing);
  const { rows, distances } = nearestPoints(tree, probes);
  const furthest = new Float64Array(spacing.length);
  rows.forEach((row, probe) => {
    const distance = distances[probe]!;
    if (distance <= GAP * Math.max(usual, spacing[row]!) || distance <= furthest[row]!) return;
    furthest[row] = distance;
    const [x, y, z] = [0, 1, 2].map((d) => probes[3 * probe + d]! - points[3 * row + d]!);
    putVector(features, REFERENCE_CHANNELS * row + 6, x!, y!, z!);
  });
}

/** Channel 11, from the logarithms of the spacings' ratios. */
function writeDensity(features: Float32Array, ratios: Float32Array): void {
  const usual = median(ratios);
  for (let i = 0; i < ratios.length; i++)
    features[REFERENCE_CHANNELS * i + 11] = clamp(ratios[i]! - usual, 3);
}

/**
 * @param points [3N] in the reference's frame, model units
 * @param own [N] reference row that a point was drawn from and must not be compared with, so that training
 *   meets the distances that a scan from elsewhere will have; left out: none
 * @returns [N 12], see the top of this file
 * @throws InvalidInputError for fewer than 5 points
 */
export function referenceFeatures(
  index: ReferenceIndex,
  points: Float32Array,
  own?: Uint32Array,
): Float32Array {
  const count = points.length / 3;
  checkCount('scan', count);
  const { surface, spacing: referenceSpacing, inTree } = index;
  const features = new Float32Array(REFERENCE_CHANNELS * count);
  const tree = buildKdTree(points);
  const spacing = spacings(tree);
  const ratios = new Float32Array(count);
  const search = new KdSearch(index.tree, PLANES);
  const foot: Foot = { row: 0, residual: 0, normal: [0, 0, 0] };
  for (let i = 0; i < count; i++) {
    const [x, y, z] = [points[3 * i]!, points[3 * i + 1]!, points[3 * i + 2]!];
    search.find(x, y, z, own === undefined ? NONE : inTree[own[i]!]!);
    footOf(index, search, x, y, z, foot);
    const { row, residual, normal } = foot;
    const at = REFERENCE_CHANNELS * i;
    const q = 3 * row;
    putVector(features, at, x - surface.points[q]!, y - surface.points[q + 1]!, z - surface.points[q + 2]!);
    putVector(features, at + 3, residual * normal[0], residual * normal[1], residual * normal[2]);
    const spread = Math.max(SPREAD_FLOOR, surface.spread[row]!);
    features[at + 9] = clamp(residual / spread / 4, 2.5);
    features[at + 10] = Math.log2(spread / (0.1 * UNIT)) / 4;
    // Twice the spacing is a quarter of the density. Coinciding points have no spacing.
    ratios[i] = 2 * Math.log2(Math.max(referenceSpacing[row]!, 1e-6) / Math.max(spacing[i]!, 1e-6));
  }
  writeUncovered(features, index, points, tree, spacing);
  writeDensity(features, ratios);
  return features;
}

/** Turns the vectors among the features in place. @param features [N 12] */
export function rotateFeatures(features: Float32Array, matrix: Matrix3): void {
  for (let at = 0; at < features.length; at += REFERENCE_CHANNELS)
    for (const vector of [at, at + 3, at + 6]) rotateVector(features, vector, matrix);
}
