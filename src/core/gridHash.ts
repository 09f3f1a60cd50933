/**
 * Open-addressing hash from integer coordinates (batch, x, y, z) to row numbers, in typed arrays. Keys are
 * packed as in `shaders/shared/coords.wgsl`, 16 bits each.
 */

/** True when all three fit 16 signed bits. */
function fits(x: number, y: number, z: number): boolean {
  return (x << 16) >> 16 === x && (y << 16) >> 16 === y && (z << 16) >> 16 === z;
}

/** Rows of a growing list of coordinates, findable by coordinate. */
export class CoordinateTable {
  /** [4 * rows] (batch, x, y, z); only the first `count` rows are filled. */
  readonly coords: Int32Array;
  count = 0;
  /** Per slot: (batch, x), (y, z), row + 1; beside each other so that a look-up touches one cache line. */
  private readonly slots: Int32Array;
  private readonly mask: number;

  /** @param capacity rows it can hold */
  constructor(capacity: number) {
    let size = 16;
    while (size < 2 * capacity) size *= 2;
    this.slots = new Int32Array(3 * size);
    this.mask = size - 1;
    this.coords = new Int32Array(4 * capacity);
  }

  /** Where that key is, or the empty slot where it belongs; as an index into `slots`. */
  private slotOf(bx: number, yz: number): number {
    const { slots, mask } = this;
    let h = Math.imul(bx, 0x9e3779b1) ^ yz;
    h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
    h ^= h >>> 13;
    for (;;) {
      const at = 3 * (h & mask);
      if (slots[at + 2] === 0 || (slots[at] === bx && slots[at + 1] === yz)) return at;
      h++;
    }
  }

  /** @returns the row of that coordinate, or -1 */
  find(b: number, x: number, y: number, z: number): number {
    if (!fits(x, y, z)) return -1;
    return this.slots[this.slotOf((b << 16) | (x & 0xffff), (y << 16) | (z & 0xffff)) + 2]! - 1;
  }

  /** @returns the row of that coordinate (16 signed bits per axis), added at the end when new */
  insert(b: number, x: number, y: number, z: number): number {
    const { slots, coords } = this;
    const bx = (b << 16) | (x & 0xffff);
    const yz = (y << 16) | (z & 0xffff);
    const at = this.slotOf(bx, yz);
    if (slots[at + 2] !== 0) return slots[at + 2]! - 1;
    const row = this.count++;
    slots[at] = bx;
    slots[at + 1] = yz;
    slots[at + 2] = row + 1;
    coords[4 * row] = b;
    coords[4 * row + 1] = x;
    coords[4 * row + 2] = y;
    coords[4 * row + 3] = z;
    return row;
  }
}
