/** How a scan is stood up: the camera's world has Z up, files have what they have. */

import { Quaternion, Vector3 } from 'three';
import type { UpAxis } from '../core/upAxis.ts';

/** @returns the turn that takes an axis of the file to the world's Z; the shortest one */
export function upright(up: UpAxis): Quaternion {
  const axis = new Vector3();
  axis.setComponent(['x', 'y', 'z'].indexOf(up.charAt(1)), up.startsWith('-') ? -1 : 1);
  return new Quaternion().setFromUnitVectors(axis, new Vector3(0, 0, 1));
}
