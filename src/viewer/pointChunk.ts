/** A piece of a scan on the GPU: attributes are views of the scan's own arrays, nothing is copied. */

import {
  BufferAttribute,
  BufferGeometry,
  Points,
  type ShaderMaterial,
  Sphere,
  type TypedArray,
  Vector3,
} from 'three';
import { PASSES, type PointOrder } from './pointOrder.ts';

/** Points of a piece: small enough to upload within a frame. */
export const CHUNK_POINTS = 1 << 20;

/** An order and its copy on the GPU; pieces of the same size share one. */
export interface UploadedOrder {
  readonly order: PointOrder;
  readonly index: BufferAttribute;
}

export class PointChunk {
  readonly object: Points<BufferGeometry, ShaderMaterial>;
  private readonly first: number;
  private readonly count: number;

  /** @param first row of the scan @param count rows */
  constructor(first: number, count: number, material: ShaderMaterial) {
    this.first = first;
    this.count = count;
    const geometry = new BufferGeometry();
    // World space is the unit ball around the bounding box; three need not measure 3 million points again.
    geometry.boundingSphere = new Sphere(new Vector3(), Infinity);
    this.object = new Points(geometry, material);
    this.object.frustumCulled = false;
  }

  /** @param values [size * N] of the whole scan; an attribute that is there already is overwritten on the GPU */
  setAttribute(name: string, values: TypedArray, size: number, normalised = false): void {
    const own = values.subarray(size * this.first, size * (this.first + this.count));
    const { geometry } = this.object;
    const known = geometry.hasAttribute(name) ? geometry.getAttribute(name) : null;
    if (known instanceof BufferAttribute) {
      known.array = own;
      known.needsUpdate = true;
    } else geometry.setAttribute(name, new BufferAttribute(own, size, normalised));
  }

  /** Draws the points of some passes only. @param order null: all points, as they lie */
  showPasses(order: UploadedOrder | null, from: number, to: number): void {
    const { geometry } = this.object;
    if (order === null || (from === 0 && to === PASSES)) {
      geometry.setIndex(null);
      geometry.setDrawRange(0, Infinity);
      return;
    }
    const { ends } = order.order;
    geometry.setIndex(order.index);
    geometry.setDrawRange(ends[from]!, ends[to]! - ends[from]!);
  }

  get size(): number {
    return this.count;
  }

  dispose(): void {
    this.object.geometry.dispose();
  }
}
