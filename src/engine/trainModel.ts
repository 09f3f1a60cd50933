/**
 * Good scans in, a calibrated model file out: the training run, the thresholds found by inspecting good
 * scans with the trained network, and the provenance that goes with the weights.
 */

import { InvalidInputError, throwIfCancelled } from '../core/errors.ts';
import { estimateNormals } from '../core/estimateNormals.ts';
import { type Architecture, architecture, type ModelConfig } from '../core/modelConfig.ts';
import { type PreparedSource, prepareSourceWith } from '../core/prepareSource.ts';
import type { TrainingConfig } from '../core/presets.ts';
import type { PointCloud } from '../core/types.ts';
import { calibrate, type GoodScan, type ThresholdRule } from '../detect/thresholds.ts';
import { estimateNormalsGpu } from '../gpu/normals.ts';
import { type ModelFile, readModelFile, writeModelFile } from '../io/modelFile.ts';
import { readSafetensors, writeSafetensors } from '../io/safetensors.ts';
import {
  type CheckpointStore,
  checkpointFromTensors,
  checkpointTensors,
  type StepReport,
} from '../train/checkpoint.ts';
import { runTraining } from '../train/run.ts';
import type { TrainingSource } from '../train/samples.ts';
import type { CallHooks, ModelSummary } from './protocol.ts';
import type { Session } from './session.ts';

/** Where the bytes of the newest checkpoint live; `save` must never leave half of one behind. */
export interface CheckpointBytes {
  /** For messages. */
  readonly name: string;
  save(bytes: Uint8Array): Promise<void>;
  /** @returns null when there is none */
  load(): Promise<Uint8Array | null>;
}

export interface TrainModelOptions {
  /** Name of the model, as lists show it. */
  readonly name: string;
  /** Null: that of `init`, or the full network. */
  readonly arch: Architecture | null;
  /** Null: that of `init`, or 0.03 model units. */
  readonly voxelSize: number | null;
  readonly training: TrainingConfig;
  /** Good scans to learn from. */
  readonly scans: readonly PointCloud[];
  /** Good scans for the thresholds; those trained on when there are none. */
  readonly calibrationScans: readonly PointCloud[];
  readonly thresholdRule: ThresholdRule;
  /** A model file to fine-tune. */
  readonly init: { readonly name: string; readonly bytes: Uint8Array } | null;
  readonly checkpoint: CheckpointBytes | null;
  readonly hooks: TrainHooks;
}

/** What a caller may want to know while it trains. */
export type TrainHooks = CallHooks & {
  readonly onStep?: (report: StepReport) => void;
  /** Called once before the first step; 0 for a new run. */
  readonly onStart?: (stepsDone: number) => void;
};

export interface TrainedModel {
  /** The model file. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly summary: ModelSummary;
  readonly history: readonly StepReport[];
}

const DEFAULT_VOXEL_SIZE = 0.03;

function sameArchitecture(a: Architecture, b: Architecture): boolean {
  const plain = ({ stemWidth, stemKernel, layers, planes, inChannels, outChannels, head }: Architecture) =>
    JSON.stringify([stemWidth, stemKernel, layers, planes, inChannels, outChannels, head]);
  return plain(a) === plain(b);
}

function modelConfig(options: TrainModelOptions, init: ModelFile | null): ModelConfig {
  const { name, arch, voxelSize, training } = options;
  if (arch !== null && init !== null && !sameArchitecture(arch, init.config.arch))
    throw new InvalidInputError(
      'architecture',
      `the model to start from, ${init.config.name}, has another one`,
    );
  return {
    name,
    arch: arch ?? init?.config.arch ?? architecture('MinkUNet34C'),
    inputs: 'xyz',
    voxelSize: voxelSize ?? init?.config.voxelSize ?? DEFAULT_VOXEL_SIZE,
    preset: training.preset,
    // The norm the preset's code scores with (METHOD step 6).
    scoreNorm: training.preset === 'released' ? 'l1' : 'l2',
  };
}

/** Checkpoints as safetensors files. */
export function storeOf(bytes: CheckpointBytes): CheckpointStore {
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

/** Inspects good scans with the bare model. */
async function scoreGoodScans(
  session: Session,
  model: ModelSummary,
  scans: readonly PointCloud[],
  hooks: CallHooks,
): Promise<GoodScan[]> {
  const scored: GoodScan[] = [];
  for (const cloud of scans) {
    throwIfCancelled(hooks.signal, 'calibration');
    hooks.onProgress?.({ stage: 'Calibrating on good scans', fraction: scored.length / scans.length });
    const { map } = await session.analyse(
      { kind: 'cloud', cloud },
      model.hash,
      hooks.signal ? { signal: hooks.signal } : {},
    );
    scored.push({ scores: map.score, objectScore: map.objectScore });
  }
  return scored;
}

/** Estimates missing normals on the GPU where that is faster, which it is not on a software adapter. */
function sourceOf({ backend }: Session, cloud: PointCloud): Promise<PreparedSource> {
  const onGpu = backend.name === 'webgpu' && !backend.gpu.adapter.software;
  return prepareSourceWith(cloud, async (points) =>
    onGpu ? estimateNormalsGpu(backend.gpu, points) : estimateNormals(points),
  );
}

/**
 * Trains (or goes on from the checkpoint, when there is one), then calibrates.
 * @throws InvalidInputError, ModelMismatchError, FormatError, CancelledError, DeviceLostError
 */
export async function trainModel(session: Session, options: TrainModelOptions): Promise<TrainedModel> {
  const { training, scans, calibrationScans, thresholdRule, checkpoint, hooks } = options;
  const init = options.init === null ? null : readModelFile(options.init.name, options.init.bytes);
  const config = modelConfig(options, init);
  const sources: TrainingSource[] = [];
  // One after the other: a large scan's neighbour search may take much of the GPU's memory.
  for (const cloud of scans)
    sources.push({ id: cloud.id, name: cloud.name, ...(await sourceOf(session, cloud)) });
  const store = checkpoint === null ? null : storeOf(checkpoint);
  const resumeFrom = (await store?.load()) ?? null;
  hooks.onStart?.(resumeFrom?.step ?? 0);
  const { state, steps, history } = await runTraining({
    backend: session.backend,
    model: config,
    training,
    sources,
    resumeFrom,
    ...(init === null ? {} : { init: init.state }),
    ...(store === null ? {} : { store }),
    hooks: {
      ...(hooks.signal ? { signal: hooks.signal } : {}),
      ...(hooks.onStep ? { onReport: hooks.onStep } : {}),
    },
  });
  const provenance = {
    scans: scans.map(({ name }) => name).join(', '),
    steps,
    seed: training.seed,
    batch: training.batchSize,
    backend: session.info.backend,
    adapter: session.info.adapter,
    ...(init === null ? {} : { parent: init.hash }),
  };
  const bare = { config, state, calibration: null, provenance };
  const model = await session.loadModel(config.name, writeModelFile(bare).buffer);
  const good = calibrationScans.length > 0 ? calibrationScans : scans;
  const found = calibrate(await scoreGoodScans(session, model, good, hooks), thresholdRule);
  const how = calibrationScans.length > 0 ? found.how : `${found.how}, which it was trained on`;
  const calibration = { ...found, how };
  return {
    bytes: writeModelFile({ ...bare, calibration }),
    summary: { ...model, calibration },
    history,
  };
}
