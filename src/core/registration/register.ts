/**
 * Lays a scan on a reference: global search, refinement, judgement. The best residual among several
 * hypotheses wins; the outcome is told in figures and words instead of being taken for granted.
 */

import { nearestPoints } from '../kdSearch.ts';
import { mirrored as inMirror, type OrientedCloud } from '../orientedCloud.ts';
import { RandomStream } from '../random.ts';
import { type AlignTarget, checkAlignable, coarsen, extent, indexed, JUDGE_SAMPLE } from './alignTarget.ts';
import { samePose } from './consensus.ts';
import { planeDistances, poseCost, spreadSample } from './fit.ts';
import { freeDirections } from './freedom.ts';
import { globalAlign, type Hypothesis, refineCoarsely, symmetricPoses } from './globalAlign.ts';
import { type IndexedCloud, icpPointToPlane } from './icp.ts';
import { applyPose, moveRows, type Pose } from './pose.ts';
import { describe, type RegistrationQuality } from './quality.ts';

export interface RegisterOptions {
  /** Restarts are drawn from it; the same seed gives the same pose. */
  readonly seed?: number;
  /** What a length of 1 in the clouds is in the user's unit; only for the words. */
  readonly scale?: number;
  /** Name of the user's unit for the words. */
  readonly unit?: string;
  /** Where to start instead of searching, from the scan to the reference. */
  readonly start?: Pose;
}

export interface Registration {
  /** From the scan to the reference, the unit of the clouds (of the scan times `unitFactor`). */
  readonly pose: Pose;
  readonly quality: RegistrationQuality;
}

/** Points within this part of the radius of the reference's surface lie on it. */
const ON_SURFACE = 0.025;
/** Below this overlap more is tried: other starts, the mirror. */
const DOUBTFUL = 0.9;
/** From this overlap on a scan in another unit, or in the mirror, is recognised as such. */
const CLEAR = 0.8;
/** A mirrored scan must fit better by this much. */
const MIRROR_GAIN = 0.05;
/** Factors between units: mm and m, mm and inch, mm and cm, m and inch. */
const UNIT_FACTORS = [1000, 25.4, 10, 39.37007874];
/** Extents of a scan and its reference at the right unit, partial scans included. */
const SIZE_RANGE = [0.3, 2.5] as const;
const FINE_SAMPLE = 1500;
/** Points of the first iterations, when where a scan lies is known to a cell only. */
const ROUGH_SAMPLE = 500;
const KEPT = 5;
/** A hypothesis that costs so much more than the best of the coarse search is not looked at any more. */
const HOPELESS = 0.25;

/** A pose and how well it fits, see `poseCost`. */
type Rough = Pick<Hypothesis, 'pose' | 'cost'>;

/** A pose with the figures it is judged by. */
interface Outcome extends Rough {
  readonly overlap: number;
}

/** Everything about the scan that the stages share; centred, so that rotation and shift do not mix. */
interface Source {
  readonly cloud: OrientedCloud;
  /** For the fine refinement, and for the steps before it. */
  readonly sample: OrientedCloud;
  readonly few: OrientedCloud;
  /** For the judgement. */
  readonly judge: IndexedCloud;
}

function toSource(cloud: OrientedCloud): Source {
  const sample = spreadSample(cloud, FINE_SAMPLE);
  return {
    cloud,
    sample,
    few: spreadSample(sample, ROUGH_SAMPLE),
    judge: indexed(spreadSample(cloud, JUDGE_SAMPLE)),
  };
}

/** Refines hypotheses and judges them. @returns the best; null for none */
function bestOf(poses: readonly Pose[], source: Source, target: AlignTarget): Rough | null {
  const { cell, fine, judge, radius, spacing } = target;
  // Gaps between the samples: spacing grows with the square root of the thinning.
  const thinning = Math.sqrt(Math.max(1, fine.points.length / judge.points.length));
  const reach = Math.max(2 * cell, 4 * spacing * thinning);
  let best: Rough | null = null;
  for (const start of poses) {
    const pose = icpPointToPlane(source.few, fine, start, {
      iterations: 12,
      reach: [2.5 * cell, cell],
      floor: 0.002 * radius,
    });
    const cost = poseCost(source.judge, judge, pose, { tolerance: ON_SURFACE * radius, reach });
    if (best === null || cost < best.cost) best = { pose, cost };
  }
  return best;
}

