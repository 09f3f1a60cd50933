/**
 * Signed distance functions: how the sample parts are modelled. Millimetres; negative inside.
 * Every function here is 1-Lipschitz or nearly so, so a ray may safely advance by the distance.
 * Only sqrt, sin, cos and atan2 are used: V8 computes those the same way on every machine.
 */

import type { Vec3 } from '../../src/core/types.ts';

/** @returns signed distance (or a close lower bound of it) at a point, mm */
export type Sdf = (x: number, y: number, z: number) => number;

export const length2 = (x: number, y: number): number => Math.sqrt(x * x + y * y);
export const length3 = (x: number, y: number, z: number): number => Math.sqrt(x * x + y * y + z * z);
export const dot = (a: Vec3, b: Vec3): number => a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
export const add = (a: Vec3, b: Vec3, scale = 1): Vec3 => [
  a[0] + b[0] * scale,
  a[1] + b[1] * scale,
  a[2] + b[2] * scale,
];
export const cross = (a: Vec3, b: Vec3): Vec3 => [
  a[1] * b[2] - a[2] * b[1],
  a[2] * b[0] - a[0] * b[2],
  a[0] * b[1] - a[1] * b[0],
];
export function normalise(v: Vec3): Vec3 {
  const length = length3(...v);
  return [v[0] / length, v[1] / length, v[2] / length];
}

/** Two unit vectors that complete `w` to a right-handed frame. */
export function tangentFrame(w: Vec3): [Vec3, Vec3] {
  const helper: Vec3 = Math.abs(w[2]) < 0.9 ? [0, 0, 1] : [1, 0, 0];
  const u = normalise(cross(helper, w));
  return [u, cross(w, u)];
}

/** Minimum with a blend of width k: a fillet where two solids meet. */
export function smoothMin(a: number, b: number, k: number): number {
  const h = Math.max(k - Math.abs(a - b), 0) / k;
  return Math.min(a, b) - (h * h * k) / 4;
}
/** Maximum with a blend of width k: a rounded edge where one solid cuts another. */
export const smoothMax = (a: number, b: number, k: number): number => -smoothMin(-a, -b, k);

/** Box centred at the origin with half sizes (hx, hy, hz) and edges rounded by r. */
export function box(x: number, y: number, z: number, hx: number, hy: number, hz: number, r: number): number {
  const qx = Math.abs(x) - hx + r;
  const qy = Math.abs(y) - hy + r;
  const qz = Math.abs(z) - hz + r;
  const outside = length3(Math.max(qx, 0), Math.max(qy, 0), Math.max(qz, 0));
  return outside + Math.min(Math.max(qx, qy, qz), 0) - r;
}

/**
 * Solid of revolution about z.
 * @param profile (radius, z) pairs, counter-clockwise seen with r to the right, first and last on the axis
 */
export function revolve(profile: readonly (readonly [number, number])[]): Sdf {
  const rs = Float64Array.from(profile, ([r]) => r);
  const zs = Float64Array.from(profile, ([, z]) => z);
  return (x, y, z) => {
    const r = length2(x, y);
    let nearest = Number.POSITIVE_INFINITY;
    let inside = false;
    for (let i = 0; i + 1 < rs.length; i++) {
      const ar = rs[i]!;
      const az = zs[i]!;
      const er = rs[i + 1]! - ar;
      const ez = zs[i + 1]! - az;
      const t = Math.min(1, Math.max(0, ((r - ar) * er + (z - az) * ez) / (er * er + ez * ez)));
      const dr = r - ar - t * er;
      const dz = z - az - t * ez;
      nearest = Math.min(nearest, dr * dr + dz * dz);
      // Crossing rule towards +r; the closing edge lies on the axis (r = 0) and is never crossed.
      if (az > z !== az + ez > z && r < ar + (er * (z - az)) / ez) inside = !inside;
    }
    const distance = Math.sqrt(nearest);
    return inside ? -distance : distance;
  };
}

/** Distance to a polyline; with a radius subtracted it is the path of a ball-end tool. */
export function polyline(points: readonly Vec3[]): Sdf {
  const flat = Float64Array.from(points.flat());
  return (x, y, z) => {
    let nearest = Number.POSITIVE_INFINITY;
    for (let i = 0; i + 3 < flat.length; i += 3) {
      const px = x - flat[i]!;
      const py = y - flat[i + 1]!;
      const pz = z - flat[i + 2]!;
      const ex = flat[i + 3]! - flat[i]!;
      const ey = flat[i + 4]! - flat[i + 1]!;
      const ez = flat[i + 5]! - flat[i + 2]!;
      const t = Math.min(1, Math.max(0, (px * ex + py * ey + pz * ez) / (ex * ex + ey * ey + ez * ez)));
      const dx = px - t * ex;
      const dy = py - t * ey;
      const dz = pz - t * ez;
      nearest = Math.min(nearest, dx * dx + dy * dy + dz * dz);
    }
    return Math.sqrt(nearest);
  };
}

/** Unit outward normal by central differences. */
export function normalAt(sdf: Sdf, p: Vec3): Vec3 {
  const h = 0.02;
  const [x, y, z] = p;
  return normalise([
    sdf(x + h, y, z) - sdf(x - h, y, z),
    sdf(x, y + h, z) - sdf(x, y - h, z),
    sdf(x, y, z + h) - sdf(x, y, z - h),
  ]);
}

/** Moves a point near the surface onto it. */
export function project(sdf: Sdf, p: Vec3): Vec3 {
  for (let i = 0; i < 30; i++) p = add(p, normalAt(sdf, p), -sdf(...p));
  return p;
}
