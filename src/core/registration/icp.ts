/**
 * Point-to-plane ICP (Chen, Medioni 1992) with Tukey weights: what does not fit (defects, parts that only
 * one of the two scans saw) loses its say. Weights and reach tighten while it converges.
 */

import { NearestSearch, NONE } from '../kdSearch.ts';
import type { KdTree } from '../kdTree.ts';
import type { OrientedCloud } from '../orientedCloud.ts';
import { thenRotate } from '../rotation.ts';
import { solveCholesky } from './eigen.ts';
import { aboutAxis, type Pose } from './pose.ts';

/** A cloud with a tree over its points. */
export interface IndexedCloud extends OrientedCloud {
  readonly tree: KdTree;
}

export interface IcpOptions {
  readonly iterations: number;
  /** Pairs further apart do not count: at the start and at the end, the unit of the points. */
  readonly reach: readonly [number, number];
  /** Residuals below it are never down-weighted: the noise of the scans. */
  readonly floor: number;
}

/** Normals of a pair may differ by up to about 66 degrees: coarse normals bend round edges. */
const SAME_SIDE = 0.4;
/** Tukey's constant for 95 % efficiency on normal residuals, times the MAD's factor for a deviation. */
const TUKEY = 4.685 * 1.4826;
/** Part of the mean diagonal added to it: directions in which nothing is determined stay put. */
const DAMPING = 1e-6;
/** Fewer pairs than the six unknowns say nothing. */
const LEAST_PAIRS = 6;
/** Iterations in which the reach shrinks at most, and the part of all; those left only polish. */
const SHRINKING = 10;
const SHRINKING_PART = 0.6;
/**
 * A step of this part of the last reach ends it. Small, because where the shape hardly resists (a disc with
 * a few holes, about its axis) many small steps add up.
 */
const STILL = 2e-5;

/** Rows of the linearised system of one iteration. */
interface Pairs {
  count: number;
  /** [6M] torque about the centre and direction, of each pair. */
  readonly rows: Float64Array;
  /** [M] point-to-plane distance. */
  readonly residuals: Float64Array;
  /** [N] tree row each source point was nearest to in the last iteration, or `NONE`. */
  readonly last: Int32Array;
}

/**
 * The nearest target point, found faster from the one that was nearest before: nothing further is looked at.
 * @returns its tree row, or `NONE` when none is closer than the reach
 */
function nearestFrom(
  search: NearestSearch,
  before: number,
  x: number,
  y: number,
  z: number,
  reach2: number,
): number {
  if (before === NONE) return search.find(x, y, z, reach2);
  const { points } = search.tree;
  const dx = points[3 * before]! - x;
  const dy = points[3 * before + 1]! - y;
  const dz = points[3 * before + 2]! - z;
  const known = dx * dx + dy * dy + dz * dz;
  if (known >= reach2) return search.find(x, y, z, reach2);
  const nearer = search.find(x, y, z, known);
  return nearer === NONE ? before : nearer;
}

function collectPairs(
  source: OrientedCloud,
  target: IndexedCloud,
  pose: Pose,
  reach: number,
  search: NearestSearch,
  pairs: Pairs,
): void {
  const r = pose.rotation;
  const [tx, ty, tz] = pose.translation;
  const { points, normals } = target;
  pairs.count = 0;
  for (let i = 0; i < source.points.length; i += 3) {
    const sx = source.points[i]!;
    const sy = source.points[i + 1]!;
    const sz = source.points[i + 2]!;
    const x = r[0] * sx + r[1] * sy + r[2] * sz + tx;
    const y = r[3] * sx + r[4] * sy + r[5] * sz + ty;
    const z = r[6] * sx + r[7] * sy + r[8] * sz + tz;
    const found = nearestFrom(search, pairs.last[i / 3]!, x, y, z, reach * reach);
    pairs.last[i / 3] = found;
    if (found === NONE) continue;
    const row = target.tree.order[found]!;
    const nx = normals[3 * row]!;
    const ny = normals[3 * row + 1]!;
    const nz = normals[3 * row + 2]!;
    const mx = source.normals[i]!;
    const my = source.normals[i + 1]!;
    const mz = source.normals[i + 2]!;
    const agreement =
      nx * (r[0] * mx + r[1] * my + r[2] * mz) +
      ny * (r[3] * mx + r[4] * my + r[5] * mz) +
      nz * (r[6] * mx + r[7] * my + r[8] * mz);
    if (agreement < SAME_SIDE) continue;
    // The rotation turns about the origin of the translated frame, so that it hardly couples with the shift.
    const cx = x - tx;
    const cy = y - ty;
    const cz = z - tz;
    const at = 6 * pairs.count;
    pairs.rows[at] = cy * nz - cz * ny;
    pairs.rows[at + 1] = cz * nx - cx * nz;
    pairs.rows[at + 2] = cx * ny - cy * nx;
    pairs.rows[at + 3] = nx;
    pairs.rows[at + 4] = ny;
    pairs.rows[at + 5] = nz;
    pairs.residuals[pairs.count++] =
      (points[3 * row]! - x) * nx + (points[3 * row + 1]! - y) * ny + (points[3 * row + 2]! - z) * nz;
  }
}

