/** Gives equal positions one index: STL repeats every vertex for each of its triangles. */

import { fmix32 } from '../core/random.ts';
import { GrowableFloat64 } from './growable.ts';

export class VertexMerger {
  private readonly coords = new GrowableFloat64();
  /** Open addressing: vertex + 1, 0 = free; at most half full. */
  private table = new Int32Array(1 << 14);
  private readonly key = new Float64Array(3);
  private readonly bits = new Uint32Array(this.key.buffer);

  /** @returns the vertex at exactly this position; one that is not finite is never merged */
  add(x: number, y: number, z: number): number {
    // Adding zero turns -0 into 0, which is the same place.
    this.key[0] = x + 0;
    this.key[1] = y + 0;
    this.key[2] = z + 0;
    const vertex = this.coords.length / 3;
    if (!Number.isFinite(x + y + z)) {
      this.coords.push3(x, y, z);
      return vertex;
    }
    const slot = this.find();
    const found = this.table[slot]!;
    if (found > 0) return found - 1;
    this.table[slot] = vertex + 1;
    this.coords.push3(this.key[0], this.key[1], this.key[2]);
    if (vertex * 2 > this.table.length) this.grow();
    return vertex;
  }

  /** [3V] */
  positions(): Float64Array {
    return this.coords.view();
  }

  /** The slot that holds `key`, or the free one where it belongs. */
  private find(): number {
    const mask = this.table.length - 1;
    const { key, bits } = this;
    const { array } = this.coords;
    let hash = 0;
    for (let i = 0; i < 6; i++) hash = Math.imul(hash ^ bits[i]!, 0x9e3779b1) ^ (hash >>> 15);
    for (let slot = fmix32(hash) & mask; ; slot = (slot + 1) & mask) {
      const v = (this.table[slot]! - 1) * 3;
      if (v < 0 || (array[v] === key[0] && array[v + 1] === key[1] && array[v + 2] === key[2])) return slot;
    }
  }

  private grow(): void {
    const old = this.table;
    this.table = new Int32Array(old.length * 2);
    for (const entry of old) {
      if (entry === 0) continue;
      for (let k = 0; k < 3; k++) this.key[k] = this.coords.array[(entry - 1) * 3 + k]!;
      this.table[this.find()] = entry;
    }
  }
}
