/**
 * The registration residual: a scan is laid on the reference, and what does not lie on it scores. Both ways:
 * points off the reference surface, and reference surface without points, told at its rim. Distances count
 * in units of what good scans differ by at that place.
 */

import { coverage, spacingNeighbours } from '../core/coverage.ts';
import type { OrientedCloud } from '../core/orientedCloud.ts';
import { pickRows } from '../core/pickRows.ts';
import {
  type AlignedGood,
  alignGood,
  type GoodCloud,
  mergeReference,
  orientedScan,
  PROBE_CELL,
  type Reference,
  settle,
} from '../core/reference.ts';
import { invertPose, moveCloud, moveRows } from '../core/registration/pose.ts';
import { register } from '../core/registration/register.ts';
import { smoothOver } from '../core/smoothOver.ts';
import { surfaceDistances } from '../core/surfaceDistance.ts';
import type { Calibration, PointCloud } from '../core/types.ts';
import type { Detection, Detector, FittedDetector } from './detector.ts';
import { objectScore } from './scores.ts';
import { calibrate } from './thresholds.ts';

/** The highest hundredth of a scan's points make its score: a defect is small. */
const TOP_SHARE = 0.01;
/** Good scans that thresholds are taken from; each costs a reference of the others. */
const MOST_LEFT_OUT = 4;
/** A good part may score a little more than the few that were seen. */
const MARGIN = 1.1;

function median(values: Float32Array): number {
  return values.slice().sort()[values.length >> 1]!;
}

/** Scores of a scan that lies on the reference. */
function scoreAligned(
  scan: OrientedCloud,
  reference: Reference,
): Pick<Detection, 'offsets' | 'score' | 'unseen'> {
  const { target, spread, scanSpacing } = reference;
  const { offsets, rows } = surfaceDistances(target.fine, target.spacing, scan);
  const near = spacingNeighbours(scan.points);
  const smooth = smoothOver(scan, offsets, near);
  const { missing, unseen } = coverage(reference, scan, PROBE_CELL * scanSpacing, reference.gap, near);
  const usual = median(spread);
  const score = Float32Array.from(rows, (row, i) => {
    const length = Math.hypot(smooth[3 * i]!, smooth[3 * i + 1]!, smooth[3 * i + 2]!);
    // Never more than where good scans agree best: a lucky spread near zero must not glow.
    const weighted = length * Math.min(1, usual / spread[row]!);
    return Math.max(weighted, missing[i]!);
  });
  return { offsets: smooth, score, unseen };
}

function summarise(scores: Float32Array): number {
  return objectScore(scores, { kind: 'top-mean', share: TOP_SHARE });
}

function score(scan: Pick<PointCloud, 'name' | 'positions'>, { reference }: FittedDetector): Detection {
  const { radius } = reference.frame;
  const { cloud } = orientedScan(scan, radius);
  const { pose, quality } = register(cloud, reference.target, { scale: radius });
  const { offsets, score: scores, unseen } = scoreAligned(moveCloud(cloud, pose), reference);
  return {
    // Back into the orientation of the scan, where arrows are drawn and points restored.
    offsets: moveRows(offsets, invertPose(pose), true),
    score: scores,
    objectScore: summarise(scores),
    registration: quality,
    unseen,
  };
}

/** Every other point of a cloud. */
function half({ points, normals }: OrientedCloud, odd: 0 | 1): OrientedCloud {
  const rows = Uint32Array.from(
    { length: Math.floor((points.length / 3 + 1 - odd) / 2) },
    (_, i) => 2 * i + odd,
  );
  return { points: pickRows(points, rows), normals: pickRows(normals, rows) };
}

/**
 * What good scans score that are not in the reference. From three on, each against the others; with fewer
 * that would leave a much poorer reference, and half of the scan's points stay in it while the others score.
 */
function leaveOneOut(aligned: AlignedGood): Calibration {
  const { clouds, spacing } = aligned;
  const few = clouds.length < 3;
  const scored = clouds.slice(0, MOST_LEFT_OUT).map((cloud) => {
    const rest = clouds.filter((other) => other !== cloud);
    const others = mergeReference({ ...aligned, clouds: few ? [...rest, half(cloud, 0)] : rest });
    const left = few ? half(cloud, 1) : cloud;
    const { score: scores } = scoreAligned(settle(left, others.target, spacing), others);
    return { scores, objectScore: summarise(scores) };
  });
  const { pointThreshold, objectThreshold } = calibrate(scored, 'p99.9');
  const scans = clouds.length === 1 ? 'the only good scan' : `${scored.length} good scans`;
  const how = few ? `half the points of ${scans}, against the rest` : `${scans}, each against the others`;
  return {
    pointThreshold,
    objectThreshold: MARGIN * objectThreshold,
    how: `99.9th percentile of the point scores, and highest object score and a tenth more, of ${how}`,
  };
}

function fit(good: readonly GoodCloud[]): FittedDetector {
  const aligned = alignGood(good);
  return { reference: mergeReference(aligned), calibration: leaveOneOut(aligned) };
}

export const residual: Detector<FittedDetector> = {
  name: 'residual',
  summary: 'Distance between the scan and the good scans it is laid on: the best choice for rigid parts.',
  fit,
  score,
};
