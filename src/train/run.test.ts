/** Training on wasm, the way without a GPU. */

import { afterAll, beforeAll } from 'vitest';
import type { ComputeBackend } from '../nn/backend.ts';
import { openWasm } from '../nn/wasmBackend.ts';
import { describeReferenceTraining } from '../testing/referenceTrainingSuite.ts';
import { describeTraining } from '../testing/trainingSuite.ts';

let backend: ComputeBackend;
beforeAll(async () => {
  backend = await openWasm();
});
afterAll(() => backend.dispose());

describeTraining('wasm', () => backend, { steps: 30, held: () => [] });
describeReferenceTraining(
  'wasm',
  () => backend,
  () => [],
);