/** The last refinement, with more points. */
function polish({ pose: start, cost }: Rough, source: Source, target: AlignTarget): Outcome {
  const { cell, fine, radius, spacing } = target;
  const pose = icpPointToPlane(source.sample, fine, start, {
    iterations: 60,
    reach: [cell, Math.max(0.5 * cell, 2 * spacing)],
    floor: 0.001 * radius,
  });
  return { pose, cost, overlap: overlapOf(source.sample, target, pose) };
}

/** Distances of those points that lie on the reference, Infinity for all others. */
function distancesOn(
  source: OrientedCloud,
  { fine, radius, spacing }: AlignTarget,
  pose: Pose,
): Float64Array {
  const limit = ON_SURFACE * radius;
  const distances = planeDistances(source, fine, pose, Math.max(limit, 3 * spacing), true);
  return distances.map((d) => (d < limit ? d : Infinity));
}

function overlapOf(source: OrientedCloud, target: AlignTarget, pose: Pose): number {
  const distances = distancesOn(source, target, pose);
  return distances.filter(Number.isFinite).length / distances.length;
}

/** Global search, refinement, and the poses that a symmetric part could be confused with. */
function align(source: Source, target: AlignTarget, restarts?: RandomStream): Outcome {
  const { coarse, cell } = target;
  const thinned = coarsen(source.cloud, cell);
  const hypotheses = globalAlign(thinned, coarse, { cell, most: KEPT, ...(restarts && { restarts }) });
  const hopeful = hypotheses.filter(({ cost }) => cost <= hypotheses[0]!.cost + HOPELESS);
  const first = bestOf(posesOf(hopeful), source, target)!;
  const turned = refineCoarsely(
    symmetricPoses(first.pose, thinned, coarse, cell),
    thinned,
    coarse,
    cell,
    KEPT,
  );
  const others = posesOf(turned).filter((pose) => !samePose(pose, first.pose, cell));
  const rival = bestOf(others, source, target);
  return polish(rival !== null && rival.cost < first.cost ? rival : first, source, target);
}

function posesOf(hypotheses: readonly Hypothesis[]): Pose[] {
  return hypotheses.map(({ pose }) => pose);
}

function turnedInsideOut({ points, normals }: OrientedCloud): OrientedCloud {
  return { points, normals: normals.map((v) => -v) };
}

/** The same from further starts, as long as the fit is doubtful. */
function alignStubbornly(
  scan: OrientedCloud,
  target: AlignTarget,
  stream: RandomStream,
): { outcome: Outcome; source: Source } {
  const source = toSource(scan);
  let best = { outcome: align(source, target), source };
  // Normals of an open sheet may have been oriented the other way round.
  for (const attempt of [
    () => ({ source: toSource(turnedInsideOut(scan)), restarts: undefined }),
    () => ({ source, restarts: stream }),
  ]) {
    if (best.outcome.overlap >= DOUBTFUL) break;
    const { source: other, restarts } = attempt();
    const outcome = align(other, target, restarts);
    if (outcome.cost < best.outcome.cost) best = { outcome, source: other };
  }
  return best;
}

/** @returns factors by which the scan's extent comes into the range of the reference's */
function plausibleFactors(ratio: number): number[] {
  return UNIT_FACTORS.flatMap((f) => [f, 1 / f]).filter(
    (f) => ratio * f >= SIZE_RANGE[0] && ratio * f <= SIZE_RANGE[1],
  );
}

/** The scan about its centre, times a factor. */
function centred(
  { points, normals }: OrientedCloud,
  centre: readonly number[],
  factor: number,
): OrientedCloud {
  return { points: points.map((v, i) => (v - centre[i % 3]!) * factor), normals };
}

/**
 * @param scan any pose, the unit of the reference; oriented normals
 * @returns the best pose found and how good it is. `quality.unitFactor` other than 1: the scan fits only when
 *   multiplied by it (a scan in metres against a reference in mm); the pose is then that of the scaled scan,
 *   to be asked about before it is used; in the same way that of the scan seen in the mirror x -> -x when
 *   `quality.mirrored`
 * @throws InvalidInputError for fewer than 128 points
 */
