/**
 * A training run that goes on from its checkpoint when there is one, and does with less memory when it must:
 * what every kind of model that is trained here shares.
 */

import { CapacityError, OutOfMemoryError } from '../core/errors.ts';
import type { StateDict } from '../core/networkSpec.ts';
import { readSafetensors, writeSafetensors } from '../io/safetensors.ts';
import {
  type CheckpointStore,
  checkpointFromTensors,
  checkpointTensors,
  type StepReport,
} from '../train/checkpoint.ts';
import { runTraining, type TrainingHooks, type TrainingOptions, type TrainingResult } from '../train/run.ts';
import type { TrainingSource } from '../train/samples.ts';
import type { CallHooks } from './protocol.ts';
import type { Session } from './session.ts';

/** Where the bytes of the newest checkpoint live; `save` must never leave half of one behind. */
export interface CheckpointBytes {
  /** For messages. */
  readonly name: string;
  save(bytes: Uint8Array): Promise<void>;
  /** @returns null when there is none */
  load(): Promise<Uint8Array | null>;
}

/** What a caller may want to know while it trains. */
export type TrainHooks = CallHooks & {
  readonly onStep?: (report: StepReport) => void;
  /** Called once before the first step; 0 for a new run. */
  readonly onStart?: (stepsDone: number) => void;
};

/** And what a caller may want to do to the run meanwhile. */
export interface RunHooks extends TrainHooks, Pick<TrainingHooks, 'gate' | 'enough' | 'afterStep'> {
  /** Before the first step, and again after memory ran out: the curve of the steps done before. */
  readonly onBegun?: (stepsDone: number, history: readonly StepReport[]) => void;
  /** Memory ran out: the run goes on from its last checkpoint with fewer clouds at once. */
  readonly onMicroBatch?: (microBatch: number) => Promise<void>;
}

/** What a run in the page needs beyond that. */
export interface SteeredHooks extends RunHooks {
  /** The scans as they are learned from, before the first step. */
  readonly onSources?: (sources: readonly TrainingSource[]) => void;
  /** Which weights the model gets; those of the last step when left out. */
  readonly chooseState?: (last: TrainingResult) => Promise<Pick<TrainingResult, 'state' | 'steps'>>;
  /** Something the user should know; the run goes on. */
  readonly onWarning?: (text: string) => void;
}

/** Checkpoints as safetensors files. */
function storeOf(bytes: CheckpointBytes): CheckpointStore {
  return {
    save: async (checkpoint) => {
      const { tensors, metadata } = checkpointTensors(checkpoint);
      await bytes.save(writeSafetensors(tensors, metadata));
    },
    load: async () => {
      const found = await bytes.load();
      return found === null ? null : checkpointFromTensors(readSafetensors(bytes.name, found), bytes.name);
    },
  };
}

/** Room for one cloud at a time is what a run needs at least. */
const LEAST_MEMORY =
  'there is not enough memory for a single cloud: use a smaller network, larger voxels or fewer points per cloud';

/** Memory can run out in the GPU, in WebAssembly's heap, or in a buffer of JavaScript's. */
function isOutOfMemory(error: unknown): boolean {
  if (error instanceof OutOfMemoryError || error instanceof CapacityError) return true;
  return error instanceof RangeError && /alloc|memory|array (buffer )?(size|length)/i.test(error.message);
}

/**
 * The training run, with fewer clouds at once whenever memory runs out. Gradients add up to the same batch;
 * batch norm sees fewer clouds, so the result then depends on the memory of this device.
 */
async function trainWithinMemory(
  options: TrainingOptions,
  { onStart, onBegun, onMicroBatch }: RunHooks,
): Promise<TrainingResult> {
  let { training } = options;
  for (;;) {
    const stored = (await options.store?.load()) ?? null;
    // Made with more clouds at once; all else must fit.
    const resumeFrom =
      stored === null
        ? null
        : { ...stored, training: { ...stored.training, microBatch: training.microBatch } };
    onStart?.(resumeFrom?.step ?? 0);
    onBegun?.(resumeFrom?.step ?? 0, resumeFrom?.history ?? []);
    try {
      return await runTraining({ ...options, training, resumeFrom });
    } catch (error) {
      if (!isOutOfMemory(error)) throw error;
      if (training.microBatch === 1) throw new OutOfMemoryError('training', LEAST_MEMORY);
      training = { ...training, microBatch: Math.floor(training.microBatch / 2) };
      await onMicroBatch?.(training.microBatch);
    }
  }
}

/** What is trained, and where it goes on. */
export interface CheckpointedRun extends Pick<TrainingOptions, 'model' | 'training' | 'sources'> {
  /** Weights to fine-tune; null: from scratch. */
  readonly init: StateDict | null;
  readonly checkpoint: CheckpointBytes | null;
}

/**
 * @throws InvalidInputError, ModelMismatchError, FormatError, CancelledError, DeviceLostError
 * @throws OutOfMemoryError when even one cloud at a time does not fit
 */
export function runFromCheckpoint(
  session: Pick<Session, 'backend' | 'throwIfGpuFailed'>,
  { init, checkpoint, ...run }: CheckpointedRun,
  hooks: RunHooks,
): Promise<TrainingResult> {
  const { onStep, signal, gate, enough, afterStep } = hooks;
  return trainWithinMemory(
    {
      ...run,
      backend: session.backend,
      ...(init === null ? {} : { init }),
      ...(checkpoint === null ? {} : { store: storeOf(checkpoint) }),
      hooks: {
        ...(signal ? { signal } : {}),
        ...(onStep ? { onReport: onStep } : {}),
        ...(gate ? { gate } : {}),
        ...(enough ? { enough } : {}),
        ...(afterStep ? { afterStep } : {}),
        check: () => session.throwIfGpuFailed(),
      },
    },
    hooks,
  );
}
