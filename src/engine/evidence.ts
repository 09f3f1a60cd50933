/**
 * What is told of a scan that lies on the reference: by its distance, by the network, and by what is left of both
 * once slow differences are taken off (`core/unwarp`). How much of the good scans' own differences is slow says
 * which of them count: specimens that vary slowly hide defects from the bare distance, rigid parts do not vary,
 * and a slow change of those is a defect.
 */

import { coverage } from '../core/coverage.ts';
import type { Neighbours } from '../core/knn.ts';
import { meanAround } from '../core/meanAround.ts';
import type { OrientedCloud } from '../core/orientedCloud.ts';
import { RandomStream } from '../core/random.ts';
import { PROBE_CELL, type ScoringReference } from '../core/reference.ts';
import { REFERENCE_CHANNELS, referenceFeatures, rotateFeatures } from '../core/referenceFeatures.ts';
import { IDENTITY, invertPose, moveRows, type Pose, randomRotation } from '../core/registration/pose.ts';
import { slowPart } from '../core/slowPart.ts';
import { smoothOver } from '../core/smoothOver.ts';
import { surfaceDistances } from '../core/surfaceDistance.ts';
import { unwarp } from '../core/unwarp.ts';
import type { LaidDetection } from '../detect/laidDetector.ts';
import { distanceScores } from '../detect/residual.ts';
import { meanScore, pointScores } from '../detect/scores.ts';
import type { Session } from './session.ts';

/** A loaded network with reference inputs. */
export interface Network {
  readonly session: Pick<Session, 'predictLaid'> & Partial<Pick<Session, 'histograms'>>;
  readonly modelHash: string;
}

/** What is told of a scan with or without slow differences. */
export interface Told {
  /** The scan it is told of. */
  readonly scan: OrientedCloud;
  /** [N] distance both ways, model units. */
  readonly distance: Float32Array;
  /** [N] what the network says, with a share of the distance; model units. */
  readonly network: Float32Array;
}

export interface Evidence extends Pick<LaidDetection, 'offsets' | 'unseen'> {
  /** Of the scan as it lies on the reference; the distance is what the residual detector says. */
  readonly whole: Told;
  /** Of what is left without slow differences. */
  readonly local: Told;
  /** Mean distance of the scan over that of what is left without slow differences; 1 where it was not asked for. */
  readonly slowness: number;
  /** Of the scan's points. */
  readonly near: Neighbours;
}

/**
 * Poses in which the network sees the scan. Its voxels are coarser than the scan's spacing and lie otherwise
 * in each pose, so the mean resolves more than one of them.
 */
const POSES = 4;
/**
 * Weight of the bare distance in the geometric mean with the network's length: cracks and rims that the
 * network passes over keep some of their score, and what it makes up where nothing differs loses it.
 */
const DISTANCE_SHARE = 0.25;
/** The same where slow differences are taken off, which the network has seen and counted in part. */
const LOCAL_SHARE = 0.75;
/** Neighbours that a score is averaged with. */
const AROUND = 11;
/** Of the poses; the same scan gives the same scores. */
const SEED = 5;
/** Slowness of good scans of rigid parts ends, and from which on only what is local counts. */
const RIGID = 1.7;
const SLOW = 2.7;

/** [3N] mean of what the network predicts in several poses, in the frame of the reference. */
async function predictInPoses(
  { session, modelHash }: Network,
  points: Float32Array,
  values: Float32Array,
): Promise<Float32Array> {
  const mean = new Float32Array(points.length);
  const random = new RandomStream(SEED);
  for (let i = 0; i < POSES; i++) {
    const pose: Pose = { ...IDENTITY, rotation: randomRotation(random.fork(i)) };
    const turned = values.slice();
    rotateFeatures(turned, pose.rotation);
    const features = { channels: REFERENCE_CHANNELS, values: turned };
    const offsets = await session.predictLaid(modelHash, moveRows(points, pose, true), features);
    const back = moveRows(offsets, invertPose(pose), true);
    for (let at = 0; at < mean.length; at++) mean[at]! += back[at]! / POSES;
  }
  return mean;
}

/** Geometric mean of two scores. @param share of the second */
export function blend(first: Float32Array, second: Float32Array, share: number): Float32Array {
  if (share === 0) return first;
  return first.map((v, i) => v ** (1 - share) * second[i]! ** share);
}

/**
 * Distances without slow differences, told in two ways that err in different places: of the scan they were taken
 * off from, and of the distances they were taken off from.
 * @param distances [3N] of the scan as it lies
 * @returns [N] lengths of the first, and the mean of both with missing surface
 */
function leftOver(
  scan: OrientedCloud,
  flat: OrientedCloud,
  distances: Float32Array,
  reference: ScoringReference,
  near: Neighbours,
): { readonly lengths: Float32Array; readonly scores: Float32Array } {
  const { target, scanSpacing, gap } = reference;
  const slow = slowPart(scan.points, distances);
  const quick = pointScores(
    distances.map((v, at) => v - slow[at]!),
    'l2',
  );
  const { offsets } = surfaceDistances(target.fine, target.spacing, flat);
  const lengths = pointScores(smoothOver(flat, offsets, near), 'l2');
  const { missing } = coverage(reference, flat, PROBE_CELL * scanSpacing, gap, near);
  const scores = blend(lengths, quick, 0.5).map((v, i) => Math.max(v, missing[i]!));
  return { lengths, scores };
}

/**
 * @param scan in the frame of the reference, model units
 * @param variation see `variationOf`: 0 asks for no local evidence, which costs time, and gives that of the whole
 */
export async function evidenceOf(
  network: Network,
  scan: OrientedCloud,
  reference: ScoringReference,
  variation: number,
): Promise<Evidence> {
  const { values, offsets: distances, rows, coverage: covered, near } = referenceFeatures(reference, scan);
  const predicted = await predictInPoses(network, scan.points, values);
  const lengths = pointScores(predicted, 'l2');
  const told = (of: OrientedCloud, distance: Float32Array, share: number): Told => ({
    scan: of,
    distance,
    network: meanAround(blend(lengths, distance, share), near, AROUND),
  });
  const distance = distanceScores(reference, distances, rows, covered.missing);
  const whole = told(scan, distance, DISTANCE_SHARE);
  const common = { offsets: smoothOver(scan, predicted, near), unseen: covered.unseen, whole, near };
  if (variation === 0) return { ...common, local: whole, slowness: 1 };
  const flat = unwarp(scan, reference, near);
  const left = leftOver(scan, flat, distances, reference, near);
  const slowness = meanScore(pointScores(distances, 'l2')) / Math.max(meanScore(left.lengths), 1e-9);
  return { ...common, local: told(flat, left.scores, LOCAL_SHARE), slowness };
}

/**
 * How much of what good scans differ by is slow.
 * @param good evidence about each by the others
 * @returns 0 for rigid parts to 1 where only what is local tells a defect
 */
export function variationOf(good: readonly Pick<Evidence, 'slowness'>[]): number {
  const slowness = meanScore(Float32Array.from(good, (scan) => scan.slowness));
  return Math.min(1, Math.max(0, (slowness - RIGID) / (SLOW - RIGID)));
}
