/**
 * A training run: steps with their schedule, progress, pause, stop, checkpoints and exact resume. Everything
 * that changes between two steps is looked at between them; nothing here knows where scans come from or
 * where checkpoints go.
 */

import { CancelledError, InvalidInputError } from '../core/errors.ts';
import { initialiseWeights } from '../core/initWeights.ts';
import { lossWeights } from '../core/loss.ts';
import type { ModelConfig } from '../core/modelConfig.ts';
import type { StateDict } from '../core/networkSpec.ts';
import { nextTask } from '../core/nextTask.ts';
import { type TrainingConfig, validateTrainingConfig } from '../core/presets.ts';
import { learningRate } from '../core/schedule.ts';
import type { ComputeBackend } from '../nn/backend.ts';
import { createModel, type OffsetModel, stateOf } from '../nn/model.ts';
import type { BatchMaker } from './batchMaker.ts';
import { type Checkpoint, type CheckpointStore, checkResumable, type StepReport } from './checkpoint.ts';
import { deviceBatches, suitsDevice } from './deviceBatches.ts';
import { hostBatches } from './hostBatches.ts';
import { registerOffsetLoss } from './lossOp.ts';
import { createAdam, type Optimiser } from './optimiser.ts';
import { checkInputs, checkSources, drawStep, type SampleDraw, type TrainingSource } from './samples.ts';
import { type MicroBatch, trainStep } from './step.ts';

export interface TrainingHooks {
  /** Looked at between steps; a run that is stopped saves a checkpoint first. */
  readonly signal?: AbortSignal;
  /**
   * Awaited before every step: a pause is a promise that resolves when the user goes on, or when `signal`
   * fires. Whatever else computes may do so meanwhile.
   * @param save makes a checkpoint of the steps done so far
   */
  readonly gate?: (save: () => Promise<void>) => Promise<void>;
  /** Looked at between steps: true ends the run as if the last step had been the last one asked for. */
  readonly enough?: () => boolean;
  /** Called after every step, before a checkpoint of it; throws when its result is worth nothing. */
  readonly check?: () => void;
  readonly onReport?: (report: StepReport) => void;
  /** After every step; awaited, so a preview sees the weights of exactly this step. It must not change them. */
  readonly afterStep?: (step: number, model: OffsetModel) => Promise<void>;
}

export interface TrainingOptions {
  readonly backend: ComputeBackend;
  readonly model: ModelConfig;
  readonly training: TrainingConfig;
  /** Scans held out for calibration are simply not among them. */
  readonly sources: readonly TrainingSource[];
  /** Weights to fine-tune; without them the run starts from seeded random ones. */
  readonly init?: StateDict;
  readonly store?: CheckpointStore;
  /** Where to go on, usually `await store.load()`. */
  readonly resumeFrom?: Checkpoint | null;
  readonly hooks?: TrainingHooks;
  /**
   * Where samples are made: on a hardware GPU, or on the CPU; left out, whichever suits the backend. The
   * weights of the two differ in rounding, so a resumed run must keep to one.
   */
  readonly batches?: 'host' | 'device';
}

export interface TrainingResult {
  readonly state: StateDict;
  /** Steps done. */
  readonly steps: number;
  readonly history: readonly StepReport[];
}

/** What a run holds while it runs. */
interface Run {
  readonly options: TrainingOptions;
  readonly model: OffsetModel;
  readonly optimiser: Optimiser;
  readonly batches: BatchMaker;
  readonly history: StepReport[];
}

/**
 * Trains to the last step. With the same options on the same device the weights are the same to the last
 * bit, however often the run was stopped and resumed.
 * @throws InvalidInputError for settings or scans that cannot be trained on, or when the loss diverges
 * @throws ModelMismatchError when `init` or `resumeFrom` does not belong to this run
 * @throws CancelledError when the signal fired; the checkpoint is saved
 * @throws DeviceLostError when the GPU went away; the last checkpoint is the way on
 */
export async function runTraining(options: TrainingOptions): Promise<TrainingResult> {
  const { backend, model: config, training, sources, resumeFrom } = options;
  validateTrainingConfig(training);
  checkSources(sources, training);
  checkInputs(config, sources, training);
  if (resumeFrom)
    checkResumable(resumeFrom, { training, model: config, sources: sources.map(({ id }) => id) });
  const state =
    resumeFrom?.state ??
    options.init ??
    initialiseWeights(config.arch, training.seed, { zeroHead: training.zeroHead });

  const unregister = registerOffsetLoss(backend);
  let model: OffsetModel | null = null;
  let optimiser: Optimiser | null = null;
  let batches: BatchMaker | null = null;
  try {
    model = createModel(config, state);
    optimiser = createAdam(backend, model.params, resumeFrom?.moments);
    batches = batchMaker(options);
    const run = { options, model, optimiser, batches, history: [...(resumeFrom?.history ?? [])] };
    const steps = await runSteps(run, resumeFrom?.step ?? 0);
    return { state: await stateOf(model), steps, history: run.history };
  } catch (error) {
    await throwIfLost(backend);
    throw error;
  } finally {
    batches?.dispose();
    optimiser?.dispose();
    model?.dispose();
    unregister();
    if (backend.name === 'webgpu') backend.queue.trimPool();
  }
}

