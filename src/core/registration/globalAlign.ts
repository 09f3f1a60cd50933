/**
 * Poses from nowhere: consensus of descriptor matches, principal axes, and, where those fail, rotations
 * all over; each refined coarsely and judged by how well the clouds then lie on each other.
 */

import type { OrientedCloud } from '../orientedCloud.ts';
import type { RandomStream } from '../random.ts';
import type { Matrix3 } from '../rotation.ts';
import type { CoarseCloud } from './alignTarget.ts';
import { indexed } from './alignTarget.ts';
import { consensusPoses, samePose } from './consensus.ts';
import { matchDescriptors } from './correspondences.ts';
import { symmetricEigen } from './eigen.ts';
import { forwardCost, poseCost, spreadSample } from './fit.ts';
import { type IndexedCloud, icpPointToPlane } from './icp.ts';
import { aboutAxis, type Pose, randomRotation, thenMove, turnVector } from './pose.ts';

export interface Hypothesis {
  readonly pose: Pose;
  /** See `poseCost`; lower is better. */
  readonly cost: number;
}

/** Descriptor pairs that enter the consensus, whose work grows with their square. */
const PAIRS = 600;
const CONSENSUS_POSES = 8;
/** Source points of a coarse refinement, and of the comparison after it. */
const COARSE_SAMPLE = 250;
const COARSE_ITERATIONS = 14;
/** Rotations of the fallback. */
const RESTARTS = 60;
/** Symmetric poses that are looked at closely. */
const RIVALS = 8;
/** A pose that costs so much more than the one it was turned from is no symmetry of the part. */
const NO_SYMMETRY = 0.25;
/** Parts are symmetric by turns of 1/2, 1/3, 1/4, 1/5, 1/6, 1/8 and multiples of them. */
const TURNS = [
  1 / 2,
  1 / 3,
  2 / 3,
  1 / 4,
  3 / 4,
  1 / 5,
  2 / 5,
  3 / 5,
  4 / 5,
  1 / 6,
  5 / 6,
  1 / 8,
  3 / 8,
  5 / 8,
  7 / 8,
];

/** Mean and principal axes (rows, right-handed, ascending variance). */
function principalFrame({ points }: OrientedCloud): { centre: [number, number, number]; axes: Matrix3 } {
  const n = points.length / 3;
  const centre: [number, number, number] = [0, 0, 0];
  for (let i = 0; i < points.length; i++) centre[(i % 3) as 0 | 1 | 2] += points[i]! / n;
  const covariance = new Float64Array(9);
  for (let i = 0; i < points.length; i += 3)
    for (let r = 0; r < 3; r++)
      for (let c = 0; c < 3; c++)
        covariance[3 * r + c]! += (points[i + r]! - centre[r]!) * (points[i + c]! - centre[c]!);
  const [a, b, c, d, e, f] = symmetricEigen(covariance, 3).vectors as unknown as number[];
  const axes = [a!, b!, c!, d!, e!, f!, b! * f! - c! * e!, c! * d! - a! * f!, a! * e! - b! * d!] as const;
  return { centre, axes };
}

/** The pose that turns by `rotation` and brings one place onto another. */
function placing(
  rotation: Matrix3,
  from: readonly [number, number, number],
  to: readonly [number, number, number],
): Pose {
  const [x, y, z] = turnVector(rotation, from);
  return { rotation, translation: [to[0] - x, to[1] - y, to[2] - z] };
}

/** The four rotations that bring principal axes onto principal axes. */
function principalPoses(source: OrientedCloud, target: OrientedCloud): Pose[] {
  const s = principalFrame(source);
  const t = principalFrame(target);
  const signs = [
    [1, 1, 1],
    [1, -1, -1],
    [-1, 1, -1],
    [-1, -1, 1],
  ] as const;
  return signs.map((sign) => {
    const cell = (r: number, c: number) =>
      [0, 1, 2].reduce((sum, k) => sum + sign[k]! * t.axes[3 * k + r]! * s.axes[3 * k + c]!, 0);
    const rotation: Matrix3 = [
      cell(0, 0),
      cell(0, 1),
      cell(0, 2),
      cell(1, 0),
      cell(1, 1),
      cell(1, 2),
      cell(2, 0),
      cell(2, 1),
      cell(2, 2),
    ];
    return placing(rotation, s.centre, t.centre);
  });
}

