import { afterAll, beforeAll, expect, test } from 'vitest';
import { EVAL_CASES, expectGoldenNetwork } from '../testing/goldenNetwork.ts';
import type { WasmCompute } from './backend.ts';
import * as tf from './tf.ts';
import { openWasm } from './wasmBackend.ts';
import { wasmPlan } from './wasmPlan.ts';

let backend: WasmCompute;
beforeAll(async () => {
  backend = await openWasm();
});
afterAll(() => backend.dispose());

test.each(EVAL_CASES)(
  '%s network, %s: offsets, object score and every named layer are the original ones',
  async (variant, cloud) => {
    await expectGoldenNetwork(variant, cloud, true, wasmPlan);
    expect(tf.memory().numTensors).toBe(0);
  },
);
