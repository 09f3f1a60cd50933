/**
 * A whole training step composed of stock tfjs operations beside ours: the same network, loss, gradients and Adam on
 * the same batch and adapter. Samples, voxels and maps, which tfjs has nothing for, are made once for both.
 */

import * as tf from '@tensorflow/tfjs';
import { ADAM_DEFAULTS, adamStep } from '../src/core/adam.ts';
import { initialiseWeights } from '../src/core/initWeights.ts';
import { type LossWeights, lossWeights } from '../src/core/loss.ts';
import { architecture, type ModelConfig } from '../src/core/modelConfig.ts';
import { trainingConfig } from '../src/core/presets.ts';
import { buildPyramid } from '../src/core/pyramid.ts';
import { makeTrainingSample } from '../src/core/synthesise.ts';
import type { GridPyramid, KernelMap } from '../src/core/types.ts';
import { voxelise } from '../src/core/voxelise.ts';
import type { ComputeBackend } from '../src/nn/backend.ts';
import { forwardTrain, type TrainingOps } from '../src/nn/minkunet.ts';
import { createModel, type OffsetModel } from '../src/nn/model.ts';
import type { ConvMap, NetPlan } from '../src/nn/plan.ts';
import { hostPlan, joinSamples } from '../src/train/hostBatches.ts';
import { registerOffsetLoss } from '../src/train/lossOp.ts';
import { createAdam } from '../src/train/optimiser.ts';
import type { TrainingSource } from '../src/train/samples.ts';
import { disposeGradients, microBatchGradients } from '../src/train/step.ts';
import { convIm2col } from './composed.ts';
import { type Comparison, compare } from './sparseConvBench.ts';
import { turnByTurn } from './timing.ts';

export interface WholeStepResult {
  readonly what: 'whole step';
  readonly architecture: string;
  readonly points: number;
  /** At stride 1. */
  readonly voxels: number;
  readonly step: Comparison;
  /** Both losses on the same weights: that it is the same step. */
  readonly loss: { readonly ours: number; readonly stock: number };
}

/** [rows * taps] rows to read for each output row; absent ones read the zero row behind the last. */
function columnsOf({ taps, source, vIn, vOut }: KernelMap, transposed: boolean): tf.Tensor1D {
  const [rows, none] = transposed ? [vIn, vOut] : [vOut, vIn];
  const columns = new Int32Array(rows * taps).fill(none);
  for (let k = 0; k < taps; k++)
    for (let o = 0; o < vOut; o++) {
      const i = source[k * vOut + o]!;
      if (i < 0) continue;
      if (transposed) columns[i * taps + k] = o;
      else columns[o * taps + k] = i;
    }
  return tf.tensor1d(columns, 'int32');
}

/** Index tensors are made once, as a fair user of tfjs would. Only im2col has a gradient: tfjs has none of scatterND. */
function stockOps(plan: NetPlan, pyramid: GridPyramid): { ops: TrainingOps; dispose(): void } {
  const maps = new Map<ConvMap, KernelMap>([
    [plan.stem, pyramid.stem],
    ...plan.same.map((map, level) => [map, pyramid.same[level]!] as const),
    ...plan.down.map((map, level) => [map, pyramid.down[level]!] as const),
  ]);
  const made = new Map<string, tf.Tensor1D>();
  const ids = new Map([...maps.keys()].map((map, i) => [map, i]));
  const columns = (map: ConvMap, transposed: boolean): tf.Tensor1D => {
    const key = `${ids.get(map)} ${transposed}`;
    const known = made.get(key) ?? tf.keep(columnsOf(maps.get(map)!, transposed));
    made.set(key, known);
    return known;
  };
  const pointRows = tf.tensor1d(Int32Array.from(pyramid.grid.pointToVoxel), 'int32');
  const ops: TrainingOps = {
    conv(x, w, { map, transposed }) {
      if (map === null) return tf.matMul(x, tf.squeeze(w, [0]) as tf.Tensor2D);
      const vOut = transposed ? map.vIn : map.vOut;
      return convIm2col(x, w, { vOut, columns: columns(map, transposed) });
    },
    norm(x, params, residual, activation) {
      const [gamma, beta, slope] = tf.unstack(params, 0) as tf.Tensor1D[];
      const { mean, variance } = tf.moments(x, 0);
      const scaled = tf.batchNorm2d(x, mean as tf.Tensor1D, variance as tf.Tensor1D, beta, gamma, 1e-5);
      const sum = residual === undefined ? scaled : tf.add(scaled, residual);
      const positive = activation === 'none' ? sum : tf.relu(sum);
      const y = activation === 'prelu' ? tf.sub(positive, tf.mul(slope!, tf.relu(tf.neg(sum)))) : positive;
      return { y: y as tf.Tensor2D, moments: tf.stack([mean, variance]) as tf.Tensor2D };
    },
    gather: (x) => tf.gather(x, pointRows),
  };
  return { ops, dispose: () => tf.dispose([pointRows, ...made.values()]) };
}

