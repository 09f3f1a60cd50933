/** Fused batch norm + residual + activation on the CPU, forward and backward: `wasmNormCode`. */

import { InvalidInputError } from '../core/errors.ts';
import { registerKernel } from './interop.ts';
import { type NormAttrs, OPS } from './ops.ts';
import type * as tf from './tf.ts';
import type { WasmHeap } from './wasmHeap.ts';
import { TABLE, TABLE_ROWS, variant } from './wasmNormCode.ts';

/** Floats of a chunk of rows: its columns are walked one vector at a time, so it should stay in cache. */
const CHUNK_FLOATS = 4096;

function forRowChunks(rows: number, channels: number, run: (offset: number, count: number) => void): void {
  const chunk = Math.max(16, Math.floor(CHUNK_FLOATS / channels));
  for (let r = 0; r < rows; r += chunk) run(4 * r * channels, Math.min(chunk, rows - r));
}

/** Mean and biased variance per channel, in float64 and two passes. */
function momentsOf(
  heap: WasmHeap,
  x: number,
  rows: number,
  channels: number,
): { mean: Float64Array; variance: Float64Array } {
  const scratch = heap.scratch(16 * channels);
  const [means, squares] = [scratch.address, scratch.address + 8 * channels];
  const sums = heap.doubles(means, 2 * channels).fill(0);
  forRowChunks(rows, channels, (offset, count) =>
    heap.kernels.columnSums(x + offset, means, count, channels),
  );
  for (let c = 0; c < channels; c++) sums[c]! /= rows;
  forRowChunks(rows, channels, (offset, count) =>
    heap.kernels.columnSquares(x + offset, means, squares, count, channels),
  );
  for (let c = channels; c < 2 * channels; c++) sums[c]! /= rows;
  const result = { mean: sums.slice(0, channels), variance: sums.slice(channels) };
  scratch.free();
  return result;
}

/** Table of the normalisation, see wasmNormCode; `params` as in ops.ts: gamma, beta and perhaps slopes. */
function normTable(
  mean: ArrayLike<number>,
  variance: ArrayLike<number>,
  params: Float32Array,
  eps: number,
): Float32Array {
  const channels = mean.length;
  const table = new Float32Array(TABLE_ROWS * channels);
  for (let c = 0; c < channels; c++) {
    const inverse = 1 / Math.sqrt(variance[c]! + eps);
    table[TABLE.centre * channels + c] = mean[c]!;
    table[TABLE.scale * channels + c] = params[c]! * inverse;
    table[TABLE.shift * channels + c] = params[channels + c]!;
    table[TABLE.slope * channels + c] = params[2 * channels + c] ?? 0;
    table[TABLE.inverse * channels + c] = inverse;
  }
  return table;
}

function forward(heap: WasmHeap, inputs: tf.NamedTensorInfoMap, attrs: NormAttrs): tf.TensorInfo[] {
  const { x, params, residual } = inputs as Record<'x' | 'params', tf.TensorInfo> & {
    residual?: tf.TensorInfo;
  };
  const [rows, channels] = x.shape as [number, number];
  if (rows < 2) throw new InvalidInputError('batch norm', `needs at least 2 rows to train on, got ${rows}`);
  const y = heap.output([rows, channels]);
  const moments = heap.output([2, channels]);
  const scratch = heap.scratch(4 * TABLE_ROWS * channels);
  const { mean, variance } = momentsOf(heap, heap.address(x), rows, channels);
  const momentsAt = heap.floats(heap.address(moments), 2 * channels);
  momentsAt.set(mean);
  momentsAt.set(variance, channels);
  const paramsAt = heap.floats(heap.address(params), params.shape[0]! * channels);
  heap
    .floats(scratch.address, TABLE_ROWS * channels)
    // The rounded moments, as the backward pass will see them.
    .set(normTable(momentsAt.subarray(0, channels), momentsAt.subarray(channels), paramsAt, attrs.eps));
  heap.kernels[variant('activate', attrs.activation, residual !== undefined)](
    heap.address(x),
    scratch.address,
    residual === undefined ? 0 : heap.address(residual),
    heap.address(y),
    rows,
    channels,
  );
  scratch.free();
  return [y, moments];
}

