/**
 * Columns of numbers as byte planes of their differences: low bytes, which are noise, and high bytes, which
 * are nearly always the same, each get a deflate stream of their own.
 */

import { fromMorton, HALF, type MortonCodes } from './morton.ts';
import { ShareError } from './problem.ts';

export type Plane = Uint8Array<ArrayBuffer>;

function newPlanes(planes: number, count: number): Plane[] {
  return Array.from({ length: planes }, () => new Uint8Array(count));
}

/** Bytes that hold the difference of two codes of `3 * bits` bits. */
export function codePlaneCount(bits: number): number {
  return Math.ceil((3 * bits) / 8);
}

/** @param order ascending codes @returns planes of the differences, lowest byte first */
export function codePlanes({ high, low }: MortonCodes, order: Uint32Array, bits: number): Plane[] {
  const planes = newPlanes(codePlaneCount(bits), order.length);
  let before = 0;
  order.forEach((row, i) => {
    const code = high[row]! * HALF + low[row]!;
    let rest = code - before;
    before = code;
    for (const plane of planes) {
      plane[i] = rest % 256;
      rest = Math.floor(rest / 256);
    }
  });
  return planes;
}

/** @returns [3N] grid coordinates @throws ShareError when a code leaves the grid */
export function fromCodePlanes(planes: readonly Plane[], count: number, bits: number): Uint16Array {
  const grid = new Uint16Array(3 * count);
  const end = 2 ** (3 * bits);
  let code = 0;
  for (let i = 0; i < count; i++) {
    let factor = 1;
    for (const plane of planes) {
      code += plane[i]! * factor;
      factor *= 256;
    }
    if (code >= end) throw new ShareError('damaged', 'POSN', `point ${i} lies outside the grid`);
    const high = Math.floor(code / HALF);
    const low = code % HALF;
    for (let axis = 0; axis < 3; axis++) grid[3 * i + axis] = fromMorton(high, low, axis);
  }
  return grid;
}

/** Small differences of either sign as small numbers: 0, -1, 1, -2, 2 ... within 16 bits. */
function zigzag(difference: number): number {
  const signed = (difference << 16) >> 16;
  return ((signed << 1) ^ (signed >> 31)) & 0xffff;
}

function unzigzag(value: number): number {
  return (value >>> 1) ^ -(value & 1);
}

/**
 * @param values [N * width], row by row @param bytes 1 or 2 of each value
 * @param order rows in the order they are stored
 * @returns `width * bytes` planes of the differences to the row before, column by column, low byte first
 */
export function differencePlanes(
  values: ArrayLike<number>,
  width: number,
  bytes: 1 | 2,
  order: Uint32Array,
): Plane[] {
  const planes = newPlanes(width * bytes, order.length);
  for (let column = 0; column < width; column++) {
    const [low, high] = [planes[column * bytes]!, bytes === 2 ? planes[column * bytes + 1]! : null];
    let before = 0;
    order.forEach((row, i) => {
      const value = values[row * width + column]!;
      const coded = bytes === 2 ? zigzag(value - before) : (value - before) & 255;
      before = value;
      low[i] = coded & 255;
      if (high !== null) high[i] = coded >> 8;
    });
  }
  return planes;
}

/** The way back from `differencePlanes`. @returns [N * width] values 0..255 or 0..65535 */
export function fromDifferencePlanes(
  planes: readonly Plane[],
  width: number,
  bytes: 1 | 2,
  count: number,
): Uint16Array {
  const values = new Uint16Array(count * width);
  const mask = bytes === 2 ? 0xffff : 255;
  for (let column = 0; column < width; column++) {
    const [low, high] = [planes[column * bytes]!, bytes === 2 ? planes[column * bytes + 1]! : null];
    let value = 0;
    for (let i = 0; i < count; i++) {
      const difference = high === null ? low[i]! : unzigzag(low[i]! | (high[i]! << 8));
      value = (value + difference) & mask;
      values[i * width + column] = value;
    }
  }
  return values;
}
