/** Scratch of the convolutions on WebGPU, kept while work goes on. */

import type { TfjsQueue } from './interop.ts';

/** Products, or partial sums, stay below this; what would take more goes in blocks. */
export const SCRATCH_BYTES = 128 * 1024 * 1024;

/** Products and partial sums, and a buffer bound where a kernel reads nothing. */
export class ConvScratch {
  private readonly queue: TfjsQueue;
  private scratch: GPUBuffer | null = null;
  /** Bound to inputs that a pipeline does not read. */
  readonly unused: GPUBuffer;
  constructor(queue: TfjsQueue) {
    this.queue = queue;
    this.unused = queue.gpu.buffer('unused', 64);
    queue.onIdle.add(this.letGo);
  }
  /** Everything that was queued has been submitted. */
  private readonly letGo = (): void => {
    this.queue.gpu.release(this.scratch);
    this.scratch = null;
  };
  /** A buffer of at least that many bytes; its content lasts until the next call's commands run. */
  get(bytes: number): GPUBuffer {
    if (this.scratch === null || this.scratch.size < bytes) {
      if (this.scratch !== null) {
        // Queued commands may still name the old buffer.
        this.queue.flush();
        this.queue.gpu.release(this.scratch);
      }
      this.scratch = this.queue.gpu.buffer('convolution scratch', bytes);
    }
    return this.scratch;
  }
  dispose(): void {
    this.queue.onIdle.delete(this.letGo);
    this.queue.flush();
    this.queue.gpu.release(this.scratch, this.unused);
  }
}
