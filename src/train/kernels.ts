/** Dispatches of `shaders/loss` and `shaders/optim`, into a compute pass that the caller owns. */

import type { AdamStep } from '../core/adam.ts';
import type { LossWeights } from '../core/loss.ts';
import { type Gpu, grid2d } from '../gpu/device.ts';

/** Threads of a workgroup of adam; the other kernels have 64. */
const ADAM_WORKGROUP = 256;
const WORKGROUP = 64;

/** Threads that share the points of a loss: enough to fill a GPU, few enough to add up in one workgroup. */
const MAX_LOSS_THREADS = 8192;

/** Threads that share the elements of one gradient tensor. */
const MAX_NORM_THREADS = 1024;

/** Elements of a gradient that one thread takes at least. */
const NORM_CHUNK = 32;

const PAIR_BYTES = 8;

/** Dispatches of `encodeOffsetLoss`. */
export const OFFSET_LOSS_DISPATCHES = 2;

/** Bytes of scratch that `encodeOffsetLoss` needs for so many points. */
export function lossPartialBytes(points: number): number {
  return PAIR_BYTES * Math.min(MAX_LOSS_THREADS, points);
}

export interface OffsetLossBuffers {
  /** [N, row] predicted offsets. */
  readonly pred: GPUBuffer;
  /** [N, 3] target offsets. */
  readonly target: GPUBuffer;
  /** [N, row] dL/dpred, written; padding columns become 0. */
  readonly gradient: GPUBuffer;
  /** `lossPartialBytes` of scratch. */
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
  const threads = Math.min(MAX_LOSS_THREADS, points);
  const { distanceMoved, distanceUnmoved, direction, eps } = weights;
  const params = gpu.params([points, threads, distanceMoved, distanceUnmoved, direction, eps], [2, 3, 4, 5]);
  const { pred, target, gradient, partial, value } = buffers;
  gpu
    .kernel('loss/offset_loss', { ROW: row })
    .encode(pass, [params, pred, target, gradient, partial], Math.ceil(threads / WORKGROUP));
  gpu.kernel('loss/sum_pairs').encode(pass, [gpu.params([threads]), partial, value], 1);
}

/** Where the partial sums of each gradient tensor go. */
export interface NormLayout {
  readonly lengths: readonly number[];
  readonly threads: readonly number[];
  readonly firsts: readonly number[];
  /** Pairs of all tensors. */
  readonly count: number;
  /** Bytes of scratch for them. */
  readonly bytes: number;
}

/** @param lengths elements of each tensor */
export function normLayout(lengths: readonly number[]): NormLayout {
  const threads = lengths.map((length) => Math.min(MAX_NORM_THREADS, Math.ceil(length / NORM_CHUNK)));
  let count = 0;
  const firsts = threads.map((n) => {
    count += n;
    return count - n;
  });
  return { lengths, threads, firsts, count, bytes: PAIR_BYTES * count };
}

/**
 * Squared norm and number of non-finite values over all gradients, core/adam.ts `gradientNorm`. One dispatch
 * per tensor and one for the sum.
 * @param gradients in the order of the layout
 * @param partial `layout.bytes` of scratch; @param result [2] squares and non-finite count, written
 */
export function encodeGradientNorm(
  gpu: Gpu,
  pass: GPUComputePassEncoder,
  gradients: readonly GPUBuffer[],
  layout: NormLayout,
  partial: GPUBuffer,
  result: GPUBuffer,
): void {
  const kernel = gpu.kernel('optim/square_sum');
  gradients.forEach((gradient, i) => {
    const threads = layout.threads[i]!;
    const params = gpu.params([layout.lengths[i]!, threads, layout.firsts[i]!]);
    kernel.encode(pass, [params, gradient, partial], Math.ceil(threads / WORKGROUP));
  });
  gpu.kernel('loss/sum_pairs').encode(pass, [gpu.params([layout.count]), partial, result], 1);
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
      ...grid2d(gpu, Math.ceil(length / ADAM_WORKGROUP)),
    );
}
