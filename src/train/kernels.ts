/** Dispatches of `shaders/loss` and `shaders/optim`, into a compute pass that the caller owns. */

import type { AdamStep } from '../core/adam.ts';
import type { LossWeights } from '../core/loss.ts';
import { type Gpu, grid2d } from '../gpu/device.ts';

const WORKGROUP = 256;

/** loss/sum_pairs adds at most this many partial sums; so many workgroups share the points. */
const MAX_PARTIALS = 256;

/** Bytes of the partial sums that `encodeOffsetLoss` and `encodeSquareSum` need. */
export const PARTIAL_BYTES = MAX_PARTIALS * 8;

/** Dispatches that each function below encodes. */
export const OFFSET_LOSS_DISPATCHES = 2;
export const SQUARE_SUM_DISPATCHES = 2;

function strided(length: number): { groups: number; threads: number } {
  const groups = Math.min(MAX_PARTIALS, Math.ceil(length / WORKGROUP));
  return { groups, threads: groups * WORKGROUP };
}

function encodeSumPairs(
  gpu: Gpu,
  pass: GPUComputePassEncoder,
  partial: GPUBuffer,
  result: GPUBuffer,
  count: number,
  accumulate: boolean,
): void {
  gpu.kernel('loss/sum_pairs').encode(pass, [gpu.params([count, Number(accumulate)]), partial, result], 1);
}

export interface OffsetLossBuffers {
  /** [N, row] predicted offsets. */
  readonly pred: GPUBuffer;
  /** [N, 3] target offsets. */
  readonly target: GPUBuffer;
  /** [N, row] dL/dpred, written; padding columns become 0. */
  readonly gradient: GPUBuffer;
  /** `PARTIAL_BYTES` of scratch. */
  readonly partial: GPUBuffer;
  /** [2] dist and dir, written. */
  readonly value: GPUBuffer;
}

/**
 * Loss value and gradient, core/loss.ts.
 * @param row floats per row of pred and gradient: 3, or 4 when padded
 */
export function encodeOffsetLoss(
  gpu: Gpu,
  pass: GPUComputePassEncoder,
  buffers: OffsetLossBuffers,
  points: number,
  row: number,
  weights: LossWeights,
): void {
  const { groups, threads } = strided(points);
  const { distanceMoved, distanceUnmoved, direction, eps } = weights;
  const params = gpu.params([points, threads, distanceMoved, distanceUnmoved, direction, eps], [2, 3, 4, 5]);
  const { pred, target, gradient, partial, value } = buffers;
  gpu
    .kernel('loss/offset_loss', { ROW: row })
    .encode(pass, [params, pred, target, gradient, partial], groups);
  encodeSumPairs(gpu, pass, partial, value, groups, false);
}

/**
 * Squared norm and number of non-finite values of one gradient, core/adam.ts `gradientNorm`.
 * @param result [2] squares and non-finite count, replaced or added to
 */
export function encodeSquareSum(
  gpu: Gpu,
  pass: GPUComputePassEncoder,
  gradient: GPUBuffer,
  length: number,
  partial: GPUBuffer,
  result: GPUBuffer,
  accumulate: boolean,
): void {
  const { groups, threads } = strided(length);
  gpu.kernel('optim/square_sum').encode(pass, [gpu.params([length, threads]), gradient, partial], groups);
  encodeSumPairs(gpu, pass, partial, result, groups, accumulate);
}

export interface AdamBuffers {
  readonly parameter: GPUBuffer;
  readonly gradient: GPUBuffer;
  readonly first: GPUBuffer;
  readonly second: GPUBuffer;
}

/** Fused Adam of one tensor of `length` elements, in place, core/adam.ts `adamUpdate`. One dispatch. */
export function encodeAdam(
  gpu: Gpu,
  pass: GPUComputePassEncoder,
  buffers: AdamBuffers,
  length: number,
  step: AdamStep,
): void {
  const { beta1, beta2, stepSize, rootCorrection2, eps, gradScale } = step;
  const params = gpu.params(
    [beta1, 1 - beta1, beta2, 1 - beta2, stepSize, rootCorrection2, eps, gradScale],
    [0, 1, 2, 3, 4, 5, 6, 7],
  );
  // The bound size tells the kernel how many elements there are.
  const bound = (buffer: GPUBuffer): GPUBufferBinding => ({ buffer, size: length * 4 });
  const { parameter, gradient, first, second } = buffers;
  gpu
    .kernel('optim/adam')
    .encode(
      pass,
      [params, bound(gradient), bound(parameter), bound(first), bound(second)],
      ...grid2d(gpu, Math.ceil(length / WORKGROUP)),
    );
}
