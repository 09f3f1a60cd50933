/**
 * CPU twin of the pair compaction: a kernel map as lists of input-output pairs grouped by tap, the form the
 * convolution kernels read. Each tap's slots are padded to whole tiles, so that no tile straddles two taps.
 */

import type { KernelMap } from './types.ts';

/** Slots per tile: rows one workgroup of `shaders/conv/pair_gemm` multiplies with one weight matrix. */
export const PAIR_TILE = 32;
/** Row of a padding slot. */
export const NO_ROW = 0xffffffff;

export interface ConvPairs {
  readonly taps: number;
  readonly vIn: number;
  readonly vOut: number;
  /** All pairs. */
  readonly pairs: number;
  /** Slots with padding, a multiple of PAIR_TILE. */
  readonly slots: number;
  /** [taps + 1] first slot of each tap. */
  readonly tapStart: Uint32Array;
  /** [taps] pairs of each tap. */
  readonly tapPairs: Uint32Array;
  /** [slots] input row, NO_ROW in padding; ascending by output row within a tap. */
  readonly pairIn: Uint32Array;
  /** [slots] output row, NO_ROW in padding. */
  readonly pairOut: Uint32Array;
  /** [slots / PAIR_TILE] tap of each tile. */
  readonly tileTap: Uint32Array;
  /** [taps * vOut] slot of (tap, output row), or -1. */
  readonly slotOf: Int32Array;
}

/** First slot of each tap, [taps + 1], from the pairs per tap. */
export function tapStarts(tapPairs: Uint32Array): Uint32Array {
  const starts = new Uint32Array(tapPairs.length + 1);
  for (let k = 0; k < tapPairs.length; k++)
    starts[k + 1] = starts[k]! + Math.ceil(tapPairs[k]! / PAIR_TILE) * PAIR_TILE;
  return starts;
}

export function convPairs({ taps, source, vIn, vOut }: KernelMap): ConvPairs {
  const tapPairs = new Uint32Array(taps);
  for (let k = 0; k < taps; k++)
    for (let o = 0; o < vOut; o++) if (source[k * vOut + o]! >= 0) tapPairs[k]!++;
  const tapStart = tapStarts(tapPairs);
  const slots = tapStart[taps]!;
  const pairIn = new Uint32Array(slots).fill(NO_ROW);
  const pairOut = new Uint32Array(slots).fill(NO_ROW);
  const tileTap = new Uint32Array(slots / PAIR_TILE);
  const slotOf = new Int32Array(taps * vOut).fill(-1);
  for (let k = 0; k < taps; k++) {
    tileTap.fill(k, tapStart[k]! / PAIR_TILE, tapStart[k + 1]! / PAIR_TILE);
    let slot = tapStart[k]!;
    for (let o = 0; o < vOut; o++) {
      const i = source[k * vOut + o]!;
      if (i < 0) continue;
      pairIn[slot] = i;
      pairOut[slot] = o;
      slotOf[k * vOut + o] = slot++;
    }
  }
  const pairs = tapPairs.reduce((sum, n) => sum + n, 0);
  return { taps, vIn, vOut, pairs, slots, tapStart, tapPairs, pairIn, pairOut, tileTap, slotOf };
}
