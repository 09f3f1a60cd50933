/**
 * Points in Morton order (Z-order curve): neighbours in space become neighbours in the list, so that the
 * differences between them are small numbers. A code of 48 bits is kept as two halves of 24.
 */

const SPREAD = Uint32Array.from({ length: 256 }, (_, byte) => {
  let spread = 0;
  for (let bit = 0; bit < 8; bit++) if ((byte >> bit) & 1) spread |= 1 << (3 * bit);
  return spread;
});

/** The half's value in the whole code: `code = high * 2^24 + low`. */
export const HALF = 2 ** 24;

export interface MortonCodes {
  /** [N] codes of the high bytes of the coordinates, x in the lowest bit. */
  readonly high: Uint32Array;
  /** [N] of the low bytes. */
  readonly low: Uint32Array;
}

/** @param grid [3N] */
export function mortonCodes(grid: Uint16Array): MortonCodes {
  const count = grid.length / 3;
  const high = new Uint32Array(count);
  const low = new Uint32Array(count);
  for (let i = 0; i < count; i++) {
    const [x, y, z] = [grid[3 * i]!, grid[3 * i + 1]!, grid[3 * i + 2]!];
    high[i] = SPREAD[x >> 8]! | (SPREAD[y >> 8]! << 1) | (SPREAD[z >> 8]! << 2);
    low[i] = SPREAD[x & 255]! | (SPREAD[y & 255]! << 1) | (SPREAD[z & 255]! << 2);
  }
  return { high, low };
}

/** @param axis 0 x, 1 y, 2 z @returns the byte whose bits were spread */
function gather(code: number, axis: number): number {
  let byte = 0;
  for (let bit = 0; bit < 8; bit++) byte |= ((code >>> (3 * bit + axis)) & 1) << bit;
  return byte;
}

/** The coordinates of a code, for the decoder. */
export function fromMorton(high: number, low: number, axis: number): number {
  return (gather(high, axis) << 8) | gather(low, axis);
}

const DIGIT = 12;
const BUCKETS = 1 << DIGIT;

/** @returns [N] point numbers in ascending order of their codes; equal codes keep their order (radix sort) */
export function mortonOrder({ high, low }: MortonCodes): Uint32Array {
  const count = high.length;
  let order = Uint32Array.from({ length: count }, (_, i) => i);
  let next = new Uint32Array(count);
  const starts = new Uint32Array(BUCKETS + 1);
  for (const [half, shift] of [
    [low, 0],
    [low, DIGIT],
    [high, 0],
    [high, DIGIT],
  ] as const) {
    starts.fill(0);
    for (let i = 0; i < count; i++) starts[((half[i]! >>> shift) & (BUCKETS - 1)) + 1]!++;
    for (let bucket = 0; bucket < BUCKETS; bucket++) starts[bucket + 1]! += starts[bucket]!;
    for (const i of order) next[starts[(half[i]! >>> shift) & (BUCKETS - 1)]!++] = i;
    [order, next] = [next, order];
  }
  return order;
}
