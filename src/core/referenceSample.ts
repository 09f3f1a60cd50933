/**
 * One training pair of a reference-conditioned model: a fresh scan of another good specimen of the part, with
 * pseudo-defects, laid on the reference as a scan under inspection would be, and its features against that
 * reference. Cloud, target and features then turn together. Source: METHOD "Beyond the original".
 */

import { drawPose, poseRotation } from './augment.ts';
import { applyDefects } from './defects/apply.ts';
import { type DefectMix, drawDefects } from './defects/mix.ts';
import { estimateNormals } from './estimateNormals.ts';
import type { OrientedCloud } from './orientedCloud.ts';
import { pickRows } from './pickRows.ts';
import { RandomStream } from './random.ts';
import type { Reference } from './reference.ts';
import { referenceFeatures, rotateFeatures } from './referenceFeatures.ts';
import { spreadSample } from './registration/fit.ts';
import { icpPointToPlane } from './registration/icp.ts';
import { IDENTITY, moveRows } from './registration/pose.ts';
import { rotateVector } from './rotation.ts';
import {
  addNoise,
  drawMisalignment,
  type PartFamily,
  type ScanVariation,
  scannedRows,
  specimen,
  visibleRows,
} from './scanVariation.ts';
import type { TrainingSample } from './types.ts';

/** A part to draw training scans from, and what its scans are compared with. */
export interface ReferencePart extends OrientedCloud {
  /** How good specimens differ, and their scans. */
  readonly family: PartFamily;
  /** Made of scans of good specimens. */
  readonly reference: Reference;
}

export interface ReferenceSample extends TrainingSample {
  /** [N 16] of each point, see `referenceFeatures`. */
  readonly features: Float32Array;
}

export interface ReferenceSampleOptions {
  readonly rotate: boolean;
  /** Most points of a sample; null: all that are visible. */
  readonly maxPoints: number | null;
  readonly defects: DefectMix;
  readonly variation: ScanVariation;
}

/** Streams of one sample's seed. */
const VIEW = 21;
const SUBSET = 22;
const SPECIMEN = 23;
const DEFECTS = 24;
const NOISE = 25;
const ALIGNMENT = 26;
const POSE = 27;

/** A sample has between this share of `maxPoints` and all of them: scanners differ. */
const LEAST_POINTS = 0.5;
/** Points that the last step of registration looks at, and its iterations. */
const ALIGN_SAMPLE = 1_500;
const ALIGN_ITERATIONS = 8;

/** Normals as an inspection estimates them, with the sign of most of the true ones. */
function measuredNormals(points: Float32Array, facing: Float32Array): Float32Array {
  const normals = estimateNormals(points);
  let agreement = 0;
  for (let at = 0; at < normals.length; at++) agreement += Math.sign(normals[at]! * facing[at]!);
  return agreement >= 0 ? normals : normals.map((v) => -v);
}

/**
 * @param seed u32; the same arguments give the same bits
 * @throws InvalidInputError when fewer than 128 points of the part are visible
 */
export function makeReferenceSample(
  part: ReferencePart,
  { rotate, maxPoints, defects, variation }: ReferenceSampleOptions,
  seed: number,
): ReferenceSample {
  const { family, reference } = part;
  const stream = new RandomStream(seed);
  const visible = visibleRows(part, variation, stream.fork(VIEW));
  const subset = stream.fork(SUBSET);
  const wanted = Math.round((maxPoints ?? visible.length) * subset.range(LEAST_POINTS, 1));
  const rows = scannedRows(part, family, visible, wanted, subset);
  const good = specimen(part, family, rows, stream.fork(SPECIMEN));
  const plans = drawDefects(defects, stream.fork(DEFECTS));
  const { points, targetOffsets, patch, kept } = applyDefects(good.points, good.normals, plans);
  addNoise(points, family.noise, stream.fork(NOISE));
  const { turn, shift } = drawMisalignment(variation, stream.fork(ALIGNMENT));
  for (let at = 0; at < points.length; at += 3) {
    rotateVector(points, at, turn);
    rotateVector(targetOffsets, at, turn);
    for (let d = 0; d < 3; d++) points[at + d]! += shift[d]!;
  }
  const scan = { points, normals: measuredNormals(points, pickRows(good.normals, kept)) };
  const { fine, spacing } = reference.target;
  const aligned = icpPointToPlane(spreadSample(scan, ALIGN_SAMPLE), fine, IDENTITY, {
    iterations: ALIGN_ITERATIONS,
    reach: [4 * spacing, 2 * spacing],
    floor: 0.001,
  });
  const laid = { points: moveRows(points, aligned), normals: moveRows(scan.normals, aligned, true) };
  const targets = moveRows(targetOffsets, aligned, true);
  const { values } = referenceFeatures(reference, laid);
  if (rotate) {
    const pose = poseRotation(drawPose(stream.fork(POSE)));
    for (let at = 0; at < laid.points.length; at += 3) {
      rotateVector(laid.points, at, pose);
      rotateVector(targets, at, pose);
    }
    rotateFeatures(values, pose);
  }
  return { points: laid.points, targetOffsets: targets, patch, seed, features: values };
}
