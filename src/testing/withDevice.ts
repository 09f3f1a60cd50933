/** One Gpu per test file, opened through Dawn; the test fails, never skips, when there is no adapter. */

import { afterAll, beforeAll } from 'vitest';
import { type Gpu, openGpu } from '../gpu/device.ts';
import { nodeGpu } from '../gpu/nodeGpu.ts';

/** Call at the top of a test file; the returned function gives the device inside tests. */
export function withDevice(): () => Gpu {
  let gpu: Gpu | null = null;
  const failures: string[] = [];
  beforeAll(async () => {
    gpu = await openGpu(await nodeGpu());
    gpu.device.addEventListener('uncapturederror', (event) =>
      failures.push((event as GPUUncapturedErrorEvent).error.message),
    );
  });
  afterAll(async () => {
    await gpu?.device.queue.onSubmittedWorkDone();
    gpu?.dispose();
    if (failures.length > 0) throw new Error(`WebGPU reported: ${failures.slice(0, 3).join(' | ')}`);
  });
  return () => {
    if (gpu === null) throw new Error('no device: is SwiftShader or a GPU driver installed?');
    return gpu;
  };
}
