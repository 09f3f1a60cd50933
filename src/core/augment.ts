/**
 * The training augmentation of the original, in float64: CenterShift, RotZ about the origin, RotY and RotX
 * each about the centre of the bounding box, NormalizeCoord; normals take the rotations only.
 * Source: golden/SPEC.md section 7 (`aug_*`) and section 11 item 5.
 */

import { modelFrame } from './frame.ts';
import type { RandomStream } from './random.ts';
import { type Matrix3, rotateRows, rotationX, rotationY, rotationZ, thenRotate } from './rotation.ts';
import type { Vec3 } from './types.ts';

/** Rotation angles in radians, in the order they are applied. */
export interface PoseAngles {
  readonly z: number;
  readonly y: number;
  readonly x: number;
}

/** The whole rotation of a pose, for points about any centre that is put back to the mean afterwards. */
export function poseRotation({ z, y, x }: PoseAngles): Matrix3 {
  return thenRotate(thenRotate(rotationZ(z), rotationY(y)), rotationX(x));
}

/** Independent, uniform in +-180 degrees. Not uniform over rotations, but what the method does. */
export function drawPose(stream: RandomStream): PoseAngles {
  const z = stream.range(-Math.PI, Math.PI);
  const y = stream.range(-Math.PI, Math.PI);
  const x = stream.range(-Math.PI, Math.PI);
  return { z, y, x };
}

export interface AugmentedCloud {
  /** [3N] model units. */
  readonly points: Float64Array;
  /** [3N] rotated with the points. */
  readonly normals: Float64Array;
}

/** Centre of the bounding box. @param points [3N] */
function boxCentre(points: Float64Array): Vec3 {
  const low = [Infinity, Infinity, Infinity];
  const high = [-Infinity, -Infinity, -Infinity];
  for (let i = 0; i < points.length; i++) {
    low[i % 3] = Math.min(low[i % 3]!, points[i]!);
    high[i % 3] = Math.max(high[i % 3]!, points[i]!);
  }
  return [(low[0]! + high[0]!) / 2, (low[1]! + high[1]!) / 2, (low[2]! + high[2]!) / 2];
}

/** Into the unit ball about the mean: CenterShift and NormalizeCoord in one. */
function normalise(points: Float64Array): void {
  const { centre, radius } = modelFrame(points, 'training cloud');
  for (let i = 0; i < points.length; i++) points[i] = (points[i]! - centre[i % 3]!) / radius;
}

/**
 * @param points [3N] any unit; @param normals [3N]
 * @param pose rotation to apply, or null to keep the pose
 * @throws InvalidInputError for an empty cloud or one without extent
 */
export function augment(
  points: ArrayLike<number>,
  normals: ArrayLike<number>,
  pose: PoseAngles | null,
): AugmentedCloud {
  const moved = Float64Array.from(points);
  const turned = Float64Array.from(normals);
  if (pose !== null) {
    const { centre } = modelFrame(moved, 'training cloud');
    for (let i = 0; i < moved.length; i++) moved[i]! -= centre[i % 3]!;
    rotateRows(moved, rotationZ(pose.z));
    rotateRows(moved, rotationY(pose.y), boxCentre(moved));
    rotateRows(moved, rotationX(pose.x), boxCentre(moved));
    for (const matrix of [rotationZ(pose.z), rotationY(pose.y), rotationX(pose.x)])
      rotateRows(turned, matrix);
  }
  normalise(moved);
  return { points: moved, normals: turned };
}
