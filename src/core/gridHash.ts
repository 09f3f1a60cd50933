/**
 * Open-addressing hash from integer coordinates (batch, x, y, z) to row numbers, in typed arrays. Twin of
 * `shaders/shared/hash.wgsl`: a slot holds an item index, and keys are compared through it.
 */

import { CapacityError } from './errors.ts';
import { COORD_LIMIT } from './indexLaw.ts';
import { fmix32 } from './random.ts';

/** Rows of a growing list of coordinates, findable by coordinate. */
export class CoordinateTable {
  /** [4 * rows] (batch, x, y, z); only the first `count` rows are filled. */
  readonly coords: Int32Array;
  count = 0;
  private readonly slots: Int32Array;
  private readonly mask: number;

  /** @param capacity rows it can hold */
  constructor(capacity: number) {
    let size = 16;
    while (size < 2 * capacity) size *= 2;
    this.slots = new Int32Array(size).fill(-1);
    this.mask = size - 1;
    this.coords = new Int32Array(4 * capacity);
  }

  private slotOf(b: number, x: number, y: number, z: number): number {
    const { coords, slots, mask } = this;
    let slot = fmix32(fmix32((b << 16) | (x & 0xffff)) ^ (((y & 0xffff) << 16) | (z & 0xffff))) & mask;
    for (;;) {
      const row = slots[slot]!;
      if (row < 0) return slot;
      const at = 4 * row;
      if (coords[at + 1] === x && coords[at + 2] === y && coords[at + 3] === z && coords[at] === b)
        return slot;
      slot = (slot + 1) & mask;
    }
  }

  /** @returns the row of that coordinate, or -1 */
  find(b: number, x: number, y: number, z: number): number {
    return this.slots[this.slotOf(b, x, y, z)]!;
  }

  /**
   * @returns the row of that coordinate, added at the end when new
   * @throws CapacityError when a coordinate does not fit 16 signed bits
   */
  insert(b: number, x: number, y: number, z: number): number {
    const slot = this.slotOf(b, x, y, z);
    const found = this.slots[slot]!;
    if (found >= 0) return found;
    const far = Math.max(Math.abs(x), Math.abs(y), Math.abs(z));
    if (far > COORD_LIMIT) throw new CapacityError('voxelise', far, COORD_LIMIT, 'voxels along an axis');
    const row = this.count++;
    this.slots[slot] = row;
    this.coords.set([b, x, y, z], 4 * row);
    return row;
  }
}
