import { afterAll, beforeAll, expect, test } from 'vitest';
import { adamStep, adamUpdate } from '../core/adam.ts';
import { RandomStream } from '../core/random.ts';
import { maxAbs, maxAbsDifference } from '../testing/compare.ts';
import type { WasmCompute } from './backend.ts';
import { openWasm } from './wasmBackend.ts';
import { ADAM_CONSTANTS } from './wasmOptimCode.ts';

let backend: WasmCompute;
beforeAll(async () => {
  backend = await openWasm();
});
afterAll(() => backend.dispose());

test.each([1, 4, 7, 1000])(
  'three Adam steps over %i values follow the twin and write nothing behind them',
  (n) => {
    const { heap } = backend;
    const stream = new RandomStream(n);
    const behind = 4;
    const memory = heap.scratch(4 * (4 * (n + behind) + ADAM_CONSTANTS.length));
    const at = (i: number) => memory.address + 4 * i * (n + behind);
    const arrays = [0, 1, 2, 3].map((i) => heap.floats(at(i), n + behind).fill(77));
    const [parameter, gradient, first, second] = arrays as [
      Float32Array,
      Float32Array,
      Float32Array,
      Float32Array,
    ];
    parameter.set(Float32Array.from({ length: n }, () => stream.normal()));
    first.fill(0, 0, n);
    second.fill(0, 0, n);
    const twin = [
      Float64Array.from(parameter.subarray(0, n)),
      new Float64Array(n),
      new Float64Array(n),
    ] as const;
    for (const t of [1, 2, 3]) {
      gradient.set(Float32Array.from({ length: n }, () => 0.1 * stream.normal()));
      const step = adamStep(t, 1e-3, undefined, 0.5);
      adamUpdate(twin[0], Float64Array.from(gradient.subarray(0, n)), twin[1], twin[2], step);
      const values = { ...step, rest1: 1 - step.beta1, rest2: 1 - step.beta2 };
      heap.floats(at(4), ADAM_CONSTANTS.length).set(ADAM_CONSTANTS.map((name) => values[name]));
      heap.kernels.adam(at(0), at(1), at(2), at(3), at(4), n);
    }
    [parameter, first, second].forEach((values, i) => {
      const expected = twin[i]!;
      expect(maxAbsDifference(values.subarray(0, n), expected)).toBeLessThan(3e-7 * maxAbs(expected));
      expect([...values.subarray(n)]).toEqual([77, 77, 77, 77]);
    });
    memory.free();
  },
);
