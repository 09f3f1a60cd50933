/**
 * What the worker keeps beside its session: the lane that everything that computes goes through, the
 * training run under way, and the library of models. Answers the protocol's calls; knows no messages.
 */

import { InvalidInputError } from '../core/errors.ts';
import { makeTrainingSample, type TrainingSource } from '../core/synthesise.ts';
import type { PointCloud } from '../core/types.ts';
import type { FileStore } from '../io/fileStore.ts';
import { Lane } from './lane.ts';
import { asModelFile, ModelLibrary } from './modelLibrary.ts';
import { probeTraining } from './probe.ts';
import type { CallHooks, EngineCalls, EngineMethod } from './protocol.ts';
import { RunFiles } from './runFiles.ts';
import type { Session } from './session.ts';
import { TrainingJob } from './trainingJob.ts';
import type { DefectPreview, TrainingCalls } from './trainingProtocol.ts';
import { sourceOf } from './trainModel.ts';

export interface WorkshopServices {
  /** @throws when the engine was not started */
  session(): Session;
  readonly files: FileStore;
  readonly thumbnail: (cloud: PointCloud) => Promise<string | null>;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Does the work while no other tab does work of that name. @returns null when another one does */
  readonly alone: <T>(name: string, work: () => Promise<T>) => Promise<T | null>;
}

type Params<M extends EngineMethod> = EngineCalls[M]['params'];
type Result<M extends EngineMethod> = Promise<EngineCalls[M]['result']>;

type Answers = { readonly [M in keyof TrainingCalls]: (params: Params<M>, hooks: CallHooks) => Result<M> };

export class Workshop implements Answers {
  /** For every call that computes or loads. */
  readonly lane = new Lane();
  private readonly services: WorkshopServices;
  private readonly library: ModelLibrary;
  private job: { readonly id: string; readonly job: Promise<TrainingJob> } | null = null;
  /** The scan that pseudo-anomalies are shown on, made ready once. */
  private prepared: {
    readonly id: string;
    readonly source: Promise<TrainingSource & { radius: number }>;
  } | null = null;

  constructor(services: WorkshopServices) {
    this.services = services;
    this.library = new ModelLibrary(services.files);
  }

  async train({ runId, start }: Params<'train'>, hooks: CallHooks): Result<'train'> {
    if (this.job !== null) throw new InvalidInputError('training', 'another run is under way');
    const job = TrainingJob.open(runId, start, {
      session: this.services.session(),
      lane: this.lane,
      files: this.services.files,
      library: this.library,
      onEvent: (event) => hooks.onTraining?.(event),
      thumbnail: this.services.thumbnail,
      now: this.services.now,
    });
    this.job = { id: runId, job };
    try {
      const work = async () => (await job).run(hooks.signal ?? new AbortController().signal);
      const end = await this.services.alone(`po3ad run ${runId}`, work);
      if (end === null) throw new InvalidInputError('training run', 'goes on in another tab of this browser');
      return end;
    } finally {
      this.job = null;
    }
  }

  async steer({ runId, action }: Params<'steer'>): Result<'steer'> {
    if (this.job?.id !== runId) return false;
    (await this.job.job).steer(action);
    return true;
  }

  async watchScan({ runId, scan }: Params<'watchScan'>): Result<'watchScan'> {
    if (this.job?.id !== runId) return false;
    (await this.job.job).watchScan(scan);
    return true;
  }

  listRuns(): Result<'listRuns'> {
    return RunFiles.list(this.services.files);
  }

  async dropRun({ runId }: Params<'dropRun'>): Result<'dropRun'> {
    if (this.job?.id === runId) throw new InvalidInputError('training run', 'is under way: cancel it first');
    await new RunFiles(this.services.files, runId).remove();
    return null;
  }

  probe({ arch, inputs, voxelSize, training, cloud }: Params<'probe'>, hooks: CallHooks): Result<'probe'> {
    const model = {
      name: 'probe',
      arch,
      inputs,
      voxelSize,
      preset: training.preset,
      scoreNorm: 'l2',
    } as const;
    return this.lane.run(() => probeTraining(this.services.session(), model, training, cloud, hooks));
  }

  previewDefect({ cloud, training, seed }: Params<'previewDefect'>): Result<'previewDefect'> {
    return this.lane.run(async () => {
      if (this.prepared?.id !== cloud.id) this.prepared = { id: cloud.id, source: this.prepare(cloud) };
      const { radius, ...source } = await this.prepared.source;
      const { points, targetOffsets } = makeTrainingSample(source, training, seed);
      return defectPreview(cloud, points, targetOffsets, radius, seed);
    });
  }

  listModels(): Result<'listModels'> {
    return this.library.list();
  }

  async goodScansOf({ id }: Params<'goodScansOf'>): Result<'goodScansOf'> {
    const good = await this.library.goodScans(id);
    return { scans: good.map(({ name, bytes }) => ({ name, bytes: bytes.buffer })) };
  }

  async openModel({ id }: Params<'openModel'>): Result<'openModel'> {
    const bytes = await this.library.read(id);
    const name = await this.library.titleOf(id);
    return this.lane.run(() => this.services.session().loadModel(name, bytes.buffer));
  }

  async importModel({ name, bytes }: Params<'importModel'>): Result<'importModel'> {
    const file = asModelFile(name, new Uint8Array(bytes));
    const title = name.replace(/\.[^.]+$/, '') || name;
    return this.library.add(file, { title, thumbnail: null, metrics: null, created: this.services.now() });
  }

  async exportModel({ id }: Params<'exportModel'>): Result<'exportModel'> {
    const title = await this.library.titleOf(id);
    return { name: `${title}.safetensors`, bytes: (await this.library.read(id)).buffer };
  }

  renameModel({ id, title }: Params<'renameModel'>): Result<'renameModel'> {
    return this.library.rename(id, title);
  }

  async deleteModel({ id }: Params<'deleteModel'>): Result<'deleteModel'> {
    await this.library.remove(id);
    return null;
  }

  private async prepare(cloud: PointCloud): Promise<TrainingSource & { radius: number }> {
    const { points, normals, frame } = await sourceOf(this.services.session(), cloud);
    return { points, normals, radius: frame.radius };
  }
}

function defectPreview(
  cloud: PointCloud,
  points: Float32Array,
  targetOffsets: Float32Array,
  radius: number,
  seed: number,
): DefectPreview {
  const score = new Float32Array(points.length / 3);
  for (let i = 0; i < score.length; i++)
    score[i] = Math.hypot(targetOffsets[3 * i]!, targetOffsets[3 * i + 1]!, targetOffsets[3 * i + 2]!);
  return {
    cloud: {
      id: `${cloud.id}-defect-${seed}`,
      name: `${cloud.name}, pseudo-defect`,
      // In the unit of the scan, so that lengths read as on the part.
      positions: points.map((v) => v * radius),
      origin: [0, 0, 0],
      normals: null,
      colours: null,
      faces: null,
      attributes: {},
    },
    targetOffsets,
    score,
    radius,
  };
}
