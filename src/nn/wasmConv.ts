/**
 * Sparse convolution on the CPU: tap by tap, the rows that a tap connects are multiplied with its matrix
 * and added to the output in place (`wasmGemmCode`). See core/indexLaw for the maps; twin: core/sparseConv.
 *
 * Measured (one thread of a 2.45 GHz EPYC, 683 pairs, 24 -> 24 channels): 22 GF/s forward and input
 * gradient, 26 GF/s weight gradient, gather and scatter included; tfjs's matMul makes 17 GF/s of the bare
 * product.
 */

import type { ConvPairs } from '../core/convPairs.ts';
import { registerKernel } from './interop.ts';
import { type Activation, type ConvAttrs, type FusedConvAttrs, OPS, outputRows } from './ops.ts';
import type * as tf from './tf.ts';
import type { WasmHeap } from './wasmHeap.ts';
import { TABLE, TABLE_ROWS, variant } from './wasmNormCode.ts';

/** Floats of gathered rows that are worked on at once: half of a small first-level cache. */
const CHUNK_FLOATS = 4096;
const MIN_CHUNK = 16;

/** The pairs of a convolution in the direction it runs. */
interface Pairs {
  readonly taps: number;
  readonly tapStart: ArrayLike<number>;
  readonly tapPairs: ArrayLike<number>;
  /** Row read and row written (or, in the weight gradient, the row of dy), per slot. */
  readonly from: Uint32Array;
  readonly to: Uint32Array;
}

interface Epilogue {
  readonly affine: tf.TensorInfo;
  readonly residual: tf.TensorInfo | undefined;
  readonly activation: Activation;
}

/** @param rows rows of the input, needed where there is no map */
function pairsOf({ map, transposed }: ConvAttrs, rows: number): Pairs {
  if (map === null) {
    const each = new Uint32Array(rows);
    for (let i = 0; i < rows; i++) each[i] = i;
    return { taps: 1, tapStart: [0], tapPairs: [rows], from: each, to: each };
  }
  // Plans of this backend hold ConvPairs, see wasmPlan.
  const { taps, tapStart, tapPairs, pairIn, pairOut } = map as ConvPairs;
  return transposed
    ? { taps, tapStart, tapPairs, from: pairOut, to: pairIn }
    : { taps, tapStart, tapPairs, from: pairIn, to: pairOut };
}

/** Calls `run` for each chunk of each tap; `from` and `to` are addresses into the lists in the heap. */
function forChunks(
  heap: WasmHeap,
  pairs: Pairs,
  channels: number,
  eachTap: (tap: number) => void,
  run: (tap: number, from: number, to: number, count: number) => void,
): void {
  const slots = pairs.from.length;
  const lists = heap.scratch(8 * slots);
  heap.words(lists.address, slots).set(pairs.from);
  heap.words(lists.address + 4 * slots, slots).set(pairs.to);
  const chunk = Math.max(MIN_CHUNK, Math.floor(CHUNK_FLOATS / channels) & ~3);
  for (let k = 0; k < pairs.taps; k++) {
    const count = pairs.tapPairs[k]!;
    if (count === 0) continue;
    eachTap(k);
    for (let p = 0; p < count; p += chunk) {
      const from = lists.address + 4 * (pairs.tapStart[k]! + p);
      run(k, from, from + 4 * slots, Math.min(chunk, count - p));
    }
  }
  lists.free();
}

class WasmConv {
  private readonly heap: WasmHeap;
  constructor(heap: WasmHeap) {
    this.heap = heap;
  }

  /** Forward, with or without an epilogue. */
  forward(x: tf.TensorInfo, w: tf.TensorInfo, attrs: ConvAttrs, epilogue: Epilogue | null): tf.TensorInfo {
    const rows = x.shape[0]!;
    const y = this.heap.zeros([outputRows(attrs, rows), w.shape[2]!]);
    this.multiply(x, w, y, pairsOf(attrs, rows), false);
    if (epilogue !== null) this.finish(y, epilogue);
    return y;
  }

