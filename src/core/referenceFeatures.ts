/**
 * What the network of `inputs: 'reference'` is told about every point of a registered scan: where the good
 * surface is, and where the good surface is that the scan has nothing for. Source: METHOD "Beyond the
 * original: reference-conditioned input".
 *
 * Channels, all of the order of 1. A *unit* is 0.03 model units, and lengths end at 5 of them; *soft* lengths
 * are asinh(length / scale), so that a scratch of 0.005 and a bend of 0.1 both count:
 *
 *     0-2    from the reference surface to the point, averaged over the scan around it; units
 *     3-5    the same of the point alone; soft, scale 0.005
 *     6-8    averaged; soft, scale twice the deviation of the good scans at that place
 *     9-11   averaged, less what varies slowly over the surface (`slowPart`); soft, scale 0.005
 *     12-14  towards reference surface that no scan point covers, at its rim, 0 elsewhere; soft, scale 0.01
 *     15     averaged distance along the reference's normal, positive outside; soft, scale 0.005
 *     16     the same, less what varies slowly
 *     17     length of 12-14
 *     18     log2 of the reference's spread at that place over 0.002, halves
 *     19     log2 of the scan's density over the reference's, 0 for the scan's median, ends at +-3
 *
 * 0-14 are vectors, and turn with the cloud (`rotateFeatures`). Twenty is a multiple of 4, as the kernels
 * need it.
 */

import { type Coverage, coverage, spacingNeighbours } from './coverage.ts';
import { InvalidInputError } from './errors.ts';
import type { Neighbours } from './knn.ts';
import type { OrientedCloud } from './orientedCloud.ts';
import { PROBE_CELL, type ScoringReference } from './reference.ts';
import type { Matrix3 } from './rotation.ts';
import { rotateVector } from './rotation.ts';
import { slowPart } from './slowPart.ts';
import { smoothOver } from './smoothOver.ts';
import { surfaceDistances } from './surfaceDistance.ts';

export const REFERENCE_CHANNELS = 20;
const VECTORS = [0, 3, 6, 9, 12] as const;

/** Model units that a feature of 1 stands for: about the smallest height of an obvious defect. */
const UNIT = 0.03;
/** 0.15 model units: further off, how far says nothing more. Borders of partial scans would drown the rest. */
const LONGEST = 5;
/** Scales of the soft lengths, model units. */
const SOFT = 0.005;
const SOFT_MISSING = 0.01;
const USUAL_SPREAD = 0.002;
/** Least standard deviation, model units: good scans are never known better than that. */
const SPREAD_FLOOR = 0.0005;
/** Fewer points have no surface. */
const LEAST_POINTS = 5;

/** What of a reference the features are made from. */
export type FeatureReference = Pick<
  ScoringReference,
  'points' | 'normals' | 'spread' | 'density' | 'scanSpacing' | 'gap' | 'target'
>;

/** Features, and what they were made from. */
export interface ReferenceFeatures {
  /** [N 20], see the top of this file. */
  readonly values: Float32Array;
  /** [3N] from the reference surface to the points, averaged over the scan around each; model units. */
  readonly offsets: Float32Array;
  /** [N] nearest row of the reference. */
  readonly rows: Uint32Array;
  readonly coverage: Coverage;
  /** Of the scan's points. */
  readonly near: Neighbours;
}

const clamp = (value: number, limit: number): number => Math.max(-limit, Math.min(limit, value));

/** Writes a vector in units, shortened to the longest that is told apart. */
function putLinear(values: Float32Array, at: number, vector: Float32Array, from: number): void {
  const [x, y, z] = [vector[from]!, vector[from + 1]!, vector[from + 2]!];
  const length = Math.sqrt(x * x + y * y + z * z) / UNIT;
  const scale = (length > LONGEST ? LONGEST / length : 1) / UNIT;
  values[at] = x * scale;
  values[at + 1] = y * scale;
  values[at + 2] = z * scale;
}

