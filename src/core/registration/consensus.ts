/**
 * Poses on which many correspondences agree, in spite of a majority of wrong ones: second-order spatial
 * compatibility (SC2-PCR, Chen et al. 2022). Two pairs are compatible when the two points lie as far apart,
 * and their normals at the same angle, in both clouds; two pairs are trusted by the number of third pairs
 * that are compatible with both. Needs no random numbers, and keeps several poses: a symmetric part has
 * several that are right.
 */

import type { OrientedCloud } from '../orientedCloud.ts';
import type { Correspondences } from './correspondences.ts';
import { angleBetween, bestPose, type Pose } from './pose.ts';

export interface ConsensusOptions {
  /** Lengths may differ by this much, the unit of the points. */
  readonly tolerance: number;
  /** Poses kept at most. */
  readonly most: number;
}

/** Cosines of the angle between two normals may differ by this much. */
const NORMAL_TOLERANCE = 0.35;
/** Pairs nearer to each other than this many tolerances say little about the rotation. */
const LEAST_DISTANCE = 2;
/** Pairs a seed's first pose is made from. */
const SUPPORT = 20;
const SEEDS = 48;
/** Poses nearer to each other are one. */
const SAME_ANGLE = 0.2;

/** [N, ceil(N / 32)] bit j of row i: pairs i and j are compatible. */
function compatibility(
  source: OrientedCloud,
  target: OrientedCloud,
  pairs: Correspondences,
  tolerance: number,
): Uint32Array {
  const n = pairs.source.length;
  const words = (n + 31) >> 5;
  const bits = new Uint32Array(n * words);
  const between = ({ points, normals }: OrientedCloud, a: number, b: number) => {
    const x = points[3 * a]! - points[3 * b]!;
    const y = points[3 * a + 1]! - points[3 * b + 1]!;
    const z = points[3 * a + 2]! - points[3 * b + 2]!;
    const cosine =
      normals[3 * a]! * normals[3 * b]! +
      normals[3 * a + 1]! * normals[3 * b + 1]! +
      normals[3 * a + 2]! * normals[3 * b + 2]!;
    return { length: Math.sqrt(x * x + y * y + z * z), cosine };
  };
  for (let i = 0; i < n; i++)
    for (let j = i + 1; j < n; j++) {
      const s = between(source, pairs.source[i]!, pairs.source[j]!);
      if (s.length < LEAST_DISTANCE * tolerance) continue;
      const t = between(target, pairs.target[i]!, pairs.target[j]!);
      if (Math.abs(s.length - t.length) > tolerance) continue;
      if (Math.abs(s.cosine - t.cosine) > NORMAL_TOLERANCE) continue;
      bits[i * words + (j >> 5)]! |= 1 << (j & 31);
      bits[j * words + (i >> 5)]! |= 1 << (i & 31);
    }
  return bits;
}

