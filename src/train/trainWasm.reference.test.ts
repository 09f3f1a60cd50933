/** Training on wasm against the original. */

import { afterAll, beforeAll } from 'vitest';
import type { ComputeBackend } from '../nn/backend.ts';
import { openWasm } from '../nn/wasmBackend.ts';
import { describeGoldenTraining } from '../testing/goldenTrainSuite.ts';

let backend: ComputeBackend;
beforeAll(async () => {
  backend = await openWasm();
});
afterAll(() => backend.dispose());

describeGoldenTraining(
  () => backend,
  [
    { variant: 'small', batch: 'mini', steps: 3 },
    { variant: 'small', batch: 'main', steps: 3 },
    { variant: 'full', batch: 'mini', steps: 1 },
  ],
);
