/**
 * What detectors share that lay a scan on a reference and score it there: the merged reference, thresholds
 * from good scans left out of it one by one, registration, and the way back into the scan's orientation.
 */

import type { JudgeRule } from '../core/objectRule.ts';
import type { OrientedCloud } from '../core/orientedCloud.ts';
import {
  type AlignedGood,
  alignSteps,
  mergeOthers,
  mergeReference,
  orientedScan,
  type ScoringReference,
  type Steps,
  settle,
} from '../core/reference.ts';
import type { PointPairs } from '../core/registration/pointPairs.ts';
import {
  bestPose,
  invertPose,
  moveCloud,
  moveRows,
  type Pose,
  unframePose,
} from '../core/registration/pose.ts';
import { register } from '../core/registration/register.ts';
import type { ModelFrame } from '../core/types.ts';
import type { Detection, Detector, FittedDetector } from './detector.ts';
import { leaveOneOut, MOST_LEFT_OUT, thresholdsOf } from './leaveOneOut.ts';
import { objectScore } from './scores.ts';

/** What is said of a scan that lies on the reference; offsets in the reference's frame. */
export type LaidDetection = Pick<Detection, 'offsets' | 'score' | 'unseen'>;
export type LaidScorer = (
  scan: OrientedCloud,
  reference: ScoringReference,
) => LaidDetection | Promise<LaidDetection>;

/** Lets others in. @param next what comes next */
export type Pause = (next: string) => Promise<void>;

/** How a detector learns from good scans that lie on each other, and scores a scan that lies on them. */
export interface LaidMethod {
  readonly name: string;
  /** One sentence for whoever chooses between detectors. */
  readonly summary: string;
  readonly objectRule: JudgeRule;
  /** @param between called between two pieces of work */
  learn(aligned: AlignedGood, between: Pause): Promise<Omit<FittedDetector, 'detector'>>;
  score(laid: OrientedCloud, fitted: FittedDetector): Promise<LaidDetection & Pick<Detection, 'objectScore'>>;
}

/** The reference without a scan, and the scan refined on it. */
export function leftOut(
  aligned: AlignedGood,
  left: OrientedCloud,
  others: readonly OrientedCloud[],
): { readonly scan: OrientedCloud; readonly reference: ScoringReference } {
  const reference = mergeOthers(aligned, others);
  return { scan: settle(left, reference.target, aligned.spacing), reference };
}

async function runSteps<T>(steps: Steps<T>, between: Pause): Promise<T> {
  for (;;) {
    const { done, value } = steps.next();
    if (done === true) return value;
    await between(value);
  }
}

/** The pose between the model units of both that brings the pairs together. */
function startOf({ scan, good }: PointPairs, own: ModelFrame, frame: ModelFrame): Pose {
  const inUnits = (points: Float64Array, { centre, radius }: ModelFrame) =>
    points.map((v, i) => (v - centre[i % 3]!) / radius);
  return bestPose(inUnits(scan, own), inUnits(good, frame), new Float64Array(scan.length / 3).fill(1));
}

/** A detector made of its method. */
export function detectorOf(method: LaidMethod): Detector<FittedDetector> {
  const { name, summary, objectRule, learn, score } = method;
  return {
    name,
    summary,
    objectRule,
    fit: async (good, between) => {
      const pieces = good.length + Math.min(MOST_LEFT_OUT, good.length) + 1;
      let done = 0;
      const pause: Pause = async (next) => between?.(next, done++ / pieces);
      return { detector: name, ...(await learn(await runSteps(alignSteps(good), pause), pause)) };
    },
    score: async (scan, fitted, pairs) => {
      const { frame, target } = fitted.reference;
      const { cloud, frame: own } = orientedScan(scan, frame.radius);
      const start = pairs && { start: startOf(pairs, own, frame) };
      const { pose, quality } = register(cloud, target, { scale: frame.radius, ...start });
      const found = await score(moveCloud(cloud, pose), fitted);
      // Back into the orientation of the scan, where arrows are drawn and points restored.
      const offsets = moveRows(found.offsets, invertPose(pose), true);
      return { ...found, offsets, registration: quality, pose: unframePose(pose, own, frame) };
    },
  };
}

/**
 * A detector that needs nothing but the reference.
 * @param scoreLaid pure: the same scan and reference give the same scores
 * @param share of a scan's points, the highest, whose mean is its score: a defect is small
 */
export function laidDetector(
  name: string,
  summary: string,
  share: number,
  scoreLaid: LaidScorer,
): Detector<FittedDetector> {
  const objectRule = { kind: 'top-mean', share } as const;
  const score = async (scan: OrientedCloud, reference: ScoringReference) => {
    const found = await scoreLaid(scan, reference);
    return { ...found, objectScore: objectScore(found.score, objectRule) };
  };
  return detectorOf({
    name,
    summary,
    objectRule,
    learn: async (aligned, between) => {
      const judge = async (left: OrientedCloud, others: readonly OrientedCloud[]) => {
        const { scan, reference } = leftOut(aligned, left, others);
        const found = await score(scan, reference);
        return { scores: found.score, objectScore: found.objectScore };
      };
      const scored = await leaveOneOut(aligned.clouds, judge, between);
      return { reference: mergeReference(aligned), calibration: thresholdsOf(scored) };
    },
    score: (laid, { reference }) => score(laid, reference),
  });
}
