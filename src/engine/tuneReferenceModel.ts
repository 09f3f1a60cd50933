/**
 * Fine-tuning a reference-conditioned model on the good scans of one part: they become the reference, and
 * pseudo-defects on them the samples. Thresholds are taken where it judges, from the scans it compares with.
 */

import { InvalidInputError, ModelMismatchError, throwIfCancelled } from '../core/errors.ts';
import { goodParts } from '../core/goodParts.ts';
import { nextTask } from '../core/nextTask.ts';
import type { TrainingConfig } from '../core/presets.ts';
import { alignGood } from '../core/reference.ts';
import type { PointCloud } from '../core/types.ts';
import type { ModelFile } from '../io/modelFile.ts';
import type { CheckpointBytes, SteeredHooks } from './checkpointedRun.ts';
import type { ModelSummary } from './protocol.ts';
import type { Session } from './session.ts';
import {
  type ReferenceSource,
  type TrainedReferenceModel,
  trainReferenceModel,
} from './trainReferenceModel.ts';

export interface TuneOptions {
  readonly name: string;
  /** Null: that of the model it starts from. */
  readonly voxelSize: number | null;
  readonly training: TrainingConfig;
  /** Good scans of one part. */
  readonly scans: readonly PointCloud[];
  readonly checkpoint: CheckpointBytes | null;
  readonly provenance?: ModelSummary['provenance'];
  readonly hooks: SteeredHooks;
}

/** What the samples are drawn from; the first is the merged surface. */
export interface TuningSources {
  readonly sources: readonly ReferenceSource[];
  /** Scans that could not be laid on the first, and why. */
  readonly leftOut: readonly string[];
}

/** @throws InvalidInputError for scans that cannot be worked on */
export function tuningSources(scans: readonly PointCloud[]): TuningSources {
  const aligned = alignGood(scans);
  const of = scans.map(({ id }) => id).join('+');
  const sources = goodParts(aligned).map((part, i) => ({
    ...part,
    id: `${of}-${i}`,
    name: i === 0 ? 'the good scans' : `good scan ${i} against the others`,
  }));
  const leftOut = aligned.members.filter(({ used }) => !used).map(({ name, words }) => `${name}: ${words}`);
  return { sources, leftOut };
}

/**
 * Trains, or goes on from the checkpoint when there is one.
 * @param init a model with reference inputs
 * @throws InvalidInputError, ModelMismatchError, FormatError, CancelledError, DeviceLostError, OutOfMemoryError
 */
export async function tuneReferenceModel(
  session: Session,
  { name, voxelSize, training, scans, checkpoint, provenance, hooks }: TuneOptions,
  init: ModelFile,
): Promise<TrainedReferenceModel> {
  if (training.synthesis.defects === null)
    throw new InvalidInputError(
      'synthesis.defects',
      `“${init.config.name}” compares with good scans and learns from rich pseudo-defects: use the preset studio`,
    );
  if (init.config.inputs !== 'reference')
    throw new ModelMismatchError(init.config.name, 'does not compare with good scans');
  hooks.onProgress?.({ stage: 'Laying good scans on each other', fraction: 0 });
  await nextTask();
  throwIfCancelled(hooks.signal, 'training');
  const { sources, leftOut } = tuningSources(scans);
  for (const text of leftOut) hooks.onWarning?.(`Left out: ${text}`);
  return trainReferenceModel(session, {
    name,
    arch: init.config.arch,
    voxelSize: voxelSize ?? init.config.voxelSize,
    training,
    sources,
    init,
    checkpoint,
    dtype: 'F32',
    provenance: {
      scans: scans.map((scan) => scan.name).join(', '),
      // Source units per model unit: what turns scores into lengths of the part.
      radius: sources[0]!.reference.frame.radius,
      ...provenance,
    },
    hooks,
  });
}
