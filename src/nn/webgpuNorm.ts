/** Fused batch norm + residual + activation on WebGPU, forward and backward: `shaders/norm`. */

import { grid2d } from '../gpu/device.ts';
import { registerKernel, type TfjsQueue } from './interop.ts';
import { ACTIVATION_CODE, type NormAttrs, OPS } from './ops.ts';
import type * as tf from './tf.ts';

/** Rows of a chunk: short enough to fill a GPU, long enough that merging costs nothing. */
const MIN_CHUNK = 64;
const MAX_CHUNKS = 256;

function chunking(rows: number): { chunk: number; chunks: number } {
  const chunk = Math.max(MIN_CHUNK, Math.ceil(rows / MAX_CHUNKS));
  return { chunk, chunks: Math.ceil(rows / chunk) };
}

/** Words of a params block of which the last is a float. */
function withEps(queue: TfjsQueue, words: number[], eps: number): GPUBuffer {
  return queue.gpu.params([...words, eps], [words.length]);
}

function forward(queue: TfjsQueue, inputs: tf.NamedTensorInfoMap, attrs: NormAttrs): tf.TensorInfo[] {
  const { gpu } = queue;
  const x = inputs.x!;
  const [rows, channels] = x.shape as [number, number];
  const c4 = channels / 4;
  const { chunk, chunks } = chunking(rows);
  const partial = queue.output([chunks, 2, channels]);
  const moments = queue.output([2, channels]);
  const y = queue.output([rows, channels]);
  const xBuffer = queue.bufferOf(x);
  const params = gpu.params([rows, c4, chunk, chunks]);
  queue.dispatch(
    gpu.kernel('norm/moments'),
    [params, xBuffer, partial.buffer],
    Math.ceil((chunks * c4) / 64),
  );
  queue.dispatch(
    gpu.kernel('norm/moments_merge'),
    [params, partial.buffer, moments.buffer],
    Math.ceil(c4 / 64),
  );
  const [gx, gy] = grid2d(gpu, Math.ceil((rows * c4) / 64));
  const residual = inputs.residual;
  queue.dispatch(
    gpu.kernel('norm/apply', { RESIDUAL: residual ? 1 : 0, ACTIVATION: ACTIVATION_CODE[attrs.activation] }),
    [
      withEps(queue, [rows * c4, c4, gx * 64], attrs.eps),
      xBuffer,
      moments.buffer,
      queue.bufferOf(inputs.params!),
      residual ? queue.bufferOf(residual) : xBuffer,
      y.buffer,
    ],
    gx,
    gy,
  );
  queue.backend.disposeData(partial.info.dataId);
  return [y.info, moments.info];
}

function backward(queue: TfjsQueue, inputs: tf.NamedTensorInfoMap, attrs: NormAttrs): tf.TensorInfo[] {
  const { gpu } = queue;
  const x = inputs.x!;
  const residual = inputs.residual;
  const [rows, channels] = x.shape as [number, number];
  const c4 = channels / 4;
  const { chunk, chunks } = chunking(rows);
  const partial = queue.output([chunks, 3, channels]);
  const dParams = queue.output(inputs.params!.shape.slice());
  const dx = queue.output([rows, channels]);
  // Without a residual its output is bound all the same, and never written.
  const dResidual = queue.output(residual ? [rows, channels] : [4]);
  const constants = { RESIDUAL: residual ? 1 : 0, ACTIVATION: ACTIVATION_CODE[attrs.activation] };
  const xBuffer = queue.bufferOf(x);
  const reads = [
    xBuffer,
    queue.bufferOf(inputs.dy!),
    queue.bufferOf(inputs.moments!),
    queue.bufferOf(inputs.params!),
  ];
  const residualBuffer = residual ? queue.bufferOf(residual) : xBuffer;
  queue.dispatch(
    gpu.kernel('norm/grad_sums', constants),
    [withEps(queue, [rows, c4, chunk, chunks], attrs.eps), ...reads, residualBuffer, partial.buffer],
    Math.ceil((chunks * c4) / 64),
  );
  queue.dispatch(
    gpu.kernel('norm/grad_merge', { ACTIVATION: constants.ACTIVATION }),
    [gpu.params([c4, chunks]), partial.buffer, dParams.buffer],
    Math.ceil(c4 / 64),
  );
  const [gx, gy] = grid2d(gpu, Math.ceil((rows * c4) / 64));
  queue.dispatch(
    gpu.kernel('norm/grad_apply', constants),
    [
      withEps(queue, [rows * c4, c4, gx * 64, rows], attrs.eps),
      ...reads,
      dParams.buffer,
      residualBuffer,
      dx.buffer,
      dResidual.buffer,
    ],
    gx,
    gy,
  );
  queue.backend.disposeData(partial.info.dataId);
  if (residual) return [dx.info, dParams.info, dResidual.info];
  queue.backend.disposeData(dResidual.info.dataId);
  return [dx.info, dParams.info];
}

/** @returns the ways to take the registrations back */
export function registerWebGpuNorm(queue: TfjsQueue): (() => void)[] {
  const attrsOf = (attrs: unknown) => attrs as NormAttrs;
  return [
    registerKernel('webgpu', OPS.norm, ({ inputs, attrs }) => forward(queue, inputs, attrsOf(attrs))),
    registerKernel('webgpu', OPS.normResidual, ({ inputs, attrs }) => forward(queue, inputs, attrsOf(attrs))),
    registerKernel('webgpu', OPS.normGrad, ({ inputs, attrs }) => backward(queue, inputs, attrsOf(attrs))),
  ];
}
