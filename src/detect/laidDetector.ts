/**
 * What detectors share that lay a scan on a reference and score it there: the merged reference, thresholds
 * from good scans left out of it one by one, registration, and the way back into the scan's orientation.
 */

import type { ObjectFigures } from '../core/objectRule.ts';
import type { OrientedCloud } from '../core/orientedCloud.ts';
import { pickRows } from '../core/pickRows.ts';
import { randomU32 } from '../core/random.ts';
import {
  type AlignedGood,
  alignGood,
  mergeReference,
  orientedScan,
  type Reference,
  settle,
} from '../core/reference.ts';
import { invertPose, moveCloud, moveRows, unframePose } from '../core/registration/pose.ts';
import { register } from '../core/registration/register.ts';
import type { Calibration } from '../core/types.ts';
import type { Detection, Detector, FittedDetector } from './detector.ts';
import { objectScore } from './scores.ts';
import { calibrate, type GoodScan } from './thresholds.ts';

/** What is said of a scan that lies on the reference; offsets in the reference's frame. */
export type LaidDetection = Pick<Detection, 'offsets' | 'score' | 'unseen'>;
export type LaidScorer = (
  scan: OrientedCloud,
  reference: Reference,
) => LaidDetection | Promise<LaidDetection>;

/** Names the draw of the halves. */
const HALVES = 11;
/** Good scans that thresholds are taken from; each costs a reference of the others. */
const MOST_LEFT_OUT = 4;
/** A good part may score a little more than the few that were seen. */
const MARGIN = 1.1;

/** One number of a scan's scores. */
type Summarise = (scores: Float32Array) => number;

/**
 * About half the points of a cloud, drawn by their rows: files may alternate between faces, lines or scanners,
 * so that every other point would be another part.
 */
function half({ points, normals }: OrientedCloud, odd: 0 | 1): OrientedCloud {
  const rows = Uint32Array.from({ length: points.length / 3 }, (_, i) => i).filter(
    (i) => (randomU32(HALVES, i) & 1) === odd,
  );
  return { points: pickRows(points, rows), normals: pickRows(normals, rows) };
}

function withMargin({ mean, top, p99, max }: ObjectFigures): ObjectFigures {
  return { mean: MARGIN * mean, top: MARGIN * top, p99: MARGIN * p99, max: MARGIN * max };
}

/**
 * What good scans score that are not in the reference. From three on, each against the others; with fewer
 * that would leave a much poorer reference, and half of the scan's points stay in it while the others score.
 */
async function leaveOneOut(
  aligned: AlignedGood,
  scoreLaid: LaidScorer,
  summarise: Summarise,
): Promise<Calibration> {
  const { clouds, spacing } = aligned;
  const few = clouds.length < 3;
  const scored: GoodScan[] = [];
  for (const cloud of clouds.slice(0, MOST_LEFT_OUT)) {
    const rest = clouds.filter((other) => other !== cloud);
    const others = mergeReference({ ...aligned, clouds: few ? [...rest, half(cloud, 0)] : rest });
    const left = few ? half(cloud, 1) : cloud;
    const { score: scores } = await scoreLaid(settle(left, others.target, spacing), others);
    scored.push({ scores, objectScore: summarise(scores) });
  }
  const { pointThreshold, objectThreshold, objectThresholds } = calibrate(scored, 'p99.9');
  const scans = clouds.length === 1 ? 'the only good scan' : `${scored.length} good scans`;
  const how = few ? `half the points of ${scans}, against the rest` : `${scans}, each against the others`;
  return {
    pointThreshold,
    objectThreshold: MARGIN * objectThreshold,
    objectThresholds: withMargin(objectThresholds),
    how: `99.9th percentile of the point scores, and highest object score and a tenth more, of ${how}`,
  };
}

/**
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
  const summarise: Summarise = (scores) => objectScore(scores, objectRule);
  return {
    name,
    summary,
    objectRule,
    fit: async (good) => {
      const aligned = alignGood(good);
      const calibration = await leaveOneOut(aligned, scoreLaid, summarise);
      return { detector: name, reference: mergeReference(aligned), calibration };
    },
    score: async (scan, { reference }) => {
      const { radius } = reference.frame;
      const { cloud, frame } = orientedScan(scan, radius);
      const { pose, quality } = register(cloud, reference.target, { scale: radius });
      const { offsets, score, unseen } = await scoreLaid(moveCloud(cloud, pose), reference);
      return {
        // Back into the orientation of the scan, where arrows are drawn and points restored.
        offsets: moveRows(offsets, invertPose(pose), true),
        score,
        objectScore: summarise(score),
        registration: quality,
        pose: unframePose(pose, frame, reference.frame),
        unseen,
      };
    },
  };
}
