/** The network as a whole on the CPU backend: gradients, equal bits, no leak, opened again and again. */

import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Architecture } from '../core/modelConfig.ts';
import { type NamedTensor, tensorSpecs } from '../core/networkSpec.ts';
import { buildPyramid } from '../core/pyramid.ts';
import { RandomStream } from '../core/random.ts';
import { voxelise } from '../core/voxelise.ts';
import type { WasmCompute } from './backend.ts';
import { forwardEval, forwardTrain } from './minkunet.ts';
import { createModel, type FrozenModel, freezeModel, type OffsetModel } from './model.ts';
import { batchNorm, type ConvAttrs, gatherPointRows, sparseConv } from './ops.ts';
import type { ConvMap, NetPlan } from './plan.ts';
import * as tf from './tf.ts';
import { openWasm } from './wasmBackend.ts';
import { wasmPlan } from './wasmPlan.ts';

const ARCH: Architecture = {
  stemWidth: 4,
  stemKernel: 3,
  layers: [1, 1, 1, 1, 1, 1, 1, 1],
  planes: [4, 8, 8, 8, 8, 8, 4, 4],
  inChannels: 3,
  outChannels: 8,
  head: [8, 4],
};

function randomState(seed: number): Map<string, NamedTensor> {
  const stream = new RandomStream(seed);
  return new Map(
    tensorSpecs(ARCH).map(({ name, shape, kind }) => {
      const size = shape.reduce((a, b) => a * b, 1);
      const scale = kind === 'kernel' || kind === 'linear' ? 0.4 : 0.1;
      const centre = kind === 'bnGamma' || kind === 'bnVar' ? 1 : 0;
      const data = Float32Array.from({ length: size }, () => centre + stream.range(-scale, scale));
      return [name, { shape, data: kind === 'bnCount' ? new Float32Array(1) : data }];
    }),
  );
}

function makePlan(): NetPlan {
  const stream = new RandomStream(5);
  const points = Float32Array.from({ length: 3 * 400 }, () => stream.range(-1, 1));
  return wasmPlan(buildPyramid(voxelise(points, 0.15), 1, ARCH.stemKernel), points);
}

function makeModel(): OffsetModel {
  const config = {
    arch: ARCH,
    inputs: 'xyz',
    name: 'tiny',
    voxelSize: 0.15,
    preset: 'paper',
    scoreNorm: 'l2',
  } as const;
  return createModel(config, randomState(1));
}

let backend: WasmCompute;
let model: OffsetModel;
let plan: NetPlan;
beforeEach(async () => {
  backend = await openWasm();
  model = makeModel();
  plan = makePlan();
});
afterEach(() => {
  plan.dispose();
  model.dispose();
  backend.dispose();
});

function evaluate(frozen: FrozenModel, scan: NetPlan): Float32Array {
  const offsets = tf.tidy(() => forwardEval(frozen, scan));
  const values = offsets.dataSync<'float32'>();
  offsets.dispose();
  return values;
}

/** Gradients by parameter of the training offsets' sum with the weights. */
function gradients(weights: tf.Tensor2D): Map<string, Float32Array> {
  const { value, grads } = tf.engine().gradients(
    () => {
      const { offsets, moments } = forwardTrain(model, plan);
      for (const { moments: kept } of moments) kept.dispose();
      return offsets;
    },
    [...model.params.values()],
    weights,
  );
  const names = [...model.params.keys()];
  const read = new Map(names.map((name, i) => [name, grads[i]!.dataSync<'float32'>()]));
  tf.dispose([value, ...grads]);
  return read;
}

function someWeights(): tf.Tensor2D {
  const stream = new RandomStream(9);
  // The fourth column is padding and has no gradient.
  return tf.tensor2d(
    Float32Array.from({ length: 4 * plan.points }, (_, i) => (i % 4 === 3 ? 0 : stream.range(-1, 1))),
    [plan.points, 4],
  );
}

/**
 * A small chain of every operation. Smooth, since at a ReLU's kink finite differences say nothing; the
 * activations' derivatives are tested against the twin.
 */
