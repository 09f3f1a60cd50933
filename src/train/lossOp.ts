/**
 * The offset loss as the last tfjs operation of a training graph: its value, and its gradient made by the
 * same kernel in the same pass (core/loss.ts). WebGPU runs `shaders/loss`, wasm the CPU twin.
 */

import { type LossWeights, offsetLoss } from '../core/loss.ts';
import type { ComputeBackend, WebGpuCompute } from '../nn/backend.ts';
import { registerKernel } from '../nn/interop.ts';
import * as tf from '../nn/tf.ts';
import { encodeOffsetLoss, lossPartialBytes, OFFSET_LOSS_DISPATCHES } from './kernels.ts';

const OP = 'OffsetLoss';

interface LossAttrs {
  readonly weights: LossWeights;
}

/** tfjs types attributes as plain data and hands them through. */
function weightsOf(attrs: tf.NamedAttrMap | undefined): LossWeights {
  return (attrs as unknown as LossAttrs).weights;
}

/**
 * @param pred [N, row] predicted offsets, row 3 or 4 (padded); @param target [N, 3]
 * @returns [2] dist and dir; differentiate with `tf.engine().gradients`, whose seed of ones makes it the
 *   gradient of their sum. It has to be the last operation: the incoming gradient is taken to be 1.
 */
export function offsetLossOp(pred: tf.Tensor2D, target: tf.Tensor2D, weights: LossWeights): tf.Tensor1D {
  const attrs: LossAttrs = { weights };
  const [value] = tf
    .engine()
    .runKernel(OP, { pred, target }, attrs as unknown as tf.NamedAttrMap) as unknown as tf.Tensor[];
  return value as tf.Tensor1D;
}

function webGpuKernel({ gpu, queue }: WebGpuCompute): tf.KernelFunc {
  return ({ inputs, attrs }) => {
    const { pred, target } = inputs as { pred: tf.TensorInfo; target: tf.TensorInfo };
    const [points, row] = pred.shape as [number, number];
    const value = queue.output([2]);
    const gradient = queue.output([points, row]);
    const partial = queue.output([lossPartialBytes(points) / 4]);
    const buffers = {
      pred: queue.bufferOf(pred),
      target: queue.bufferOf(target),
      gradient: gradient.buffer,
      partial: partial.buffer,
      value: value.buffer,
    };
    queue.encode(
      (pass) => encodeOffsetLoss(gpu, pass, buffers, points, row, weightsOf(attrs)),
      OFFSET_LOSS_DISPATCHES,
    );
    queue.backend.disposeData(partial.info.dataId);
    return [value.info, gradient.info];
  };
}

function cpuKernel(): tf.KernelFunc {
  return ({ inputs, attrs, backend }) => {
    const { pred, target } = inputs as { pred: tf.TensorInfo; target: tf.TensorInfo };
    // Every tfjs backend that computes on the CPU reads synchronously and takes written values.
    const store = backend as tf.KernelBackend;
    const read = (tensor: tf.TensorInfo) => store.readSync(tensor.dataId) as Float32Array;
    const row = pred.shape[1]!;
    const { dist, dir, gradient } = offsetLoss(read(pred), read(target), weightsOf(attrs), row);
    const make = (values: Float32Array, shape: number[]): tf.TensorInfo => ({
      dataId: store.write(values, shape, 'float32'),
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