/** Writes a vector whose length has become soft. @returns that length */
function putSoft(values: Float32Array, at: number, vector: Float32Array, from: number, by: number): number {
  const [x, y, z] = [vector[from]!, vector[from + 1]!, vector[from + 2]!];
  const length = Math.sqrt(x * x + y * y + z * z);
  if (length === 0) return 0;
  const soft = Math.asinh(length / by);
  values[at] = (x / length) * soft;
  values[at + 1] = (y / length) * soft;
  values[at + 2] = (z / length) * soft;
  return soft;
}

/** Part of row i of `vectors` along the normal of a row of the reference. */
function along(normals: Float32Array, row: number, vectors: Float32Array, i: number): number {
  return (
    normals[3 * row]! * vectors[3 * i]! +
    normals[3 * row + 1]! * vectors[3 * i + 1]! +
    normals[3 * row + 2]! * vectors[3 * i + 2]!
  );
}

function median(values: Float32Array): number {
  return values.slice().sort()[values.length >> 1]!;
}

/** [N] log2 of the scan's density over that of a good scan at the same place, 0 for the median. */
function densities(density: Float32Array, rows: Uint32Array, spacing: Float32Array): Float32Array {
  const ratios = Float32Array.from(rows, (row, i) => {
    const usual = Math.max(density[row]!, Number.MIN_VALUE);
    // Coinciding points have no spacing.
    return clamp(-Math.log2(usual * Math.max(spacing[i]! ** 2, 1e-12)), 30);
  });
  const usual = median(ratios);
  return ratios.map((ratio) => clamp(ratio - usual, 3));
}

/**
 * @param scan registered: in the reference's frame, model units
 * @throws InvalidInputError for fewer than 5 points
 */
export function referenceFeatures(reference: FeatureReference, scan: OrientedCloud): ReferenceFeatures {
  const { target, spread, normals, density, scanSpacing, gap } = reference;
  const count = scan.points.length / 3;
  if (count < LEAST_POINTS)
    throw new InvalidInputError('scan', `has ${count} points, too few to compare surfaces`);
  const { offsets: raw, rows } = surfaceDistances(target.fine, target.spacing, scan);
  const near = spacingNeighbours(scan);
  const offsets = smoothOver(scan, raw, near);
  const covered = coverage(reference, scan, PROBE_CELL * scanSpacing, gap, near);
  const slow = slowPart(scan.points, offsets);
  const local = offsets.map((v, at) => v - slow[at]!);
  const values = new Float32Array(REFERENCE_CHANNELS * count);
  const dense = densities(density, rows, covered.spacing);
  for (let i = 0; i < count; i++) {
    const at = REFERENCE_CHANNELS * i;
    const deviation = Math.max(SPREAD_FLOOR, spread[rows[i]!]!);
    putLinear(values, at, offsets, 3 * i);
    putSoft(values, at + 3, raw, 3 * i, SOFT);
    putSoft(values, at + 6, offsets, 3 * i, 2 * deviation);
    putSoft(values, at + 9, local, 3 * i, SOFT);
    values[at + 17] = putSoft(values, at + 12, covered.towards, 3 * i, SOFT_MISSING);
    values[at + 15] = Math.asinh(along(normals, rows[i]!, offsets, i) / SOFT);
    values[at + 16] = Math.asinh(along(normals, rows[i]!, local, i) / SOFT);
    values[at + 18] = Math.log2(deviation / USUAL_SPREAD) / 2;
    values[at + 19] = dense[i]!;
  }
  return { values, offsets, rows, coverage: covered, near };
}

/** Turns the vectors among the features in place. @param values [N 20] */
export function rotateFeatures(values: Float32Array, matrix: Matrix3): void {
  for (let at = 0; at < values.length; at += REFERENCE_CHANNELS)
    for (const vector of VECTORS) rotateVector(values, at + vector, matrix);
}
