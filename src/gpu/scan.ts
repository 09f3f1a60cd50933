/** Exclusive sum on the GPU: reduce, then scan, in chunks of 32 (`shaders/scan`). */

import { type Gpu, grid2d } from './device.ts';

const CHUNK = 32;

/** Buffers for exclusive sums of up to `capacity` values; one at a time. */
export class ExclusiveSum {
  private readonly gpu: Gpu;
  /** Chunk sums of each pass, and their own exclusive sums. */
  private readonly sums: GPUBuffer[] = [];
  private readonly prefixes: GPUBuffer[] = [];

  constructor(gpu: Gpu, capacity: number) {
    this.gpu = gpu;
    let n = Math.ceil(capacity / CHUNK);
    for (;;) {
      this.sums.push(gpu.buffer('scan sums', 4 * n));
      this.prefixes.push(gpu.buffer('scan prefixes', 4 * n));
      if (n <= 1) break;
      n = Math.ceil(n / CHUNK);
    }
  }

  /**
   * @param values u32 [count]; @param prefix u32 [count], written
   * @param nonNegative count values >= 0 (as i32) instead of adding them
   */
  encode(
    pass: GPUComputePassEncoder,
    values: GPUBuffer,
    prefix: GPUBuffer,
    count: number,
    nonNegative = false,
  ): void {
    this.level(pass, 0, values, prefix, count, nonNegative);
  }

  private level(
    pass: GPUComputePassEncoder,
    depth: number,
    values: GPUBuffer,
    prefix: GPUBuffer,
    count: number,
    nonNegative: boolean,
  ): void {
    const { gpu } = this;
    const sums = this.sums[depth]!;
    const before = this.prefixes[depth]!;
    const chunks = Math.ceil(count / CHUNK);
    const [gx, gy] = grid2d(gpu, Math.ceil(chunks / 64));
    const params = gpu.params([count, chunks, gx * 64]);
    const constants = { NONNEGATIVE: nonNegative ? 1 : 0 };
    gpu.kernel('scan/sum_chunks', constants).encode(pass, [params, values, sums], gx, gy);
    // A single chunk starts at 0, which is what the first value of a prefix buffer always is.
    if (chunks > 1) this.level(pass, depth + 1, sums, before, chunks, false);
    gpu.kernel('scan/prefix_chunks', constants).encode(pass, [params, values, before, prefix], gx, gy);
  }

  dispose(): void {
    this.gpu.release(...this.sums, ...this.prefixes);
  }
}
