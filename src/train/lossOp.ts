/**
 * The offset loss as the last tfjs operation of a training graph: its value, and its gradient made by the
 * same kernel in the same pass (core/loss.ts). WebGPU runs `shaders/loss`, wasm the CPU twin.
 */

import { type LossWeights, offsetLoss } from '../core/loss.ts';
import type { ComputeBackend, WebGpuCompute } from '../nn/backend.ts';
import { registerKernel, type TfjsQueue } from '../nn/interop.ts';
import * as tf from '../nn/tf.ts';
import { encodeOffsetLoss, lossPartialBytes, OFFSET_LOSS_DISPATCHES } from './kernels.ts';

const OP = 'OffsetLoss';

/** Target offsets [N, 3], model units: values, or what a kernel has left on the GPU. */
export type LossTarget = Float32Array | GPUBuffer;

interface LossAttrs {
  readonly weights: LossWeights;
  readonly target: LossTarget;
}

/** tfjs types attributes as plain data and hands them through. */
function attrsOf(attrs: tf.NamedAttrMap | undefined): LossAttrs {
  return attrs as unknown as LossAttrs;
}

/**
 * @param pred [N, row] predicted offsets, row 3 or 4 (padded); @param target stays the caller's
 * @returns [2] dist and dir; differentiate with `tf.engine().gradients`, whose seed of ones makes it the
 *   gradient of their sum. It has to be the last operation: the incoming gradient is taken to be 1.
 */
export function offsetLossOp(pred: tf.Tensor2D, target: LossTarget, weights: LossWeights): tf.Tensor1D {
  const attrs: LossAttrs = { weights, target };
  const [value] = tf
    .engine()
    .runKernel(OP, { pred }, attrs as unknown as tf.NamedAttrMap) as unknown as tf.Tensor[];
  return value as tf.Tensor1D;
}

/** The target as a buffer, and how to let go of it. */
function onGpu(queue: TfjsQueue, target: LossTarget): { buffer: GPUBuffer; release(): void } {
  if (!(target instanceof Float32Array)) return { buffer: target, release: () => {} };
  const info = queue.backend.makeTensorInfo([target.length], 'float32', target);
  return { buffer: queue.bufferOf(info), release: () => queue.backend.disposeData(info.dataId) };
}

function webGpuKernel({ gpu, queue }: WebGpuCompute): tf.KernelFunc {
  return ({ inputs, attrs }) => {
    const pred = inputs.pred!;
    const [points, row] = pred.shape as [number, number];
    const { weights, target } = attrsOf(attrs);
    const goal = onGpu(queue, target);
    const value = queue.output([2]);
    const gradient = queue.output([points, row]);
    const partial = queue.output([lossPartialBytes(points) / 4]);
    const buffers = {
      pred: queue.bufferOf(pred),
      target: goal.buffer,
      gradient: gradient.buffer,
      partial: partial.buffer,
      value: value.buffer,
    };
    queue.encode(
      (pass) => encodeOffsetLoss(gpu, pass, buffers, points, row, weights),
      OFFSET_LOSS_DISPATCHES,
    );
    goal.release();
    queue.backend.disposeData(partial.info.dataId);
    return [value.info, gradient.info];
  };
}

function cpuKernel(): tf.KernelFunc {
  return ({ inputs, attrs, backend }) => {
    const pred = inputs.pred!;
    const { weights, target } = attrsOf(attrs);
    if (!(target instanceof Float32Array)) throw new Error('targets on the GPU need the WebGPU backend');
    // Every tfjs backend that computes on the CPU reads synchronously and takes written values.
    const store = backend as tf.KernelBackend;
    const values = store.readSync(pred.dataId) as Float32Array;
    const { dist, dir, gradient } = offsetLoss(values, target, weights, pred.shape[1]!);
    const make = (data: Float32Array, shape: number[]): tf.TensorInfo => ({
      dataId: store.write(data, shape, 'float32'),
      shape,
      dtype: 'float32',
    });
    return [make(Float32Array.of(dist, dir), [2]), make(gradient, pred.shape.slice())];
  };
}

/** Registers the operation for a run. @returns the way to take it back */
export function registerOffsetLoss(backend: ComputeBackend): () => void {
  if (tf.getGradient(OP) === undefined)
    tf.registerGradient({
      kernelName: OP,
      outputsToSave: [false, true],
      gradFunc: (_dys, [gradient]) => ({ pred: () => tf.clone(gradient!) }),
    });
  return registerKernel(backend.name, OP, backend.name === 'webgpu' ? webGpuKernel(backend) : cpuKernel());
}