function popcount(v: number): number {
  v -= (v >>> 1) & 0x55555555;
  v = (v & 0x33333333) + ((v >>> 2) & 0x33333333);
  return Math.imul((v + (v >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}

/** Row i of the second-order matrix: for each compatible pair j, the pairs compatible with both. */
function secondOrder(bits: Uint32Array, n: number, i: number, row: Float64Array): number {
  const words = (n + 31) >> 5;
  let total = 0;
  for (let j = 0; j < n; j++) {
    row[j] = 0;
    if (((bits[i * words + (j >> 5)]! >>> (j & 31)) & 1) === 0) continue;
    let common = 0;
    for (let w = 0; w < words; w++) common += popcount(bits[i * words + w]! & bits[j * words + w]!);
    row[j] = common;
    total += common;
  }
  return total;
}

/** Paired points side by side, [3N] each. */
interface PairedPoints {
  readonly from: Float64Array;
  readonly to: Float64Array;
}

/** Marks the pairs that a pose brings within the tolerance. @returns how many */
function inliers(
  { from, to }: PairedPoints,
  { rotation: r, translation: t }: Pose,
  tolerance: number,
  weights: Float64Array,
): number {
  let count = 0;
  for (let i = 0; i < weights.length; i++) {
    const x = from[3 * i]!;
    const y = from[3 * i + 1]!;
    const z = from[3 * i + 2]!;
    const dx = r[0] * x + r[1] * y + r[2] * z + t[0] - to[3 * i]!;
    const dy = r[3] * x + r[4] * y + r[5] * z + t[1] - to[3 * i + 1]!;
    const dz = r[6] * x + r[7] * y + r[8] * z + t[2] - to[3 * i + 2]!;
    weights[i] = dx * dx + dy * dy + dz * dz < tolerance * tolerance ? 1 : 0;
    count += weights[i]!;
  }
  return count;
}

/** The seed's strongest companions give a first pose, whose inliers then refine it. */
function poseOfSeed(
  paired: PairedPoints,
  seed: number,
  row: Float64Array,
  tolerance: number,
): { pose: Pose; votes: number } {
  const n = row.length;
  const weights = new Float64Array(n);
  const strongest = Array.from(row.keys())
    .filter((j) => row[j]! > 0)
    .sort((a, b) => row[b]! - row[a]! || a - b)
    .slice(0, SUPPORT);
  const top = row[strongest[0] ?? seed]!;
  for (const j of strongest) weights[j] = row[j]!;
  weights[seed] = Math.max(1, top);
  let pose = bestPose(paired.from, paired.to, weights);
  let votes = 0;
  for (let k = 0; k < 3; k++) {
    votes = inliers(paired, pose, tolerance, weights);
    if (votes < 3) break;
    pose = bestPose(paired.from, paired.to, weights);
  }
  return { pose, votes };
}

/**
 * @param pairs rows of `source` and `target`
 * @returns poses from source to target, most agreed on first; none when fewer than three pairs agree
 */
export function consensusPoses(
  source: OrientedCloud,
  target: OrientedCloud,
  pairs: Correspondences,
  { tolerance, most }: ConsensusOptions,
): Pose[] {
  const n = pairs.source.length;
  const bits = compatibility(source, target, pairs, tolerance);
  const row = new Float64Array(n);
  const strength = Float64Array.from({ length: n }, (_, i) => secondOrder(bits, n, i, row));
  const paired = { from: new Float64Array(3 * n), to: new Float64Array(3 * n) };
  for (let i = 0; i < n; i++)
    for (let d = 0; d < 3; d++) {
      paired.from[3 * i + d] = source.points[3 * pairs.source[i]! + d]!;
      paired.to[3 * i + d] = target.points[3 * pairs.target[i]! + d]!;
    }
  const ranked = Array.from(strength.keys()).sort((a, b) => strength[b]! - strength[a]! || a - b);
  const found: { pose: Pose; votes: number }[] = [];
  const used = new Float64Array(n);
  const mark = new Float64Array(n);
  let tried = 0;
  for (const seed of ranked) {
    // A pair that already votes for a pose found would only find it again.
    if (tried === SEEDS || strength[seed] === 0) break;
    if (used[seed]! > 0) continue;
    tried++;
    secondOrder(bits, n, seed, row);
    const candidate = poseOfSeed(paired, seed, row, tolerance);
    if (candidate.votes < 3) continue;
    inliers(paired, candidate.pose, tolerance, mark);
    for (let i = 0; i < n; i++) used[i]! += mark[i]!;
    if (found.every(({ pose }) => !samePose(pose, candidate.pose, tolerance))) found.push(candidate);
  }
  return found
    .sort((a, b) => b.votes - a.votes)
    .slice(0, most)
    .map(({ pose }) => pose);
}

/** Whether two poses of a centred source are the same but for what refinement will even out. */
export function samePose(a: Pose, b: Pose, tolerance: number): boolean {
  const [dx, dy, dz] = a.translation.map((v, d) => v - b.translation[d]!) as [number, number, number];
  return angleBetween(a, b) < SAME_ANGLE && Math.hypot(dx, dy, dz) < 2 * tolerance;
}
