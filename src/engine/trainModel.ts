/**
 * Good scans in, a calibrated model file out: the training run, the thresholds found by inspecting good
 * scans with the trained network, and the provenance that goes with the weights.
 */

import { InvalidInputError, throwIfCancelled } from '../core/errors.ts';
import { estimateNormals } from '../core/estimateNormals.ts';
import { type Architecture, architecture, type ModelConfig } from '../core/modelConfig.ts';
import { nextTask } from '../core/nextTask.ts';
import { type PreparedSource, prepareSourceWith } from '../core/prepareSource.ts';
import type { TrainingConfig } from '../core/presets.ts';
import type { Calibration, PointCloud } from '../core/types.ts';
import { calibrate, type GoodScan as ScoredScan, type ThresholdRule } from '../detect/thresholds.ts';
import { estimateNormalsGpu } from '../gpu/normals.ts';
import { type ModelFile, readModelFile, writeModelFile } from '../io/modelFile.ts';
import type { StepReport } from '../train/checkpoint.ts';
import type { TrainingSource } from '../train/samples.ts';
import { type CheckpointBytes, runFromCheckpoint, type SteeredHooks } from './checkpointedRun.ts';
import { summaryOf } from './modelLibrary.ts';
import type { CallHooks, ModelSummary } from './protocol.ts';
import type { Session } from './session.ts';
import { tuneReferenceModel } from './tuneReferenceModel.ts';

export interface TrainModelOptions {
  /** Name of the model, as lists show it. */
  readonly name: string;
  /** Null: that of `init`, or the full network. */
  readonly arch: Architecture | null;
  /** Null: that of `init`, or 0.03 model units. */
  readonly voxelSize: number | null;
  readonly training: TrainingConfig;
  /** Good scans to learn from. */
  readonly scans: readonly GoodScan[];
  /** Good scans for the thresholds; those trained on when there are none. */
  readonly calibrationScans: readonly PointCloud[];
  readonly thresholdRule: ThresholdRule;
  /** A model file to fine-tune. */
  readonly init: { readonly name: string; readonly bytes: Uint8Array } | null;
  readonly checkpoint: CheckpointBytes | null;
  /** Goes into the model's provenance beside what is written there anyway. */
  readonly provenance?: ModelSummary['provenance'];
  readonly hooks: SteeredHooks;
}

/** A scan, and what of it the synthesis must hold still: `still` of `TrainingSource`. */
export type GoodScan = PointCloud & { readonly still?: Uint8Array };

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

/** @throws InvalidInputError when the network asked for is not that of the model to start from */
function checkArchitecture(arch: Architecture | null, init: ModelFile | null): void {
  if (arch === null || init === null) return;
  const { inChannels } = init.config.arch;
  // The inputs come with the model.
  const wanted = init.config.inputs === 'reference' ? { ...arch, inChannels } : arch;
  if (!sameArchitecture(wanted, init.config.arch))
    throw new InvalidInputError(
      'architecture',
      `the model to start from, ${init.config.name}, has another one`,
    );
}