/**
 * A pose turned about the target's principal axes by the angles by which parts tend to be symmetric; those
 * few that fit best already, before any refinement.
 */
export function symmetricPoses(
  pose: Pose,
  source: OrientedCloud,
  target: IndexedCloud,
  cell: number,
): Pose[] {
  const sample = spreadSample(source, COARSE_SAMPLE);
  const { centre, axes } = principalFrame(target);
  const turned = [0, 3, 6].flatMap((row) =>
    TURNS.map((turn) => {
      const rotation = aboutAxis([axes[row]!, axes[row + 1]!, axes[row + 2]!], 2 * Math.PI * turn);
      return thenMove(pose, placing(rotation, centre, centre));
    }),
  );
  const costOf = (turn: Pose) => forwardCost(sample, target, turn, { tolerance: 2 * cell, reach: 4 * cell });
  const most = costOf(pose) + NO_SYMMETRY;
  return turned
    .map((turn) => ({ turn, cost: costOf(turn) }))
    .filter(({ cost }) => cost <= most)
    .sort((a, b) => a.cost - b.cost)
    .slice(0, RIVALS)
    .map(({ turn }) => turn);
}

/** Random rotations about the centres of both. */
function restartPoses(source: OrientedCloud, target: OrientedCloud, stream: RandomStream): Pose[] {
  const from = principalFrame(source).centre;
  const to = principalFrame(target).centre;
  return Array.from({ length: RESTARTS }, () => placing(randomRotation(stream), from, to));
}

/** Refines starts coarsely and drops those that end up in the same place. @returns the best first */
export function refineCoarsely(
  starts: readonly Pose[],
  source: OrientedCloud,
  target: IndexedCloud,
  cell: number,
  most: number,
): Hypothesis[] {
  const sample = indexed(spreadSample(source, COARSE_SAMPLE));
  const targetSample = indexed(spreadSample(target, 2 * COARSE_SAMPLE));
  const ends = starts.map((start): Hypothesis => {
    const pose = icpPointToPlane(sample, target, start, {
      iterations: COARSE_ITERATIONS,
      reach: [5 * cell, 1.5 * cell],
      floor: 0.1 * cell,
    });
    // Thinned clouds are a cell apart: the reach of the comparison must span their gaps.
    return { pose, cost: poseCost(sample, targetSample, pose, { tolerance: cell, reach: 4 * cell }) };
  });
  const kept: Hypothesis[] = [];
  for (const end of ends.sort((a, b) => a.cost - b.cost)) {
    if (kept.length === most) break;
    if (kept.every(({ pose }) => !samePose(pose, end.pose, cell))) kept.push(end);
  }
  return kept;
}

export interface GlobalAlignOptions {
  /** Edge of the cells both were thinned with. */
  readonly cell: number;
  /** Hypotheses kept. */
  readonly most: number;
  /** Also tries rotations all over, drawn from this stream. */
  readonly restarts?: RandomStream;
}

/**
 * @param source @param target thinned with the same cell, the source centred
 * @returns poses from source to target, best first, all different; symmetric parts have several good ones
 */
export function globalAlign(
  source: CoarseCloud,
  target: CoarseCloud,
  { cell, most, restarts }: GlobalAlignOptions,
): Hypothesis[] {
  const pairs = matchDescriptors(source.features, target.features, target.width, PAIRS);
  const starts = [
    ...consensusPoses(source, target, pairs, { tolerance: 1.5 * cell, most: CONSENSUS_POSES }),
    ...principalPoses(source, target),
    ...(restarts === undefined ? [] : restartPoses(source, target, restarts)),
  ];
  return refineCoarsely(starts, source, target, cell, most);
}
