/** Buffers that are released together, also when making one of them fails. */

import type { Gpu } from './device.ts';

export class BufferScope {
  private readonly gpu: Gpu;
  private readonly held: GPUBuffer[] = [];

  constructor(gpu: Gpu) {
    this.gpu = gpu;
  }

  /** As `Gpu.buffer`. @throws CapacityError when the adapter cannot hold a buffer of that size */
  buffer(label: string, bytes: number): GPUBuffer {
    return this.hold(this.gpu.buffer(label, bytes));
  }

  /** As `Gpu.upload`. @throws CapacityError when the adapter cannot hold a buffer of that size */
  upload(label: string, data: Float32Array | Uint32Array | Int32Array): GPUBuffer {
    return this.hold(this.gpu.upload(label, data));
  }

  /** Work already submitted with the buffers still completes. A second call does nothing. */
  release(): void {
    this.gpu.release(...this.held.splice(0));
  }

  private hold(buffer: GPUBuffer): GPUBuffer {
    this.held.push(buffer);
    return buffer;
  }
}
