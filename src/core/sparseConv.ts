/**
 * CPU twin of `shaders/conv`: sparse convolution over a kernel map and its two gradients, as plain loops in
 * float64. It is the oracle of the kernels, not a fast path (the wasm backend is). Law: core/indexLaw.
 */

import type { KernelMap } from './types.ts';

type Numbers = ArrayLike<number>;

/** Calls `visit(tap, input row, output row)` for every pair; a transposed convolution swaps the rows. */
function forEachPair(
  map: KernelMap,
  transposed: boolean,
  visit: (k: number, from: number, to: number) => void,
): void {
  for (let k = 0; k < map.taps; k++)
    for (let o = 0; o < map.vOut; o++) {
      const i = map.source[k * map.vOut + o]!;
      if (i < 0) continue;
      if (transposed) visit(k, o, i);
      else visit(k, i, o);
    }
}

/**
 * @param x [rows, cin]; @param w [taps, cin, cout]
 * @returns [vOut, cout], or [vIn, cout] when transposed
 */
export function sparseConv(
  x: Numbers,
  w: Numbers,
  map: KernelMap,
  cin: number,
  cout: number,
  transposed = false,
): Float64Array {
  const y = new Float64Array((transposed ? map.vIn : map.vOut) * cout);
  forEachPair(map, transposed, (k, from, to) => {
    for (let i = 0; i < cin; i++) {
      const a = x[from * cin + i]!;
      for (let o = 0; o < cout; o++) y[to * cout + o]! += a * w[(k * cin + i) * cout + o]!;
    }
  });
  return y;
}

/** Gradient with respect to x, from dy [rows of the output, cout]. */
export function sparseConvInputGrad(
  dy: Numbers,
  w: Numbers,
  map: KernelMap,
  cin: number,
  cout: number,
  transposed = false,
): Float64Array {
  const dx = new Float64Array((transposed ? map.vOut : map.vIn) * cin);
  forEachPair(map, transposed, (k, from, to) => {
    for (let i = 0; i < cin; i++) {
      let sum = 0;
      for (let o = 0; o < cout; o++) sum += dy[to * cout + o]! * w[(k * cin + i) * cout + o]!;
      dx[from * cin + i]! += sum;
    }
  });
  return dx;
}

/** Gradient with respect to w: [taps, cin, cout]. */
export function sparseConvWeightGrad(
  x: Numbers,
  dy: Numbers,
  map: KernelMap,
  cin: number,
  cout: number,
  transposed = false,
): Float64Array {
  const dw = new Float64Array(map.taps * cin * cout);
  forEachPair(map, transposed, (k, from, to) => {
    for (let i = 0; i < cin; i++)
      for (let o = 0; o < cout; o++) dw[(k * cin + i) * cout + o]! += x[from * cin + i]! * dy[to * cout + o]!;
  });
  return dw;
}