  /** Gradient with respect to the input, from dy [rows of the output, Cout]. */
  inputGrad(dy: tf.TensorInfo, w: tf.TensorInfo, attrs: ConvAttrs): tf.TensorInfo {
    const { map, transposed } = attrs;
    const rows = map === null ? dy.shape[0]! : transposed ? map.vOut : map.vIn;
    const dx = this.heap.zeros([rows, w.shape[1]!]);
    const { from, to, ...pairs } = pairsOf(attrs, rows);
    this.multiply(dy, w, dx, { ...pairs, from: to, to: from }, true);
    return dx;
  }

  /** Gradient with respect to the weights: [K, Cin, Cout]. */
  weightGrad(x: tf.TensorInfo, dy: tf.TensorInfo, attrs: ConvAttrs): tf.TensorInfo {
    const { heap } = this;
    const [rows, cin] = x.shape as [number, number];
    const cout = dy.shape[1]!;
    const pairs = pairsOf(attrs, rows);
    const dw = heap.zeros([pairs.taps, cin, cout]);
    const [xAt, dyAt, dwAt] = [heap.address(x), heap.address(dy), heap.address(dw)];
    forChunks(
      heap,
      pairs,
      Math.max(cin, cout),
      () => {},
      (tap, from, to, count) =>
        heap.kernels.weightGrad(xAt, dyAt, dwAt + 4 * tap * cin * cout, from, to, count, cin, cout),
    );
    return dw;
  }

  /** y[to] += x[from] W[tap], or its transpose, over all pairs in order. */
  private multiply(
    x: tf.TensorInfo,
    w: tf.TensorInfo,
    y: tf.TensorInfo,
    pairs: Pairs,
    transpose: boolean,
  ): void {
    const { heap } = this;
    const [, cin, cout] = w.shape as [number, number, number];
    const [inner, outer] = transpose ? [cout, cin] : [cin, cout];
    const panels = heap.scratch(4 * cin * cout);
    const [xAt, wAt, yAt] = [heap.address(x), heap.address(w), heap.address(y)];
    const pack = transpose ? heap.kernels.packTransposed : heap.kernels.pack;
    forChunks(
      heap,
      pairs,
      inner,
      (tap) => pack(wAt + 4 * tap * cin * cout, panels.address, cin, cout),
      (_tap, from, to, count) => heap.kernels.gemm(xAt, panels.address, yAt, from, to, count, inner, outer),
    );
    panels.free();
  }

  private finish(y: tf.TensorInfo, { affine, residual, activation }: Epilogue): void {
    const { heap } = this;
    const [rows, channels] = y.shape as [number, number];
    const table = heap.scratch(4 * TABLE_ROWS * channels);
    const entries = heap.floats(table.address, TABLE_ROWS * channels).fill(0);
    entries.set(heap.floats(heap.address(affine), 3 * channels), TABLE.scale * channels);
    const yAt = heap.address(y);
    heap.kernels[variant('activate', activation, residual !== undefined)](
      yAt,
      table.address,
      residual === undefined ? 0 : heap.address(residual),
      yAt,
      rows,
      channels,
    );
    table.free();
  }
}

/** @returns the ways to take the registrations back */
export function registerWasmConv(heap: WasmHeap): (() => void)[] {
  const conv = new WasmConv(heap);
  const attrsOf = <A>(attrs: unknown) => attrs as A;
  return [
    registerKernel('wasm', OPS.conv, ({ inputs, attrs }) =>
      conv.forward(inputs.x!, inputs.w!, attrsOf<ConvAttrs>(attrs), null),
    ),
    registerKernel('wasm', OPS.convFused, ({ inputs, attrs }) => {
      const fused = attrsOf<FusedConvAttrs>(attrs);
      const { affine, residual } = inputs;
      return conv.forward(inputs.x!, inputs.w!, fused, {
        affine: affine!,
        residual,
        activation: fused.activation,
      });
    }),
    registerKernel('wasm', OPS.convInputGrad, ({ inputs, attrs }) =>
      conv.inputGrad(inputs.dy!, inputs.w!, attrsOf<ConvAttrs>(attrs)),
    ),
    registerKernel('wasm', OPS.convWeightGrad, ({ inputs, attrs }) =>
      conv.weightGrad(inputs.x!, inputs.dy!, attrsOf<ConvAttrs>(attrs)),
    ),
  ];
}
