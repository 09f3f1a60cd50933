/** Section planes through a scan, and the points near one of them as a flat profile. */

import type { Vec3 } from './types.ts';

/** A plane; what lies on the side its normal points to is cut away. */
export interface Plane {
  /** Unit length. */
  readonly normal: Vec3;
  /** `normal . x` on the plane. */
  readonly offset: number;
}

/** Corners of the box around a scan. */
export interface Box {
  readonly low: Vec3;
  readonly high: Vec3;
}

/** @param positions [3N] finite @returns null for no points */
export function boxOf(positions: Float32Array): Box | null {
  if (positions.length === 0) return null;
  let [x0, y0, z0] = [Infinity, Infinity, Infinity];
  let [x1, y1, z1] = [-Infinity, -Infinity, -Infinity];
  for (let i = 0; i < positions.length; i += 3) {
    const x = positions[i]!;
    const y = positions[i + 1]!;
    const z = positions[i + 2]!;
    if (x < x0) x0 = x;
    if (x > x1) x1 = x;
    if (y < y0) y0 = y;
    if (y > y1) y1 = y;
    if (z < z0) z0 = z;
    if (z > z1) z1 = z;
  }
  return { low: [x0, y0, z0], high: [x1, y1, z1] };
}

export function dot(a: Vec3, b: Vec3): number {
  return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

function cross(a: Vec3, b: Vec3): Vec3 {
  return [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]];
}

/** @returns the same direction with length 1, or null for one without direction */
export function unit(vector: Vec3): Vec3 | null {
  const length = Math.hypot(...vector);
  // Denormal numbers have too few digits left to divide by.
  if (!(length > 1e-150) || !Number.isFinite(length)) return null;
  return [vector[0] / length, vector[1] / length, vector[2] / length];
}

/** @returns smallest and largest `normal . x` in the box */
export function extentAlong(normal: Vec3, { low, high }: Box): readonly [low: number, high: number] {
  let [least, most] = [0, 0];
  for (let axis = 0; axis < 3; axis++) {
    const [a, b] = [normal[axis]! * low[axis]!, normal[axis]! * high[axis]!];
    least += Math.min(a, b);
    most += Math.max(a, b);
  }
  return [least, most];
}

/**
 * The two directions a profile is drawn along: across to the right and up. Up is as close to Z as the plane
 * allows; a horizontal plane is seen from above, with X to the right.
 * @param normal unit length
 */
export function planeAxes(normal: Vec3): { readonly across: Vec3; readonly up: Vec3 } {
  const level = unit(cross([0, 0, 1], normal));
  if (level === null || Math.abs(normal[2]) > 0.999) {
    const across = unit([1 - normal[0] ** 2, -normal[0] * normal[1], -normal[0] * normal[2]])!;
    const up = cross(normal, across);
    return { across, up: up[1] < 0 ? [-up[0], -up[1], -up[2]] : up };
  }
  // To the right is along the positive axis it runs along most: coordinates grow as they do on paper.
  const side = Math.abs(level[0]) >= Math.abs(level[1]) ? level[0] : level[1];
  const across: Vec3 = side < 0 ? [-level[0], -level[1], 0] : level;
  const up = cross(normal, across);
  return { across, up: up[2] < 0 ? [-up[0], -up[1], -up[2]] : up };
}

/** Points of a slab around a plane, laid flat. P of them. */
export interface Profile {
  readonly across: Vec3;
  readonly up: Vec3;
  /** [P] which points of the cloud these are. */
  readonly rows: Uint32Array;
  /** [P] `across . x` and `up . x`, units of the positions. */
  readonly u: Float32Array;
  readonly v: Float32Array;
  /** Points of the slab; more than P when it was thinned. */
  readonly total: number;
}

/**
 * @param positions [3N] @param thickness of the slab, half of it on either side of the plane
 * @param most thinned evenly to at most this many points
 */
export function profileOf(
  positions: Float32Array,
  { normal, offset }: Plane,
  thickness: number,
  most = Infinity,
): Profile {
  const half = thickness / 2;
  const [a, b, c] = normal;
  const inside = (i: number) =>
    Math.abs(a * positions[i]! + b * positions[i + 1]! + c * positions[i + 2]! - offset) <= half;
  let total = 0;
  for (let i = 0; i < positions.length; i += 3) if (inside(i)) total++;
  const stride = Math.max(1, Math.ceil(total / most));
  const count = Math.ceil(total / stride);
  const { across, up } = planeAxes(normal);
  const rows = new Uint32Array(count);
  const u = new Float32Array(count);
  const v = new Float32Array(count);
  let met = 0;
  for (let i = 0; i < positions.length; i += 3) {
    if (!inside(i) || met++ % stride !== 0) continue;
    const at = (met - 1) / stride;
    const point: Vec3 = [positions[i]!, positions[i + 1]!, positions[i + 2]!];
    rows[at] = i / 3;
    u[at] = dot(across, point);
    v[at] = dot(up, point);
  }
  return { across, up, rows, u, v, total };
}