/** @throws InvalidInputError when the GPU was asked for and there is none */
function batchMaker({ backend, model, training, sources, batches }: TrainingOptions): BatchMaker {
  if (batches !== 'host' && suitsDevice(backend, sources, training))
    return deviceBatches(backend, model, sources);
  if (batches !== 'device') return hostBatches(backend, model, training, sources);
  if (backend.name === 'wasm') throw new InvalidInputError('batches', 'wasm has no GPU to make samples on');
  return deviceBatches(backend, model, sources);
}

/** @returns steps done */
async function runSteps(run: Run, first: number): Promise<number> {
  const { backend, model, training, sources, store, hooks = {} } = run.options;
  const { steps, checkpointEvery, logEvery } = training;
  let saved = first;
  const save = async (step: number) => {
    if (store === undefined || step === saved) return;
    await store.save(await checkpointOf(run, step));
    saved = step;
  };
  let draws = drawStep(sources, training, first, model.inputs);
  for (let step = first; step < steps; step++) {
    if (!hooks.signal?.aborted) await hooks.gate?.(() => save(step));
    if (hooks.signal?.aborted) {
      await save(step);
      throw new CancelledError('training');
    }
    if (hooks.enough?.()) return step;
    const done = step + 1;
    const last = done === steps;
    const saves = store !== undefined && (last || (checkpointEvery !== null && done % checkpointEvery === 0));
    const reports = last || done === 1 || done % logEvery === 0;
    // A checkpoint of a run that has diverged is worth nothing: looked at before each one.
    const report = await oneStep(run, draws, step, reports || saves);
    if (report !== null && reports) {
      run.history.push(report);
      hooks.onReport?.(report);
    }
    draws = drawStep(sources, training, done, model.inputs);
    // Made while the GPU works on what was just queued.
    if (!last) run.batches.prepare(draws);
    await settle(backend);
    hooks.check?.();
    await hooks.afterStep?.(done, run.model);
    if (saves) await save(done);
  }
  return steps;
}

async function oneStep(
  { options, model, optimiser, batches }: Run,
  draws: readonly SampleDraw[],
  step: number,
  report: boolean,
): Promise<StepReport | null> {
  const { training } = options;
  async function* microBatches(): AsyncGenerator<MicroBatch> {
    for (let at = 0; at < draws.length; at += training.microBatch)
      yield await batches.make(draws.slice(at, at + training.microBatch));
  }
  return trainStep(model, optimiser, microBatches(), {
    step: step + 1,
    learningRate: learningRate(step, training.steps, training.schedule),
    adam: training.adam,
    weights: lossWeights(training.loss.form, batches.count(draws), training.loss.terms),
    report,
  });
}

async function checkpointOf({ options, model, optimiser, history }: Run, step: number): Promise<Checkpoint> {
  return {
    step,
    training: options.training,
    model: options.model,
    sources: options.sources.map(({ id }) => id),
    state: await stateOf(model),
    moments: await optimiser.moments(),
    history: [...history],
  };
}

/**
 * Waits for the GPU, so that it never runs steps behind the page, and gives back what a step no longer
 * needs. On the CPU it lets messages in.
 */
async function settle(backend: ComputeBackend): Promise<void> {
  if (backend.name === 'wasm') {
    await nextTask();
    return;
  }
  const { gpu, queue } = backend;
  // Voxel counts differ from step to step: without the trim tfjs would keep a buffer of every size it met.
  queue.trimPool();
  gpu.trim();
  await gpu.device.queue.onSubmittedWorkDone();
}

/**
 * A lost device makes whatever was waiting fail in odd ways; this says what it was.
 * @throws DeviceLostError
 */
async function throwIfLost(backend: ComputeBackend): Promise<void> {
  if (backend.name === 'wasm') return;
  const lost = await Promise.race([
    backend.gpu.lost,
    new Promise<null>((resolve) => {
      setTimeout(() => resolve(null), 0);
    }),
  ]);
  if (lost !== null) throw lost;
}