function modelConfig(options: TrainModelOptions, init: ModelFile | null): ModelConfig {
  const { name, arch, voxelSize, training } = options;
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

/** Inspects good scans with the bare model. */
async function scoreGoodScans(
  session: Session,
  model: ModelSummary,
  scans: readonly PointCloud[],
  hooks: CallHooks,
): Promise<ScoredScan[]> {
  const scored: ScoredScan[] = [];
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
export function sourceOf({ backend }: Session, cloud: PointCloud): Promise<PreparedSource> {
  const onGpu = backend.name === 'webgpu' && !backend.gpu.adapter.software;
  return prepareSourceWith(cloud, async (points) =>
    onGpu ? estimateNormalsGpu(backend.gpu, points) : estimateNormals(points),
  );
}

async function prepare(session: Session, { scans, hooks }: TrainModelOptions): Promise<PreparedScan[]> {
  const sources: PreparedScan[] = [];
  // One after the other: a large scan's neighbour search may take much of the GPU's memory.
  for (const cloud of scans) {
    throwIfCancelled(hooks.signal, 'training');
    hooks.onProgress?.({ stage: `Preparing ${cloud.name}`, fraction: sources.length / scans.length });
    const { id, name, still } = cloud;
    const source = { id, name, ...(await sourceOf(session, cloud)) };
    sources.push(still === undefined ? source : { ...source, still });
    await nextTask();
  }
  return sources;
}

type PreparedScan = TrainingSource & PreparedSource;

function provenanceOf(
  session: Session,
  { training, scans, provenance }: TrainModelOptions,
  sources: readonly PreparedScan[],
  steps: number,
  parent: string | undefined,
): ModelSummary['provenance'] {
  const radii = sources.map(({ frame }) => frame.radius);
  return {
    scans: scans.map(({ name }) => name).join(', '),
    steps,
    seed: training.seed,
    batch: training.batchSize,
    // Source units per model unit: what turns scores into lengths of the part.
    radius: radii.reduce((sum, radius) => sum + radius, 0) / radii.length,
    backend: session.info.backend,
    adapter: session.info.adapter,
    ...(parent === undefined ? {} : { parent }),
    ...provenance,
  };
}

/** A model that compares with good scans is tuned on them; its thresholds are found where it judges. */
async function tuneModel(
  session: Session,
  options: TrainModelOptions,
  init: ModelFile,
): Promise<TrainedModel> {
  if (options.calibrationScans.length > 0)
    throw new InvalidInputError(
      'calibration',
      `“${init.config.name}” takes its thresholds from the good scans it is compared with: give all of them to learn from`,
    );
  const { bytes, history } = await tuneReferenceModel(session, options, init);
  return { bytes, summary: summaryOf(readModelFile(options.name, bytes)), history };
}

/**
 * Trains (or goes on from the checkpoint, when there is one), then calibrates. Fine-tunes whatever `init` is:
 * a model of one part, or one that compares with good scans.
 * @throws InvalidInputError, ModelMismatchError, FormatError, CancelledError, DeviceLostError
 * @throws OutOfMemoryError when even one cloud at a time does not fit
 */
export async function trainModel(session: Session, options: TrainModelOptions): Promise<TrainedModel> {
  const { training, checkpoint, hooks } = options;
  const init = options.init === null ? null : readModelFile(options.init.name, options.init.bytes);
  checkArchitecture(options.arch, init);
  if (init?.config.inputs === 'reference') return tuneModel(session, options, init);
  const config = modelConfig(options, init);
  const sources = await prepare(session, options);
  hooks.onSources?.(sources);
  const last = await runFromCheckpoint(
    session,
    { model: config, training, sources, init: init?.state ?? null, checkpoint },
    hooks,
  );
  const { state, steps } = (await hooks.chooseState?.(last)) ?? last;
  const provenance = provenanceOf(session, options, sources, steps, init?.hash);
  const bare = { config, state, calibration: null, provenance };
  const { summary, calibration } = await calibrated(session, options, writeModelFile(bare));
  return {
    bytes: writeModelFile({ ...bare, calibration }),
    summary: { ...summary, calibration },
    history: last.history,
  };
}

/** Inspects the good scans with the model that has no thresholds yet. @param bytes its file */
async function calibrated(
  session: Session,
  { name, scans, calibrationScans, thresholdRule, hooks }: TrainModelOptions,
  bytes: Uint8Array<ArrayBuffer>,
): Promise<{ summary: ModelSummary; calibration: Calibration }> {
  const summary = await session.loadModel(name, bytes.buffer);
  try {
    const good = calibrationScans.length > 0 ? calibrationScans : scans;
    const found = calibrate(await scoreGoodScans(session, summary, good, hooks), thresholdRule);
    const how = calibrationScans.length > 0 ? found.how : `${found.how}, which it was trained on`;
    return { summary, calibration: { ...found, how } };
  } finally {
    // Its hash is that of the finished model, which would then be taken for loaded.
    session.unloadModel(summary.hash);
  }
}
