/** What every backend must hold when it trains: the same tests for WebGPU and wasm. */

import { describe, expect, test } from 'vitest';
import { CancelledError, InvalidInputError, ModelMismatchError } from '../core/errors.ts';
import { architecture, type ModelConfig } from '../core/modelConfig.ts';
import type { StateDict } from '../core/networkSpec.ts';
import { type TrainingOverrides, trainingConfig } from '../core/presets.ts';
import type { ComputeBackend } from '../nn/backend.ts';
import * as tf from '../nn/tf.ts';
import {
  type Checkpoint,
  type CheckpointStore,
  checkpointFromTensors,
  checkpointTensors,
  type StepReport,
} from '../train/checkpoint.ts';
import { runTraining, type TrainingHooks, type TrainingOptions } from '../train/run.ts';
import { ellipsoidScan } from './trainingScans.ts';

const sources = [ellipsoidScan(260, 1), ellipsoidScan(300, 2)];
const model: ModelConfig = {
  name: 'test',
  arch: architecture('demo'),
  inputs: 'xyz',
  voxelSize: 0.1,
  preset: 'paper',
  scoreNorm: 'l2',
};

/** Keeps the newest checkpoint, through the same named tensors as a file would. */
function memoryStore(): CheckpointStore & { saved: number[] } {
  let held: Checkpoint | null = null;
  const saved: number[] = [];
  return {
    saved,
    save: async (checkpoint) => {
      saved.push(checkpoint.step);
      held = checkpointFromTensors(checkpointTensors(checkpoint), 'memory');
    },
    load: async () => held,
  };
}

/** Bitwise equality of whole state dicts, without printing a million numbers. */
function expectSameWeights(a: StateDict, b: StateDict): void {
  const different = [...a].filter(([name, { data }]) => {
    const other = b.get(name)!.data;
    return data.some((value, i) => !Object.is(value, other[i]));
  });
  expect(different.map(([name]) => name)).toEqual([]);
}

export interface SuiteOptions {
  /** Steps of the test that watches the loss. */
  readonly steps: number;
  /** What is held beside tensors: buffers of our own, bytes of tfjs's pool. */
  readonly held: () => readonly number[];
}

export function describeTraining(name: string, backend: () => ComputeBackend, suite: SuiteOptions): void {
  const run = (overrides: TrainingOverrides, more: Partial<TrainingOptions> = {}) =>
    runTraining({
      backend: backend(),
      model,
      training: trainingConfig('paper', {
        batchSize: 2,
        seed: 3,
        logEvery: 1,
        ...overrides,
      }),
      sources,
      ...more,
    });

  describe(`training on ${name}`, () => {
    test(`${suite.steps} steps lower the loss`, async () => {
      // The released form: over a few hundred points the paper's direction term is a mean of ten cosines.
      const { history } = await run({ steps: suite.steps, loss: { form: 'released' } });
      const mean = (part: readonly StepReport[]) =>
        part.reduce((sum, { loss }) => sum + loss, 0) / part.length;
      const third = Math.floor(history.length / 3);
      expect(history.length).toBe(suite.steps);
      expect(mean(history.slice(-third))).toBeLessThan(0.9 * mean(history.slice(0, third)));
    });

    test('a run that was stopped and resumed ends with the weights of an unbroken one', async () => {
      const settings = { steps: 4, checkpointEvery: 3 };
      const unbroken = await run(settings);

      const store = memoryStore();
      const stop = new AbortController();
      const hooks: TrainingHooks = {
        signal: stop.signal,
        afterStep: async (step) => {
          if (step === 2) stop.abort();
        },
      };
      await expect(run(settings, { store, hooks })).rejects.toBeInstanceOf(CancelledError);
      expect(store.saved).toEqual([2]);

      const resumed = await run(settings, { store, resumeFrom: await store.load() });
      expect(store.saved).toEqual([2, 3, 4]);
      expectSameWeights(resumed.state, unbroken.state);
      expect(resumed.history).toEqual(unbroken.history);
    });

    test('the same seed gives the same weights, another seed others', async () => {
      const [a, b, other] = [
        await run({ steps: 2 }),
        await run({ steps: 2, logEvery: 2 }),
        await run({ steps: 2, seed: 4 }),
      ];
      expectSameWeights(a.state, b.state);
      const kernel = 'backbone.conv0p1s1.kernel';
      expect(other.state.get(kernel)!.data).not.toEqual(a.state.get(kernel)!.data);
    });

    test('micro-batches train, and the running statistics count each of them', async () => {
      const { state, history } = await run({ steps: 2, microBatch: 1 });
      expect(history.every(({ loss, gradNorm }) => Number.isFinite(loss) && gradNorm > 0)).toBe(true);
      expect(state.get('backbone.bn0.bn.num_batches_tracked')!.data[0]).toBe(4);
    });

    test('a checkpoint of another run is refused', async () => {
      const store = memoryStore();
      await run({ steps: 1 }, { store });
      const resumeFrom = await store.load();
      await expect(run({ steps: 1, seed: 9 }, { resumeFrom })).rejects.toBeInstanceOf(ModelMismatchError);
    });

    test('a paused run waits, and can be stopped while it waits', async () => {
      const stop = new AbortController();
      const store = memoryStore();
      let waits = 0;
      const gate = async (save: () => Promise<void>) => {
        if (++waits < 3) return;
        await save();
        await new Promise<void>((resolve) => {
          stop.signal.addEventListener('abort', () => resolve());
          setTimeout(() => stop.abort(), 10);
        });
      };
      const stopped = run({ steps: 3 }, { store, hooks: { signal: stop.signal, gate } });
      await expect(stopped).rejects.toBeInstanceOf(CancelledError);
      // What was saved when the pause began is not saved again.
      expect(store.saved).toEqual([2]);
    });

    test('a run that was told it is enough ends with the steps it has done', async () => {
      let done = 0;
      const hooks: TrainingHooks = {
        enough: () => done === 2,
        afterStep: async (step) => {
          done = step;
        },
      };
      const { steps, history } = await run({ steps: 4 }, { hooks });
      expect(steps).toBe(2);
      expect(history.map(({ step }) => step)).toEqual([1, 2]);
    });

    test('a step whose result is worth nothing is never saved', async () => {
      const store = memoryStore();
      const check = () => {
        throw new InvalidInputError('GPU', 'out of memory');
      };
      await expect(run({ steps: 2, checkpointEvery: 1 }, { store, hooks: { check } })).rejects.toThrow(
        'out of',
      );
      expect(store.saved).toEqual([]);
    });

    test('memory is flat over steps and free after the run', async () => {
      const before = [tf.memory().numTensors, ...suite.held()];
      const during: string[] = [];
      const afterStep = async () => {
        during.push([tf.memory().numTensors, ...suite.held()].join());
      };
      await run({ steps: 3, microBatch: 1 }, { hooks: { afterStep } });
      expect(new Set(during).size).toBe(1);
      const after = [tf.memory().numTensors, ...suite.held()];
      expect(after).toEqual(before);
    });
  });
}
