/**
 * The distinct positions of a cloud. Scans and unwelded meshes repeat positions; 16 neighbours that are
 * two positions eight times over say nothing about a surface.
 */

export interface DistinctPoints {
  /** [D] lowest row at each distinct position, ascending. */
  readonly first: Uint32Array;
  /** [N] which of them each point is. */
  readonly of: Uint32Array;
}

/** Exact comparison of float32 coordinates, 0 equal to -0. @param points [3N] */
export function distinctPoints(points: Float32Array): DistinctPoints {
  const n = points.length / 3;
  const mask = 2 ** Math.ceil(Math.log2(Math.max(2, 2 * n))) - 1;
  const slots = new Int32Array(mask + 1).fill(-1);
  // Adding 0 turns -0 into 0, so that equal coordinates have equal bits.
  const bits = new Uint32Array(points.map((v) => v + 0).buffer);
  const first = new Uint32Array(n);
  const of = new Uint32Array(n);
  let count = 0;
  for (let i = 0; i < n; i++) {
    const x = bits[3 * i]!;
    const y = bits[3 * i + 1]!;
    const z = bits[3 * i + 2]!;
    let h = Math.imul(x, 0x9e3779b1) ^ Math.imul(y, 0x85ebca77) ^ Math.imul(z, 0xc2b2ae3d);
    h = Math.imul(h ^ (h >>> 15), 0x2c1b3c6d);
    let slot = (h ^ (h >>> 13)) & mask;
    for (; ; slot = (slot + 1) & mask) {
      const entry = slots[slot]!;
      if (entry < 0) {
        slots[slot] = count;
        first[count] = i;
        of[i] = count++;
        break;
      }
      const row = 3 * first[entry]!;
      if (bits[row] === x && bits[row + 1] === y && bits[row + 2] === z) {
        of[i] = entry;
        break;
      }
    }
  }
  return { first: first.slice(0, count), of };
}
