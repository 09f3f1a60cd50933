/**
 * Merged references in, a reference-conditioned model file out: from scratch on many parts (the universal
 * model), or fine-tuned on the user's own. Thresholds are not part of it: they belong to the good scans of
 * the part that is inspected, see `core/referenceSurface`.
 */

import { ModelMismatchError } from '../core/errors.ts';
import type { Architecture, ModelConfig } from '../core/modelConfig.ts';
import type { TrainingConfig } from '../core/presets.ts';
import { REFERENCE_CHANNELS } from '../core/referenceFeatures.ts';
import type { ReferencePart } from '../core/referenceSample.ts';
import { type ModelFile, readModelFile, writeModelFile } from '../io/modelFile.ts';
import type { StepReport } from '../train/checkpoint.ts';
import { type CheckpointBytes, runFromCheckpoint, type SteeredHooks } from './checkpointedRun.ts';
import type { ModelSummary } from './protocol.ts';
import type { Session } from './session.ts';

/** A part to draw samples from. */
export interface ReferenceSource extends ReferencePart {
  /** Made from the content; a resumed run checks it. */
  readonly id: string;
  readonly name: string;
}

export interface TrainReferenceOptions {
  /** Name of the model, as lists show it. */
  readonly name: string;
  /** Its input channels are replaced by those of the features. */
  readonly arch: Architecture;
  /** Model units. */
  readonly voxelSize: number;
  readonly training: TrainingConfig;
  readonly sources: readonly ReferenceSource[];
  /** A model to fine-tune, of the same architecture. */
  readonly init: ModelFile | null;
  readonly checkpoint: CheckpointBytes | null;
  /** F16 halves the file. */
  readonly dtype: 'F32' | 'F16';
  /** What the parts are: goes into the model's provenance beside what is written there anyway. */
  readonly provenance: ModelSummary['provenance'];
  readonly hooks: SteeredHooks;
}

export interface TrainedReferenceModel {
  /** The model file. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly hash: string;
  readonly history: readonly StepReport[];
}

/** The config of a model that takes reference features. */
function referenceConfig({
  name,
  arch,
  voxelSize,
  training,
}: Pick<TrainReferenceOptions, 'name' | 'arch' | 'voxelSize' | 'training'>): ModelConfig {
  return {
    name,
    arch: { ...arch, inChannels: REFERENCE_CHANNELS },
    inputs: 'reference',
    voxelSize,
    preset: training.preset,
    scoreNorm: 'l2',
  };
}

/**
 * Trains, or goes on from the checkpoint when there is one.
 * @throws InvalidInputError, ModelMismatchError, FormatError, CancelledError, DeviceLostError
 */
export async function trainReferenceModel(
  session: Pick<Session, 'backend' | 'info' | 'throwIfGpuFailed'>,
  options: TrainReferenceOptions,
): Promise<TrainedReferenceModel> {
  const { training, sources, init, checkpoint, dtype, hooks } = options;
  const config = referenceConfig(options);
  if (init !== null && init.config.inputs !== 'reference')
    throw new ModelMismatchError(
      init.config.name,
      'does not take reference inputs: it cannot be fine-tuned so',
    );
  hooks.onSources?.(sources);
  const last = await runFromCheckpoint(
    session,
    { model: config, training, sources, init: init?.state ?? null, checkpoint },
    hooks,
  );
  const { state, steps } = (await hooks.chooseState?.(last)) ?? last;
  const provenance = {
    steps,
    seed: training.seed,
    batch: training.batchSize,
    backend: session.info.backend,
    adapter: session.info.adapter,
    ...(init === null ? {} : { parent: init.hash }),
    ...options.provenance,
  };
  const bytes = writeModelFile({ config, state, calibration: null, provenance }, dtype);
  return { bytes, hash: readModelFile(config.name, bytes).hash, history: last.history };
}
