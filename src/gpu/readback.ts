/** Bringing bytes back from the GPU: counted, because each one is a full stop of the pipeline. */

import type { Gpu } from './device.ts';

/** One span of a buffer to read. */
export interface ReadSpan {
  readonly buffer: GPUBuffer;
  readonly bytes: number;
  readonly offset?: number;
}

/**
 * Copies spans into one staging buffer and maps it once. Everything encoded for them must be submitted.
 * @returns one ArrayBuffer per span, in order
 */
export async function readBuffers(gpu: Gpu, spans: readonly ReadSpan[]): Promise<ArrayBuffer[]> {
  const total = spans.reduce((sum, span) => sum + Math.ceil(span.bytes / 4) * 4, 0);
  const staging = gpu.device.createBuffer({
    label: 'readback',
    size: Math.max(4, total),
    usage: GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST,
  });
  try {
    const encoder = gpu.device.createCommandEncoder({ label: 'readback' });
    let at = 0;
    for (const span of spans) {
      const bytes = Math.ceil(span.bytes / 4) * 4;
      if (bytes > 0) encoder.copyBufferToBuffer(span.buffer, span.offset ?? 0, staging, at, bytes);
      at += bytes;
    }
    gpu.device.queue.submit([encoder.finish()]);
    gpu.counters.readbacks++;
    await staging.mapAsync(GPUMapMode.READ);
    const all = staging.getMappedRange();
    let from = 0;
    return spans.map((span) => {
      const part = all.slice(from, from + span.bytes);
      from += Math.ceil(span.bytes / 4) * 4;
      return part;
    });
  } finally {
    staging.destroy();
    gpu.trim();
  }
}
