/**
 * The universal detector: a network that has seen many generated parts and their defects, and is told per
 * point how the scan differs from the reference, says which of those differences are defects. Nothing is
 * trained on the part that is inspected.
 */

import type { Neighbours } from '../core/knn.ts';
import { meanAround } from '../core/meanAround.ts';
import type { OrientedCloud } from '../core/orientedCloud.ts';
import { RandomStream } from '../core/random.ts';
import type { Reference } from '../core/reference.ts';
import { REFERENCE_CHANNELS, referenceFeatures, rotateFeatures } from '../core/referenceFeatures.ts';
import { IDENTITY, invertPose, moveRows, type Pose, randomRotation } from '../core/registration/pose.ts';
import { smoothOver } from '../core/smoothOver.ts';
import type { Detector, FittedDetector } from '../detect/detector.ts';
import { type LaidDetection, laidDetector } from '../detect/laidDetector.ts';
import { distanceScores } from '../detect/residual.ts';
import { pointScores } from '../detect/scores.ts';
import type { Session } from './session.ts';

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
/** Neighbours that a score is averaged with. */
const AROUND = 11;
/** Half of what bare distances need: what the network says is hardly noisy. */
const TOP_SHARE = 0.005;
/** Of the poses; the same scan gives the same scores. */
const SEED = 5;

/** [3N] mean of what the network predicts in several poses, in the frame of the reference. */
async function predictInPoses(
  session: Pick<Session, 'predictLaid'>,
  modelHash: string,
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

/** What the network and the bare distance say of a scan that lies on the reference. */
export interface UniversalDetection extends LaidDetection {
  /** [N] what the residual detector says, model units. */
  readonly distance: Float32Array;
  /** Of the scan's points. */
  readonly near: Neighbours;
}

/** @param scan in the frame of the reference, model units */
export async function scoreLaid(
  session: Pick<Session, 'predictLaid'>,
  modelHash: string,
  scan: OrientedCloud,
  reference: Reference,
): Promise<UniversalDetection> {
  const { values, offsets: distances, rows, coverage, near } = referenceFeatures(reference, scan);
  const predicted = await predictInPoses(session, modelHash, scan.points, values);
  const distance = distanceScores(reference, distances, rows, coverage.missing);
  const both = pointScores(predicted, 'l2').map(
    (length, i) => length ** (1 - DISTANCE_SHARE) * distance[i]! ** DISTANCE_SHARE,
  );
  return {
    offsets: smoothOver(scan, predicted, near),
    score: meanAround(both, near, AROUND),
    distance,
    near,
    unseen: coverage.unseen,
  };
}

/** @param modelHash of a loaded model with reference inputs */
export function universalDetector(
  session: Pick<Session, 'predictLaid'>,
  modelHash: string,
): Detector<FittedDetector> {
  return laidDetector(
    'universal',
    'A network trained on generated parts tells defects from what good scans may differ by.',
    TOP_SHARE,
    (scan, reference) => scoreLaid(session, modelHash, scan, reference),
  );
}
