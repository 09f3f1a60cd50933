/** A training step, part by part, on either backend; Adam beside the stock one; memory over many steps. */

import * as tf from '@tensorflow/tfjs';
import { ADAM_DEFAULTS, adamStep } from '../src/core/adam.ts';
import { initialiseWeights } from '../src/core/initWeights.ts';
import { lossWeights } from '../src/core/loss.ts';
import { architecture, type ModelConfig } from '../src/core/modelConfig.ts';
import { type TrainingConfig, trainingConfig } from '../src/core/presets.ts';
import { buildPyramid } from '../src/core/pyramid.ts';
import { makeTrainingSample } from '../src/core/synthesise.ts';
import { voxelise } from '../src/core/voxelise.ts';
import type { ComputeBackend } from '../src/nn/backend.ts';
import { forwardTrain } from '../src/nn/minkunet.ts';
import { createModel } from '../src/nn/model.ts';
import { hostPlan, joinSamples } from '../src/train/hostBatches.ts';
import { offsetLossOp, registerOffsetLoss } from '../src/train/lossOp.ts';
import { createAdam } from '../src/train/optimiser.ts';
import { runTraining } from '../src/train/run.ts';
import type { TrainingSource } from '../src/train/samples.ts';
import { disposeGradients, microBatchGradients } from '../src/train/step.ts';
import { wavySphere } from './clouds.ts';
import { median } from './median.ts';
import { round } from './timing.ts';

export interface TrainResult {
  readonly architecture: string;
  readonly backend: string;
  /** Clouds of a step, all of them at once. */
  readonly clouds: number;
  readonly points: number;
  /** At stride 1, of all clouds. */
  readonly voxels: number;
  /** Milliseconds of the parts, each waited for; synthesis, voxels and maps on the CPU. */
  readonly synthesis: number;
  readonly voxelise: number;
  readonly maps: number;
  readonly forward: number;
  readonly backward: number;
  readonly optimiser: number;
  /** tfjs's own Adam on the same gradients. */
  readonly stockOptimiser: number;
  /** Milliseconds of a whole step as a run makes it, synthesis under the GPU's work. */
  readonly step: number;
  readonly cloudsPerSecond: number;
  /** Bytes held after the second and after the last of so many steps. */
  readonly memory: { readonly steps: number; readonly first: number; readonly last: number };
}

export interface TrainBenchOptions {
  readonly clouds: number;
  readonly pointsPerCloud: number;
  /** Steps of the run that is timed as a whole. */
  readonly steps: number;
  /** Times each part is run; the median counts. */
  readonly runs: number;
}

export function source(points: number): TrainingSource {
  const positions = wavySphere(points);
  const normals = positions.map((v, i) => {
    const at = i - (i % 3);
    return v / Math.hypot(positions[at]!, positions[at + 1]!, positions[at + 2]!);
  });
  return { id: 'wavy sphere', name: 'wavy sphere', points: positions, normals };
}

async function settled(backend: ComputeBackend): Promise<void> {
  if (backend.name === 'wasm') return;
  backend.queue.flush();
  await backend.gpu.device.queue.onSubmittedWorkDone();
}

function held(backend: ComputeBackend): number {
  const { numBytes } = tf.memory();
  if (backend.name === 'wasm') return numBytes;
  return backend.gpu.counters.bytes + backend.queue.allocatedBytes;
}

/** Milliseconds of each part of one step. */
async function parts(
  backend: ComputeBackend,
  model: ModelConfig,
  training: TrainingConfig,
  good: TrainingSource,
) {
  const times: Record<string, number> = {};
  const timed = async <T>(part: string, work: () => T): Promise<T> => {
    await settled(backend);
    const start = performance.now();
    const result = work();
    await settled(backend);
    times[part] = performance.now() - start;
    return result;
  };
  const samples = await timed('synthesis', () =>
    Array.from({ length: training.batchSize }, (_, i) => makeTrainingSample(good, training, i)),
  );
  const batch = joinSamples(samples);
  const grid = await timed('voxelise', () => voxelise(batch.points, model.voxelSize, batch.cloudStarts));
  await timed('maps', () => buildPyramid(grid, training.batchSize, model.arch.stemKernel));
  const plan = hostPlan(backend, model, batch);
  const net = createModel(model, initialiseWeights(model.arch, 1));
  const adam = createAdam(backend, net.params);
  const moved = samples.reduce((sum, { patch }) => sum + patch.length, 0);
  const weights = lossWeights(
    training.loss.form,
    { points: batch.points.length / 3, moved },
    training.loss.terms,
  );
  const forward = () => {
    const kept: tf.Tensor[] = [];
    const loss = tf.tidy(() => {
      const { offsets, moments } = forwardTrain(net, plan);
      kept.push(...moments.map((entry) => entry.moments));
      return offsetLossOp(offsets, batch.targets, weights);
    });
    tf.dispose([loss, ...kept]);
  };
  forward();
  await timed('forward', forward);
  const gradients = await timed('gradients', () =>
    microBatchGradients(net, { plan, targets: batch.targets }, weights),
  );
  const step = adamStep(1, 1e-3, ADAM_DEFAULTS);
  adam.apply(gradients.gradients, step);
  await timed('optimiser', () => adam.apply(gradients.gradients, step));
  const stock = tf.train.adam(1e-3);
  const named = [...net.params].map(([key, variable]) => ({
    name: variable.name,
    tensor: gradients.gradients.get(key)!,
  }));
  stock.applyGradients(named);
  await timed('stockOptimiser', () => stock.applyGradients(named));
  stock.dispose();
  disposeGradients(gradients);
  adam.dispose();
  net.dispose();
  const voxels = plan.counts[0]!;
  plan.dispose();
  return { times, voxels, points: batch.points.length / 3 };
}

export async function benchTraining(
  backend: ComputeBackend,
  name: string,
  { clouds, pointsPerCloud, steps, runs }: TrainBenchOptions,
): Promise<TrainResult> {
  const arch = architecture(name);
  const model: ModelConfig = { name, arch, inputs: 'xyz', voxelSize: 0.03, preset: 'paper', scoreNorm: 'l2' };
  const training = trainingConfig('paper', {
    steps,
    batchSize: clouds,
    microBatch: clouds,
    // A report waits for the GPU.
    logEvery: steps,
    checkpointEvery: null,
  });
  const good = source(pointsPerCloud);
  const unregister = registerOffsetLoss(backend);
  const seen: Awaited<ReturnType<typeof parts>>[] = [];
  for (let run = 0; run < runs; run++) seen.push(await parts(backend, model, training, good));
  unregister();
  const { points, voxels } = seen[0]!;
  const ms = (part: string) => median(seen.map(({ times }) => times[part]!));
  const ends: number[] = [];
  const bytes: number[] = [];
  const afterStep = async () => {
    ends.push(performance.now());
    bytes.push(held(backend));
  };
  await runTraining({ backend, model, training, sources: [good], hooks: { afterStep } });
  const step = median(ends.slice(1).map((end, i) => end - ends[i]!));
  return {
    architecture: name,
    backend: backend.description,
    clouds,
    points,
    voxels,
    synthesis: round(ms('synthesis')),
    voxelise: round(ms('voxelise')),
    maps: round(ms('maps')),
    forward: round(ms('forward')),
    backward: round(Math.max(0, ms('gradients') - ms('forward'))),
    optimiser: round(ms('optimiser')),
    stockOptimiser: round(ms('stockOptimiser')),
    step: round(step),
    cloudsPerSecond: round((1000 * clouds) / step),
    memory: { steps, first: bytes[1] ?? bytes[0]!, last: bytes.at(-1)! },
  };
}
