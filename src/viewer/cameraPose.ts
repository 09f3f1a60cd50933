/** Where the camera is, in the scan's own units: to keep it, to put it back, and to share it between two views. */

import { type Quaternion, Vector3 } from 'three';
import type { Vec3 } from '../core/types.ts';
import type { CameraRig } from './cameraRig.ts';
import type { Drawing } from './drawing.ts';
import type { PointLayer } from './pointLayer.ts';

/** Source units, relative to the cloud's origin. */
export interface CameraPose {
  readonly position: Vec3;
  /** What it turns around. */
  readonly target: Vec3;
}

/** @returns the same for upright and wide pictures */
export function poseOf(rig: CameraRig, { object }: PointLayer): CameraPose {
  object.updateMatrixWorld();
  const { position, target } = rig.pose();
  position.sub(target).divideScalar(stepBack(rig)).add(target);
  return {
    position: object.worldToLocal(position).toArray(),
    target: object.worldToLocal(target).toArray(),
  };
}

/** Puts the camera there at once. */
export function placeCamera(rig: CameraRig, { object }: PointLayer, { position, target }: CameraPose): void {
  object.updateMatrixWorld();
  const world = (point: Vec3) => object.localToWorld(new Vector3(...point));
  const pivot = world(target);
  rig.place(world(position).sub(pivot).multiplyScalar(stepBack(rig)).add(pivot), pivot);
}

/** @param turn from the axes of the file to those of the view @returns pivot -> camera, unit length, in the former */
export function directionOf(rig: CameraRig, turn: Quaternion): Vec3 {
  const { position, target } = rig.pose();
  return position.sub(target).normalize().applyQuaternion(turn.invert()).toArray();
}

/**
 * Two views share one camera: that of the one the user moved last.
 * @returns ends it
 */
export function shareCamera(first: Drawing, second: Drawing): () => void {
  const views = [first, second] as const;
  // A frame of the one that follows must not bring back where the leader was before the last move.
  let leader = first;
  const follow = () => {
    for (const view of views) if (view !== leader) view.rig.follow(leader.rig);
  };
  const ends = views.flatMap((view) => [
    view.onDraw(follow),
    view.rig.onLead(() => {
      leader = view;
    }),
  ]);
  follow();
  return () => {
    for (const end of ends) end();
  };
}

/** An upright picture shows less at the sides: from further away it shows what a square one would. */
function stepBack(rig: CameraRig): number {
  return Math.max(1, 1 / rig.camera.aspect);
}