/** @param targets [3N]; see `core/loss` for the formula */
function stockLoss(offsets: tf.Tensor2D, targets: Float32Array, weights: LossWeights): tf.Scalar {
  const n = targets.length / 3;
  const predicted = tf.slice(offsets, [0, 0], [n, 3]);
  const target = tf.tensor2d(targets, [n, 3]);
  const moved = Float32Array.from({ length: n }, (_, i) =>
    targets.subarray(3 * i, 3 * i + 3).some((v) => v !== 0) ? weights.distanceMoved : weights.distanceUnmoved,
  );
  const distance = tf.sum(tf.mul(tf.sum(tf.abs(tf.sub(predicted, target)), 1), tf.tensor1d(moved)));
  // The root of nothing has no gradient.
  const unit = (v: tf.Tensor2D) =>
    tf.div(v, tf.add(tf.sqrt(tf.add(tf.sum(tf.square(v), 1, true), 1e-20)), weights.eps));
  const direction = tf.mul(tf.sum(tf.mul(unit(predicted), unit(target))), -weights.direction);
  return tf.add(distance, direction) as tf.Scalar;
}

function stockStep(
  net: OffsetModel,
  plan: NetPlan,
  ops: TrainingOps,
  optimiser: tf.Optimizer,
  targets: Float32Array,
  weights: LossWeights,
): tf.Scalar {
  const kept: tf.Tensor[] = [];
  const { value, grads } = tf.variableGrads(() => {
    const { offsets, moments } = forwardTrain(net, plan, undefined, ops);
    kept.push(...moments.map((entry) => entry.moments));
    return stockLoss(offsets, targets, weights);
  }, [...net.params.values()]);
  optimiser.applyGradients(grads);
  tf.dispose([...kept, ...Object.values(grads)]);
  return value;
}

/** Reads a value, so that everything before it has finished. */
async function read(value: tf.Tensor): Promise<number> {
  const values = Float32Array.from(await value.data());
  value.dispose();
  return values.reduce((sum, v) => sum + v, 0);
}

export async function benchWholeStep(
  backend: ComputeBackend,
  name: string,
  {
    good,
    voxelSize,
    runs,
  }: { readonly good: TrainingSource; readonly voxelSize: number; readonly runs: number },
): Promise<WholeStepResult> {
  const model: ModelConfig = {
    name,
    arch: architecture(name),
    inputs: 'xyz',
    voxelSize,
    preset: 'paper',
    scoreNorm: 'l2',
  };
  const training = trainingConfig('paper', { batchSize: 1 });
  const sample = makeTrainingSample(good, training, 1);
  const batch = joinSamples([sample]);
  const pyramid = buildPyramid(
    voxelise(batch.points, voxelSize, batch.cloudStarts),
    1,
    model.arch.stemKernel,
  );
  const plan = hostPlan(backend, model, batch);
  const weights = lossWeights(
    training.loss.form,
    { points: batch.points.length / 3, moved: sample.patch.length },
    training.loss.terms,
  );
  const unregister = registerOffsetLoss(backend);
  const state = initialiseWeights(model.arch, 1);
  const [own, other] = [createModel(model, state), createModel(model, state)];
  const adam = createAdam(backend, own.params);
  const stockAdam = tf.train.adam(1e-3);
  const { ops, dispose } = stockOps(plan, pyramid);
  let t = 0;
  const losses: Record<'ours' | 'stock', number[]> = { ours: [], stock: [] };
  const works = {
    ours: async () => {
      const part = microBatchGradients(own, { plan, targets: batch.targets }, weights);
      adam.apply(part.gradients, adamStep(++t, 1e-3, ADAM_DEFAULTS));
      losses.ours.push(await read(tf.clone(part.value)));
      disposeGradients(part);
      // The update is queued behind the loss.
      await read(tf.sum([...own.params.values()][0]!));
    },
    stock: async () => {
      losses.stock.push(await read(stockStep(other, plan, ops, stockAdam, batch.targets, weights)));
      await read(tf.sum([...other.params.values()][0]!));
    },
  };
  // Pipelines are compiled in the first step of each.
  for (const work of Object.values(works)) await work();
  const costs = await turnByTurn(works, runs);
  const voxels = plan.counts[0]!;
  dispose();
  adam.dispose();
  stockAdam.dispose();
  own.dispose();
  other.dispose();
  plan.dispose();
  unregister();
  return {
    what: 'whole step',
    architecture: name,
    points: batch.points.length / 3,
    voxels,
    step: compare(costs.ours, costs.stock),
    loss: { ours: losses.ours[0]!, stock: losses.stock[0]! },
  };
}