/** Addresses of what the backward pass reads; `residual` is 0 where there is none. */
interface BackwardInputs {
  readonly x: number;
  readonly dy: number;
  readonly residual: number;
  readonly table: number;
}

/** Sums over the rows: du, du * xhat and, with PReLU, the slope's gradient; float64 [3, C]. */
function gradientSums(
  heap: WasmHeap,
  { x, dy, residual, table }: BackwardInputs,
  [rows, channels]: readonly [number, number],
  kernel: (...args: number[]) => void,
): Float64Array {
  const scratch = heap.scratch(24 * channels);
  const sums = heap.doubles(scratch.address, 3 * channels).fill(0);
  forRowChunks(rows, channels, (offset, count) =>
    kernel(x + offset, dy + offset, table, residual + offset, scratch.address, count, channels),
  );
  const result = sums.slice();
  scratch.free();
  return result;
}

function backward(heap: WasmHeap, inputs: tf.NamedTensorInfoMap, attrs: NormAttrs): tf.TensorInfo[] {
  const { x, params, dy, moments, residual } = inputs as Record<
    'x' | 'params' | 'dy' | 'moments',
    tf.TensorInfo
  > & { residual?: tf.TensorInfo };
  const { activation } = attrs;
  const [rows, channels] = x.shape as [number, number];
  const hasResidual = residual !== undefined;
  const dx = heap.output([rows, channels]);
  const dParams = heap.output(params.shape.slice());
  const dResidual = hasResidual ? heap.output([rows, channels]) : null;
  const table = heap.scratch(4 * TABLE_ROWS * channels);
  const reads: BackwardInputs = {
    x: heap.address(x),
    dy: heap.address(dy),
    residual: hasResidual ? heap.address(residual) : 0,
    table: table.address,
  };

  const tableOf = () => heap.floats(table.address, TABLE_ROWS * channels);
  const saved = heap.floats(heap.address(moments), 2 * channels);
  const paramsAt = heap.floats(heap.address(params), params.shape[0]! * channels);
  tableOf().set(normTable(saved.subarray(0, channels), saved.subarray(channels), paramsAt, attrs.eps));
  const sums = gradientSums(
    heap,
    reads,
    [rows, channels],
    heap.kernels[variant('normGradSums', activation, hasResidual)],
  );
  const [du, duXhat] = [sums.subarray(0, channels), sums.subarray(channels, 2 * channels)];
  const gradients = heap.floats(heap.address(dParams), params.shape[0]! * channels);
  gradients.set(duXhat);
  gradients.set(du, channels);
  if (activation === 'prelu') gradients.set(sums.subarray(2 * channels), 2 * channels);
  tableOf().set(
    du.map((sum) => sum / rows),
    TABLE.meanDu * channels,
  );
  tableOf().set(
    duXhat.map((sum) => sum / rows),
    TABLE.meanDuXhat * channels,
  );
  heap.kernels[variant('normGradApply', activation, hasResidual)](
    reads.x,
    reads.dy,
    reads.table,
    reads.residual,
    heap.address(dx),
    dResidual === null ? 0 : heap.address(dResidual),
    rows,
    channels,
  );
  table.free();
  return dResidual === null ? [dx, dParams] : [dx, dParams, dResidual];
}

/** @returns the ways to take the registrations back */
export function registerWasmNorm(heap: WasmHeap): (() => void)[] {
  const attrsOf = (attrs: unknown) => attrs as NormAttrs;
  return [
    registerKernel('wasm', OPS.norm, ({ inputs, attrs }) => forward(heap, inputs, attrsOf(attrs))),
    registerKernel('wasm', OPS.normResidual, ({ inputs, attrs }) => forward(heap, inputs, attrsOf(attrs))),
    registerKernel('wasm', OPS.normGrad, ({ inputs, attrs }) => backward(heap, inputs, attrsOf(attrs))),
  ];
}