function chain([stem, norm1, down, norm2, up, norm3]: tf.Tensor[]): tf.Tensor2D {
  const over = (map: ConvMap | null, transposed = false) => ({ map, transposed });
  const normed = (x: tf.Tensor2D, params: tf.Tensor, residual?: tf.Tensor2D) =>
    batchNorm(x, params as tf.Tensor2D, residual, 'none').y;
  const conv = (x: tf.Tensor2D, w: tf.Tensor, attrs: ConvAttrs) => sparseConv(x, w as tf.Tensor3D, attrs);
  const fine = normed(conv(plan.features, stem!, over(plan.stem)), norm1!);
  const coarse = normed(conv(fine, down!, over(plan.down[0]!)), norm2!);
  const back = normed(conv(coarse, up!, over(plan.down[0]!, true)), norm3!, fine);
  return gatherPointRows(tf.concat2d([back, fine], 1), plan.rows);
}

test('gradients through a chain of all operations agree with finite differences', () => {
  const stream = new RandomStream(3);
  const shapes = [
    [27, 4, 8],
    [2, 8],
    [8, 8, 12],
    [2, 12],
    [8, 12, 8],
    [2, 8],
  ];
  const size = (shape: number[]) => shape.reduce((a, b) => a * b, 1);
  const values = shapes.map((shape) => Float32Array.from({ length: size(shape) }, () => stream.range(-1, 1)));
  const weights = Float32Array.from({ length: 16 * plan.points }, () => stream.range(-1, 1));
  const tensors = (numbers: readonly Float32Array[]) => numbers.map((v, i) => tf.tensor(v, shapes[i]!));
  const loss = (numbers: readonly Float32Array[]) =>
    tf.tidy(() => {
      const y = chain(tensors(numbers)).dataSync<'float32'>();
      return y.reduce((sum, v, i) => sum + v * weights[i]!, 0);
    });
  const gradients = tf.tidy(() => {
    const dy = tf.tensor2d(weights, [plan.points, 16]);
    const made = tf.grads((...args: tf.Tensor[]) => chain(args))(tensors(values), dy);
    return made.map((gradient) => tf.keep(gradient));
  });
  gradients.forEach((tensor, which) => {
    const gradient = tensor.dataSync<'float32'>();
    tensor.dispose();
    // Along a random direction on the gradient's side: one number tests the whole tensor.
    const direction = Array.from(gradient, (g) => Math.sign(g) * stream.range(0.2, 1));
    const h = 1e-3;
    const at = (by: number) =>
      loss(values.map((v, i) => (i === which ? v.map((value, j) => value + by * direction[j]!) : v)));
    const expected = gradient.reduce((sum, g, i) => sum + g * direction[i]!, 0);
    const numeric = (at(h) - at(-h)) / (2 * h);
    expect(Math.abs(numeric / expected - 1), `input ${which}: ${numeric}, ${expected}`).toBeLessThan(1e-3);
  });
});

test('two runs, and a run after reopening, give the same bits', async () => {
  const once = () => {
    const frozen = freezeModel(model);
    const weights = someWeights();
    const result = { offsets: evaluate(frozen, plan), gradients: gradients(weights) };
    tf.dispose(weights);
    frozen.dispose();
    return result;
  };
  const first = once();
  expect(once()).toEqual(first);
  plan.dispose();
  model.dispose();
  backend.dispose();
  backend = await openWasm();
  model = makeModel();
  plan = makePlan();
  expect(once()).toEqual(first);
});

test('200 scans and 20 gradients leave nothing behind', () => {
  const count = () => ({ tensors: tf.memory().numTensors, bytes: tf.memory().numBytes });
  const frozen = freezeModel(model);
  const weights = someWeights();
  const before = count();
  for (let i = 0; i < 200; i++) {
    const scan = i % 10 === 0 ? makePlan() : plan;
    evaluate(frozen, scan);
    if (scan !== plan) scan.dispose();
  }
  for (let i = 0; i < 20; i++) gradients(weights);
  expect(count()).toEqual(before);
  expect(tf.memory().numDataBuffers).toBe(before.tensors);
  weights.dispose();
  frozen.dispose();
});

test('closing takes the operations back and forgets the backend', async () => {
  expect(tf.getKernel('SparseConv', 'wasm')).toBeDefined();
  plan.dispose();
  model.dispose();
  expect(tf.memory().numTensors).toBe(0);
  backend.dispose();
  expect(tf.getKernel('SparseConv', 'wasm')).toBeUndefined();
  expect(tf.findBackendFactory('wasm') ?? null).toBeNull();
  backend = await openWasm();
});
