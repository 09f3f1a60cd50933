/**
 * An order of points of which every beginning is a fair sample: of each block of neighbours in the file the
 * first pass takes one, the second another, and so on. Within a pass the points keep the order of the file,
 * so that the GPU reads memory forwards.
 */

/** After so many passes every point has had its turn. */
export const PASSES = 64;

export interface PointOrder {
  /** [count] a permutation. */
  readonly indices: Uint32Array<ArrayBuffer>;
  /** [PASSES + 1] how many of them the first p passes take. */
  readonly ends: Uint32Array;
}

/** Two independent bit mixtures of a number (the finaliser of MurmurHash3). */
function mix(value: number): number {
  let h = value ^ (value >>> 16);
  h = Math.imul(h, 0x85ebca6b);
  h ^= h >>> 13;
  h = Math.imul(h, 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

export function pointOrder(count: number): PointOrder {
  const indices = new Uint32Array(count);
  const ends = new Uint32Array(PASSES + 1);
  const blocks = Math.ceil(count / PASSES);
  let at = 0;
  for (let pass = 0; pass < PASSES; pass++) {
    for (let block = 0; block < blocks; block++) {
      // An odd factor and any start run through a block in an order of its own: no pattern of the file
      // (rows of a scanner) lines up with the passes.
      const random = mix(block + 1);
      const index = block * PASSES + ((Math.imul(pass, random | 1) + (random >>> 8)) & (PASSES - 1));
      if (index < count) indices[at++] = index;
    }
    ends[pass + 1] = at;
  }
  return { indices, ends };
}
