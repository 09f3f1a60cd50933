/** Lines from where points would be on a good part to where they are, with a dark foot and a bright head. */

import {
  BufferAttribute,
  BufferGeometry,
  LineBasicMaterial,
  LineSegments,
  type Object3D,
  Sphere,
  Vector3,
} from 'three';
import type { Rgb } from './rgb.ts';

export interface ArrowSet {
  /** [3A] heads and [3A] feet, source units. */
  readonly heads: Float32Array;
  readonly feet: Float32Array;
  readonly colour: Rgb;
}

/** The foot of an arrow has this share of its colour. */
const FOOT = 0.25;

export class ArrowLayer {
  readonly object: LineSegments<BufferGeometry, LineBasicMaterial>;

  /** @param place of the scan whose units the arrows have */
  constructor({ heads, feet, colour }: ArrowSet, place: Object3D) {
    const count = heads.length / 3;
    const positions = new Float32Array(6 * count);
    const colours = new Float32Array(6 * count);
    for (let i = 0; i < count; i++) {
      positions.set(feet.subarray(3 * i, 3 * i + 3), 6 * i);
      positions.set(heads.subarray(3 * i, 3 * i + 3), 6 * i + 3);
      for (let c = 0; c < 3; c++) {
        colours[6 * i + c] = FOOT * colour[c]!;
        colours[6 * i + 3 + c] = colour[c]!;
      }
    }
    const geometry = new BufferGeometry();
    geometry.setAttribute('position', new BufferAttribute(positions, 3));
    geometry.setAttribute('color', new BufferAttribute(colours, 3));
    geometry.boundingSphere = new Sphere(new Vector3(), Infinity);
    this.object = new LineSegments(geometry, new LineBasicMaterial({ vertexColors: true }));
    this.object.frustumCulled = false;
    this.standLike(place);
  }

  /** @param place of the scan whose units the arrows have */
  standLike({ position, quaternion, scale }: Object3D): void {
    this.object.position.copy(position);
    this.object.quaternion.copy(quaternion);
    this.object.scale.copy(scale);
  }

  dispose(): void {
    this.object.geometry.dispose();
    this.object.material.dispose();
  }
}
