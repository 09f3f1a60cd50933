/** Training on WebGPU. */

import { afterAll, beforeAll } from 'vitest';
import type { WebGpuCompute } from '../nn/backend.ts';
import { openWebGpuBackend } from '../nn/webgpuBackend.ts';
import { describeReferenceTraining } from '../testing/referenceTrainingSuite.ts';
import { describeTraining } from '../testing/trainingSuite.ts';
import { withDevice } from '../testing/withDevice.ts';

const gpu = withDevice();
let backend: WebGpuCompute;
beforeAll(async () => {
  backend = await openWebGpuBackend(gpu());
});
afterAll(() => backend.dispose());

describeTraining('WebGPU', () => backend, {
  steps: 12,
  held: () => [gpu().counters.buffers, gpu().counters.bytes, backend.queue.usedBuffers],
});
describeReferenceTraining(
  'WebGPU',
  () => backend,
  () => [gpu().counters.buffers, gpu().counters.bytes],
);