export function register(
  scan: OrientedCloud,
  reference: AlignTarget,
  options: RegisterOptions = {},
): Registration {
  checkAlignable(scan, 'scan');
  const stream = new RandomStream(options.seed ?? 0);
  const { centre, radius } = extent(scan.points);
  const { start } = options;
  if (start !== undefined) {
    const moved = { rotation: start.rotation, translation: applyPose(start, centre) };
    const end = alignFrom(centred(scan, centre, 1), moved, reference);
    return uncentred({ factor: 1, mirrored: false, ...end }, centre, reference, options);
  }
  const ratio = radius / reference.radius;
  let best = { factor: 1, mirrored: false, ...alignStubbornly(centred(scan, centre, 1), reference, stream) };
  if (best.outcome.overlap < CLEAR || ratio < SIZE_RANGE[0])
    for (const factor of plausibleFactors(ratio)) {
      const attempt = alignStubbornly(centred(scan, centre, factor), reference, stream);
      // A tiny scan lies on anything, so that its own fit at the wrong unit is no argument.
      const rival = ratio < SIZE_RANGE[0] && best.factor === 1 ? Infinity : best.outcome.cost;
      if (attempt.outcome.overlap >= CLEAR && attempt.outcome.cost < rival)
        best = { factor, mirrored: false, ...attempt };
    }
  if (best.outcome.overlap < DOUBTFUL) {
    const source = toSource(inMirror(centred(scan, centre, best.factor)));
    const outcome = align(source, reference);
    if (
      outcome.overlap >= Math.max(CLEAR, best.outcome.overlap + MIRROR_GAIN) &&
      outcome.cost < best.outcome.cost
    )
      best = { ...best, mirrored: true };
  }
  return uncentred(best, centre, reference, options);
}

/** What came to rest where. */
interface Rest {
  readonly outcome: Outcome;
  readonly source: Source;
  readonly factor: number;
  readonly mirrored: boolean;
}

function uncentred(
  rest: Rest,
  centre: readonly [number, number, number],
  reference: AlignTarget,
  options: RegisterOptions,
): Registration {
  const { pose: found } = rest.outcome;
  const sign = rest.mirrored ? 1 : -1;
  const [cx, cy, cz] = centre.map((v) => v * rest.factor) as [number, number, number];
  const pose = { rotation: found.rotation, translation: applyPose(found, [sign * cx, -cy, -cz]) };
  return { pose, quality: judge(rest, reference, options) };
}

/** Refines a pose that somebody gave; normals may be the other way round. */
function alignFrom(
  scan: OrientedCloud,
  start: Pose,
  target: AlignTarget,
): { outcome: Outcome; source: Source } {
  const ends = [scan, turnedInsideOut(scan)].map((cloud) => {
    const source = toSource(cloud);
    return { outcome: polish(bestOf([start], source, target)!, source, target), source };
  });
  return ends[1]!.outcome.cost < ends[0]!.outcome.cost ? ends[1]! : ends[0]!;
}

function judge(
  { outcome, source, factor, mirrored }: Rest,
  reference: AlignTarget,
  { scale = 1, unit = '' }: RegisterOptions,
): RegistrationQuality {
  const { fine, spacing } = reference;
  const distances = distancesOn(source.sample, reference, outcome.pose);
  const near = distances.filter(Number.isFinite).sort();
  const medianResidual = near.length === 0 ? Infinity : near[near.length >> 1]!;
  // Within three deviations of what the median of a normal distribution says.
  const limit = 3 * 1.4826 * medianResidual;
  const inlierRatio = distances.filter((d) => d <= limit).length / distances.length;
  const { rows } = nearestPoints(fine.tree, moveRows(source.sample.points, outcome.pose));
  const covered = new Set(rows.filter((_, i) => Number.isFinite(distances[i])));
  const free = freeDirections(fine, Uint32Array.from(covered), spacing);
  const figures = {
    overlap: outcome.overlap,
    medianResidual,
    inlierRatio,
    free,
    unitFactor: factor,
    mirrored,
  };
  return describe(figures, scale, unit);
}