/** Tukey-weighted normal equations, solved. @returns the step (rotation vector, shift) */
function solveStep({ count, rows, residuals }: Pairs, floor: number): Float64Array {
  const sizes = residuals.subarray(0, count).map(Math.abs).sort();
  const cut = TUKEY * Math.max(floor, sizes[count >> 1]!);
  const a = new Float64Array(36);
  const b = new Float64Array(6);
  for (let i = 0; i < count; i++) {
    const u = residuals[i]! / cut;
    if (Math.abs(u) >= 1) continue;
    const weight = (1 - u * u) ** 2;
    for (let p = 0; p < 6; p++) {
      const wp = weight * rows[6 * i + p]!;
      b[p]! += wp * residuals[i]!;
      for (let q = 0; q <= p; q++) a[6 * p + q]! += wp * rows[6 * i + q]!;
    }
  }
  let trace = 0;
  for (let p = 0; p < 6; p++) trace += a[7 * p]!;
  for (let p = 0; p < 6; p++) a[7 * p]! += (DAMPING * trace) / 6 + Number.MIN_VALUE;
  solveCholesky(a, b);
  return b;
}

/** One more step: turns about the scan's own centre, then shifts. */
function advance(pose: Pose, step: Float64Array): Pose {
  const [a, b, c, x, y, z] = step as unknown as [number, number, number, number, number, number];
  const angle = Math.hypot(a, b, c);
  const turn = angle < 1e-15 ? null : aboutAxis([a / angle, b / angle, c / angle], angle);
  const [tx, ty, tz] = pose.translation;
  return {
    rotation: turn === null ? pose.rotation : thenRotate(pose.rotation, turn),
    translation: [tx + x, ty + y, tz + z],
  };
}

/**
 * @param source its points near the origin (centred), so that rotation and shift do not mix
 * @param target with oriented normals and the tree of its points
 * @param pose start: source to target
 * @returns the refined pose; the start itself where fewer than six pairs are in reach
 */
export function icpPointToPlane(
  source: OrientedCloud,
  target: IndexedCloud,
  pose: Pose,
  { iterations, reach, floor }: IcpOptions,
): Pose {
  const n = source.points.length / 3;
  const pairs: Pairs = {
    count: 0,
    rows: new Float64Array(6 * n),
    residuals: new Float64Array(n),
    last: new Int32Array(n).fill(NONE),
  };
  const search = new NearestSearch(target.tree);
  const shrinking = Math.max(1, Math.min(SHRINKING, Math.round(SHRINKING_PART * iterations)));
  const shrink = (reach[1] / reach[0]) ** (1 / shrinking);
  let limit = reach[0];
  for (let k = 0; k < iterations; k++, limit = Math.max(reach[1], limit * shrink)) {
    collectPairs(source, target, pose, limit, search, pairs);
    if (pairs.count < LEAST_PAIRS) return pose;
    const step = solveStep(pairs, floor);
    pose = advance(pose, step);
    // Converged, and the reach has nothing left to change.
    if (limit <= reach[1] && Math.hypot(...step) < STILL * reach[1]) break;
  }
  return pose;
}
