/** Where places of the shown scan are on the screen, and what of it is at a place of the screen. */

import { Matrix4, Vector3 } from 'three';
import { dot } from '../core/sections.ts';
import type { Vec3 } from '../core/types.ts';
import { type Lens, pixelScale } from './lens.ts';
import { pickPoint } from './picking.ts';
import type { PointLayer } from './pointLayer.ts';
import type { ShownScan } from './shownScan.ts';

/** A double click finds a point this far from the cursor, CSS pixels. */
const PICK_REACH = 8;

/** A place of the scan on a picture, from its top left corner. */
export interface Spot {
  readonly x: number;
  readonly y: number;
  /** That side is turned to the viewer and not cut away. */
  readonly facing: boolean;
}

type Size = readonly [width: number, height: number];

/** @param place source units @param normal outward there @returns null while no scan is shown */
export function spotOf(
  shown: ShownScan,
  { camera, parallel }: Lens,
  { place, normal }: { readonly place: Vec3; readonly normal: Vec3 },
  [width, height]: Size,
): Spot | null {
  if (shown.layer === null) return null;
  const world = new Vector3(...place).applyMatrix4(shown.layer.object.matrixWorld);
  const towards = parallel
    ? new Vector3(0, 0, 1).applyQuaternion(camera.quaternion)
    : camera.position.clone().sub(world);
  const cut = shown.sections.some((plane) => dot(plane.normal, place) > plane.offset);
  const facing = !cut && towards.dot(new Vector3(...shown.inView(normal))) > 0;
  const { x, y } = world.project(camera);
  return { x: ((x + 1) / 2) * width, y: ((1 - y) / 2) * height, facing };
}

/** @param point source units @returns null when it lies behind the camera */
export function toScreen(
  { object }: PointLayer,
  { camera }: Lens,
  point: Vec3,
  [width, height]: Size,
): readonly [x: number, y: number] | null {
  const { x, y, z } = object.localToWorld(new Vector3(...point)).project(camera);
  return z > 1 ? null : [((x + 1) / 2) * width, ((1 - y) / 2) * height];
}

/** Source units of the layer's cloud -> clip space. */
export function toClip({ object }: PointLayer, { camera }: Lens): Matrix4 {
  return new Matrix4()
    .multiplyMatrices(camera.projectionMatrix, camera.matrixWorldInverse)
    .multiply(object.matrixWorld);
}

/** @param cursor in a view of that size @returns row of the frontmost point there, or -1 */
export function pointAt(
  shown: ShownScan,
  lens: Lens,
  cursor: readonly [x: number, y: number],
  size: Size,
): number {
  if (shown.layer === null) return -1;
  const { positions } = shown.layer.cloud;
  return pickPoint(positions, toClip(shown.layer, lens).elements, cursor, size, PICK_REACH, shown.sections);
}

/** Drawn diameter of a point in the middle of a view of that height; with it, what it is in source units. */
export function pointExtent(
  layer: PointLayer,
  lens: Lens,
  height: number,
): { readonly pixels: number; readonly length: number } {
  const world = layer.pointSize();
  const pixels = (world * pixelScale(lens, height)) / (lens.parallel ? 1 : lens.distance);
  return { pixels, length: world / layer.object.scale.x };
}
