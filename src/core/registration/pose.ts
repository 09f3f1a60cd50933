/** Rigid motions x' = R x + t, and the best one between paired points in closed form (Horn 1987). */

import type { OrientedCloud } from '../orientedCloud.ts';
import type { RandomStream } from '../random.ts';
import { type Matrix3, thenRotate } from '../rotation.ts';
import type { ModelFrame, Vec3 } from '../types.ts';
import { symmetricEigen } from './eigen.ts';

export interface Pose {
  /** Row-major. */
  readonly rotation: Matrix3;
  readonly translation: Vec3;
}

export const IDENTITY: Pose = { rotation: [1, 0, 0, 0, 1, 0, 0, 0, 1], translation: [0, 0, 0] };

export function turnVector(r: Matrix3, [x, y, z]: Vec3): Vec3 {
  return [r[0] * x + r[1] * y + r[2] * z, r[3] * x + r[4] * y + r[5] * z, r[6] * x + r[7] * y + r[8] * z];
}

export function applyPose({ rotation, translation: t }: Pose, point: Vec3): Vec3 {
  const [x, y, z] = turnVector(rotation, point);
  return [x + t[0], y + t[1], z + t[2]];
}

/** The motion that does `first`, then `second`. */
export function thenMove(first: Pose, second: Pose): Pose {
  return {
    rotation: thenRotate(first.rotation, second.rotation),
    translation: applyPose(second, first.translation),
  };
}

export function invertPose({ rotation: r, translation }: Pose): Pose {
  const rotation: Matrix3 = [r[0], r[3], r[6], r[1], r[4], r[7], r[2], r[5], r[8]];
  const [x, y, z] = turnVector(rotation, translation);
  return { rotation, translation: [-x, -y, -z] };
}

/** @param rows [3N]; @returns [3N] moved, or only turned when `turnOnly` (normals, offsets) */
export function moveRows(rows: Float32Array, pose: Pose, turnOnly = false): Float32Array {
  const r = pose.rotation;
  const [tx, ty, tz] = turnOnly ? [0, 0, 0] : pose.translation;
  const moved = new Float32Array(rows.length);
  for (let i = 0; i < rows.length; i += 3) {
    const x = rows[i]!;
    const y = rows[i + 1]!;
    const z = rows[i + 2]!;
    moved[i] = r[0] * x + r[1] * y + r[2] * z + tx;
    moved[i + 1] = r[3] * x + r[4] * y + r[5] * z + ty;
    moved[i + 2] = r[6] * x + r[7] * y + r[8] * z + tz;
  }
  return moved;
}

export function moveCloud({ points, normals, near }: OrientedCloud, pose: Pose): OrientedCloud {
  const moved = { points: moveRows(points, pose), normals: moveRows(normals, pose, true) };
  return near === undefined ? moved : { ...moved, near };
}

/**
 * The same motion for other units and origins of the two clouds.
 * @param pose of points `(x - from.centre) / radius` to points `(y - to.centre) / radius`
 * @returns of x to y
 */
export function unframePose(
  { rotation, translation: t }: Pose,
  from: Pick<ModelFrame, 'centre'>,
  { centre: c, radius }: ModelFrame,
): Pose {
  const [x, y, z] = turnVector(rotation, from.centre);
  return {
    rotation,
    translation: [radius * t[0] + c[0] - x, radius * t[1] + c[1] - y, radius * t[2] + c[2] - z],
  };
}

/** Angle of the rotation between two poses, radians. */
export function angleBetween(a: Pose, b: Pose): number {
  let trace = 0;
  for (let i = 0; i < 9; i++) trace += a.rotation[i]! * b.rotation[i]!;
  return Math.acos(Math.min(1, Math.max(-1, (trace - 1) / 2)));
}

/** @param w, x, y, z of any length above 0 */
function fromQuaternion(w: number, x: number, y: number, z: number): Matrix3 {
  const s = 2 / (w * w + x * x + y * y + z * z);
  return [
    1 - s * (y * y + z * z),
    s * (x * y - w * z),
    s * (x * z + w * y),
    s * (x * y + w * z),
    1 - s * (x * x + z * z),
    s * (y * z - w * x),
    s * (x * z - w * y),
    s * (y * z + w * x),
    1 - s * (x * x + y * y),
  ];
}

/** Rotation about an axis (unit) by an angle in radians. */
export function aboutAxis([x, y, z]: Vec3, angle: number): Matrix3 {
  const s = Math.sin(angle / 2);
  return fromQuaternion(Math.cos(angle / 2), s * x, s * y, s * z);
}

/** Uniform over all rotations: a normal vector in four dimensions has no preferred direction. */
export function randomRotation(stream: RandomStream): Matrix3 {
  return fromQuaternion(stream.normal(), stream.normal(), stream.normal(), stream.normal());
}

/**
 * The motion that brings source points nearest to their targets in the weighted least-squares sense: Horn's
 * quaternion, the eigenvector of the largest eigenvalue of a 4x4. Never a reflection.
 * @param source [3M] @param target [3M] @param weights [M] at least 0; fewer than three pairs that are not
 *   on a line leave a rotation open, and one of those possible is returned
 */
export function bestPose(
  source: ArrayLike<number>,
  target: ArrayLike<number>,
  weights: ArrayLike<number>,
): Pose {
  const centre = [0, 0, 0, 0, 0, 0];
  let total = 0;
  for (let i = 0; i < weights.length; i++) {
    total += weights[i]!;
    for (let d = 0; d < 3; d++) {
      centre[d]! += weights[i]! * source[3 * i + d]!;
      centre[3 + d]! += weights[i]! * target[3 * i + d]!;
    }
  }
  const [ax, ay, az, bx, by, bz] = centre.map((v) => v / total) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  const s = new Float64Array(9);
  for (let i = 0; i < weights.length; i++) {
    const a = [source[3 * i]! - ax, source[3 * i + 1]! - ay, source[3 * i + 2]! - az];
    const b = [target[3 * i]! - bx, target[3 * i + 1]! - by, target[3 * i + 2]! - bz];
    for (let r = 0; r < 3; r++) for (let c = 0; c < 3; c++) s[3 * r + c]! += weights[i]! * a[r]! * b[c]!;
  }
  const [xx, xy, xz, yx, yy, yz, zx, zy, zz] = s;
  const n = [
    [xx! + yy! + zz!, yz! - zy!, zx! - xz!, xy! - yx!],
    [yz! - zy!, xx! - yy! - zz!, xy! + yx!, zx! + xz!],
    [zx! - xz!, xy! + yx!, yy! - xx! - zz!, yz! + zy!],
    [xy! - yx!, zx! + xz!, yz! + zy!, zz! - xx! - yy!],
  ];
  const q = symmetricEigen(n.flat(), 4).vectors.subarray(12);
  const rotation = fromQuaternion(q[0]!, q[1]!, q[2]!, q[3]!);
  const [rx, ry, rz] = turnVector(rotation, [ax, ay, az]);
  return { rotation, translation: [bx - rx, by - ry, bz - rz] };
}
