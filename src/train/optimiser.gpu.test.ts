/** The loss operation and the optimiser inside tfjs: right values, nothing stale, nothing left behind. */

import { afterAll, beforeAll, expect, test } from 'vitest';
import { adamStep, adamUpdate } from '../core/adam.ts';
import { ModelMismatchError } from '../core/errors.ts';
import { lossWeights, offsetLoss } from '../core/loss.ts';
import { RandomStream } from '../core/random.ts';
import type { WebGpuCompute } from '../nn/backend.ts';
import * as tf from '../nn/tf.ts';
import { openWebGpuBackend } from '../nn/webgpuBackend.ts';
import { maxAbs, maxAbsDifference } from '../testing/compare.ts';
import { countMoved } from '../testing/countMoved.ts';
import { withDevice } from '../testing/withDevice.ts';
import { offsetLossOp, registerOffsetLoss } from './lossOp.ts';
import { createAdam, type Optimiser } from './optimiser.ts';

const gpu = withDevice();
let backend: WebGpuCompute;
let unregister: () => void;

beforeAll(async () => {
  backend = await openWebGpuBackend(gpu());
  unregister = registerOffsetLoss(backend);
});
afterAll(() => {
  unregister();
  backend.dispose();
});

function values(seed: number, length: number): Float32Array {
  const random = new RandomStream(seed);
  return Float32Array.from({ length }, () => random.normal() * 0.05);
}

function variableOf(data: Float32Array, shape: number[]): tf.Variable {
  const value = tf.tensor(data, shape, 'float32');
  const variable = tf.variable(value);
  value.dispose();
  return variable;
}

test('the loss operation gives the value and the gradient of its twin', async () => {
  const N = 200;
  const target = values(1, 3 * N).map((x, i) => (Math.floor(i / 3) % 8 === 0 ? x : 0));
  const pred = values(2, 4 * N).map((x, i) => (i % 4 === 3 ? 0 : x));
  const weights = lossWeights('paper', { points: N, moved: countMoved(target) });
  const variable = variableOf(pred, [N, 4]);
  const { value, grads } = tf
    .engine()
    .gradients(() => offsetLossOp(variable as tf.Tensor as tf.Tensor2D, target, weights), [variable]);
  const truth = offsetLoss(pred, target, weights, 4);
  const [dist, dir] = await value.data();
  expect(dist).toBeCloseTo(truth.dist, 6);
  expect(dir).toBeCloseTo(truth.dir, 5);
  expect(maxAbsDifference(await grads[0]!.data(), truth.gradient)).toBeLessThan(
    2e-6 * maxAbs(truth.gradient),
  );
  tf.dispose([variable, value, ...grads]);
});

/** Two variables of different size and a twin of each. */
function setUp() {
  const shapes: [string, number[]][] = [
    ['kernel', [27, 4, 8]],
    ['slope', [1, 1]],
  ];
  const variables = new Map(
    shapes.map(([name, shape], i) => {
      const size = shape.reduce((x, y) => x * y, 1);
      return [name, variableOf(values(i, size), shape)] as const;
    }),
  );
  const twins = new Map(
    [...variables].map(([name, variable], i) => [
      name,
      {
        values: Float64Array.from(values(i, variable.size)),
        first: new Float64Array(variable.size),
        second: new Float64Array(variable.size),
      },
    ]),
  );
  return { variables, twins };
}

type SetUp = ReturnType<typeof setUp>;

function gradientsAt(t: number, { variables }: SetUp): Map<string, tf.Tensor> {
  return new Map(
    [...variables].map(([name, v], i) => [name, tf.tensor(values(100 * t + i, v.size), v.shape)]),
  );
}

function step(t: number, optimiser: Optimiser, made: SetUp): void {
  const gradients = gradientsAt(t, made);
  optimiser.apply(gradients, adamStep(t, 1e-3));
  let i = 0;
  for (const twin of made.twins.values())
    adamUpdate(
      twin.values,
      values(100 * t + i++, twin.values.length),
      twin.first,
      twin.second,
      adamStep(t, 1e-3),
    );
  tf.dispose([...gradients.values()]);
}

test('weights read between two steps do not hide the second one', async () => {
  const made = setUp();
  const optimiser = createAdam(backend, made.variables);
  for (const t of [1, 2, 3]) {
    step(t, optimiser, made);
    for (const [name, variable] of made.variables)
      expect(maxAbsDifference(await variable.data(), made.twins.get(name)!.values)).toBeLessThan(1e-7);
  }
  optimiser.dispose();
  tf.dispose([...made.variables.values()]);
});

test('an optimiser restored from its moments goes on exactly as the first one would', async () => {
  const [straight, broken] = [setUp(), setUp()];
  const first = createAdam(backend, straight.variables);
  const second = createAdam(backend, broken.variables);
  for (const t of [1, 2]) {
    step(t, first, straight);
    step(t, second, broken);
  }
  const resumed = createAdam(backend, broken.variables, await second.moments());
  second.dispose();
  step(3, first, straight);
  step(3, resumed, broken);
  for (const [name, variable] of straight.variables)
    expect(await broken.variables.get(name)!.data()).toEqual(await variable.data());
  expect(await resumed.moments()).toEqual(await first.moments());
  first.dispose();
  resumed.dispose();
  tf.dispose([...straight.variables.values(), ...broken.variables.values()]);
});

test('the norm covers all gradients', async () => {
  const made = setUp();
  const optimiser = createAdam(backend, made.variables);
  const gradients = gradientsAt(1, made);
  let squares = 0;
  for (const gradient of gradients.values()) for (const g of await gradient.data()) squares += g * g;
  const norm = await optimiser.norm(gradients);
  expect(norm.nonFinite).toBe(0);
  expect(norm.squares).toBeCloseTo(squares, 5);
  optimiser.dispose();
  tf.dispose([...gradients.values(), ...made.variables.values()]);
});

test('a foreign optimiser state is refused by the name of the tensor', () => {
  const made = setUp();
  const foreign = new Map([['kernel', { first: new Float32Array(3), second: new Float32Array(3) }]]);
  expect(() => createAdam(backend, made.variables, foreign)).toThrow(ModelMismatchError);
  tf.dispose([...made.variables.values()]);
});

test('steps leave no buffers and no tensors behind', async () => {
  const tensors = tf.memory().numTensors;
  const { buffers } = gpu().counters;
  const made = setUp();
  const optimiser = createAdam(backend, made.variables);
  for (const t of [1, 2, 3]) step(t, optimiser, made);
  optimiser.dispose();
  tf.dispose([...made.variables.values()]);
  expect(tf.memory().numTensors).toBe(tensors);
  expect(gpu().counters.buffers).toBe(buffers);
});
