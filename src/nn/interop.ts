/**
 * The one door to tfjs's raw WebGPU buffers and command encoder. Our WGSL passes are encoded into tfjs's
 * own compute pass, in program order with its kernels, so nothing waits and nothing overtakes.
 *
 * The members used are private in TypeScript; tfjs is pinned to 4.22.0 and `interop.gpu.test` fails when
 * they vanish.
 */

import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import type { BindingResource, Gpu, Kernel } from '../gpu/device.ts';
import * as tf from './tf.ts';

/** tfjs-backend-webgpu 4.22.0, the parts TypeScript hides. */
interface BackendInternals {
  commandEncoder: GPUCommandEncoder | null;
  computePassEncoder: GPUComputePassEncoder | null;
  commandQueueOwnedIds: WeakSet<object>;
  dispatchCountInPass: number;
  tensorMap: { get(id: object): { resource?: GPUBuffer; values: unknown } };
  bufferManager: {
    freeBuffers: Map<string, GPUBuffer[]>;
    usedBuffers: Map<string, GPUBuffer[]>;
    numFreeBuffers: number;
    numBytesAllocated: number;
    numBytesUsed: number;
    numUsedBuffers: number;
  };
}

/** Dispatches per submit: tfjs's default of 15 keeps a real GPU from running far behind the page. */
const BATCH = 32;

/** Bytes of freed tensor buffers that are kept for reuse. tfjs alone would keep every size for ever. */
const KEPT_BYTES = 64 * 1024 * 1024;

export class TfjsQueue {
  readonly gpu: Gpu;
  readonly backend: WebGPUBackend;
  /** Called when nothing is to be kept for reuse: whoever holds scratch of its own lets go of it. */
  readonly onIdle = new Set<() => void>();
  /** Called before the plan of a scan or a step is made, when nothing waits for the GPU. */
  readonly beforePlan = new Set<() => Promise<void>>();
  private readonly internals: BackendInternals;

  constructor(gpu: Gpu, backend: WebGPUBackend) {
    this.gpu = gpu;
    this.backend = backend;
    this.internals = backend as unknown as BackendInternals;
  }

  /** The buffer behind a tensor, uploaded if need be and kept alive until the next submit. */
  bufferOf(tensor: tf.TensorInfo): GPUBuffer {
    this.backend.uploadToGPU(tensor.dataId);
    this.internals.commandQueueOwnedIds.add(tensor.dataId);
    const { resource } = this.internals.tensorMap.get(tensor.dataId);
    if (resource === undefined) throw new Error('tensor has no GPU buffer');
    return resource;
  }

  /**
   * As `bufferOf`, for a kernel that changes the tensor in place (the optimiser): forgets the copy that
   * tfjs keeps on the CPU after a read, which would be handed out for ever after.
   */
  writableBufferOf(tensor: tf.TensorInfo): GPUBuffer {
    const buffer = this.bufferOf(tensor);
    this.internals.tensorMap.get(tensor.dataId).values = null;
    return buffer;
  }

  /** A new float32 tensor whose buffer tfjs owns and frees; contents undefined. */
  output(shape: number[]): { info: tf.TensorInfo; buffer: GPUBuffer } {
    const info = this.backend.makeTensorInfo(shape, 'float32');
    return { info, buffer: this.bufferOf(info) };
  }

  /** Encodes one dispatch behind everything tfjs has queued. */
  dispatch(kernel: Kernel, resources: readonly BindingResource[], x: number, y = 1, z = 1): void {
    this.encode((pass) => kernel.encode(pass, resources, x, y, z), 1);
  }

  /** Hands out the open compute pass for `count` dispatches. */
  encode(work: (pass: GPUComputePassEncoder) => void, count: number): void {
    this.backend.ensureCommandEncoderReady();
    const { internals } = this;
    if (internals.computePassEncoder === null || internals.computePassEncoder === undefined)
      internals.computePassEncoder = internals.commandEncoder!.beginComputePass();
    work(internals.computePassEncoder);
    internals.dispatchCountInPass += count;
    if (internals.dispatchCountInPass >= BATCH) this.flush();
  }

  /** Submits what is queued. Call before submitting anything of our own that reads it. */
  flush(): void {
    this.backend.ensureCommandEncoderReady();
    this.backend.endComputePassEncoder();
    this.backend.submitQueue();
  }

  /** Destroys freed buffers beyond what is worth keeping; call between scans or steps. */
  trimPool(kept = KEPT_BYTES): void {
    this.flush();
    if (kept === 0) for (const letGo of this.onIdle) letGo();
    const pool = this.internals.bufferManager;
    for (const [key, buffers] of pool.freeBuffers) {
      while (buffers.length > 0 && pool.numBytesAllocated - pool.numBytesUsed > kept) {
        const buffer = buffers.pop()!;
        pool.numFreeBuffers--;
        pool.numBytesAllocated -= buffer.size;
        buffer.destroy();
      }
      // A buffer still in use comes back to its list, which must then be there.
      if (buffers.length === 0 && (pool.usedBuffers.get(key)?.length ?? 0) === 0)
        pool.freeBuffers.delete(key);
    }
    // releaseBuffer() returns early, and loses its count, while the map of free lists is empty.
    if (pool.freeBuffers.size === 0) pool.freeBuffers.set('none', []);
  }

  /** Bytes tfjs has allocated, in use or kept. */
  get allocatedBytes(): number {
    return this.internals.bufferManager.numBytesAllocated;
  }

  get usedBuffers(): number {
    return this.internals.bufferManager.numUsedBuffers;
  }
}

/** Registers a kernel for one backend and returns the way to take it back. */
export function registerKernel(
  backendName: string,
  kernelName: string,
  kernelFunc: tf.KernelFunc,
): () => void {
  tf.registerKernel({ kernelName, backendName, kernelFunc });
  return () => tf.unregisterKernel(kernelName, backendName);
}
