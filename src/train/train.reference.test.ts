/**
 * Training on WebGPU against the original, both variants; the full network's larger batch stops after one
 * step, which is where a software adapter needs minutes.
 */

import { afterAll, beforeAll } from 'vitest';
import type { ComputeBackend } from '../nn/backend.ts';
import { openWebGpuBackend } from '../nn/webgpuBackend.ts';
import { describeGoldenTraining } from '../testing/goldenTrainSuite.ts';
import { withDevice } from '../testing/withDevice.ts';

const gpu = withDevice();
let backend: ComputeBackend;
beforeAll(async () => {
  backend = await openWebGpuBackend(gpu());
});
afterAll(() => backend.dispose());

describeGoldenTraining(
  () => backend,
  [
    { variant: 'small', batch: 'mini', steps: 3 },
    { variant: 'small', batch: 'main', steps: 3 },
    { variant: 'full', batch: 'mini', steps: 3 },
    { variant: 'full', batch: 'main', steps: 1 },
  ],
);
