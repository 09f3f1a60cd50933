/**
 * A training run as the page knows it: kept in files from its first moment, so that it survives a reload,
 * a crash and a lost GPU; holds the lane for a step at a time; can be paused, ended early and dropped.
 */

import { CancelledError, toErrorValue } from '../core/errors.ts';
import type { Reference } from '../core/reference.ts';
import { scaleCloud } from '../core/scaleCloud.ts';
import type { PointCloud } from '../core/types.ts';
import { bytesSource } from '../io/byteSource.ts';
import { type FileStore, StorageError } from '../io/fileStore.ts';
import { readModelFile, writeModelFile } from '../io/modelFile.ts';
import { type OffsetModel, stateOf } from '../nn/model.ts';
import type { TrainingResult } from '../train/run.ts';
import type { TrainingSource } from '../train/samples.ts';
import type { CheckpointBytes, SteeredHooks } from './checkpointedRun.ts';
import type { Lane } from './lane.ts';
import { type GoodFile, type ModelLibrary, type NewModel, summaryOf } from './modelLibrary.ts';
import { PaceMeter } from './pace.ts';
import { Pause } from './pause.ts';
import { type BestSoFar, RunFiles, type StoredFile, type StoredRun } from './runFiles.ts';
import type { Session } from './session.ts';
import type {
  ModelRecord,
  RunRecord,
  SteerAction,
  StepReport,
  TrainingEnd,
  TrainingEvent,
  TrainingFile,
  TrainingStart,
  ValidationReport,
} from './trainingProtocol.ts';
import { applyMarks, checkScan, compareScans } from './trainingScans.ts';
import { previewMap, validate, validationScans } from './trainingWatch.ts';
import { type GoodScan, trainModel } from './trainModel.ts';

export interface JobServices {
  readonly session: Session;
  readonly lane: Lane;
  readonly files: FileStore;
  readonly library: ModelLibrary;
  readonly onEvent: (event: TrainingEvent) => void;
  /** A picture of a scan for the list of models; null where nothing can be drawn. */
  readonly thumbnail: (cloud: PointCloud) => Promise<string | null>;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/** The scans of a run once they were read. */
interface Clouds {
  readonly train: readonly GoodScan[];
  readonly calibrate: readonly PointCloud[];
}

export class TrainingJob {
  private readonly services: JobServices;
  private readonly store: RunFiles;
  private readonly pause = new Pause();
  private record: RunRecord;
  private leave: (() => void) | null = null;
  private finishing = false;
  private best: BestSoFar | null = null;
  private validation: ReturnType<typeof validationScans> = [];
  /** Of a model that compares with good scans. */
  private reference: Reference | null = null;
  private pace: PaceMeter | null = null;
  private pointsPerStep = 0;
  private stepsDone = 0;
  private cloudSent = false;
  private storageWarned = false;
  /** The scan that is watched. */
  private preview: PointCloud | null = null;
  /** Another one to watch from the next step on; undefined while nobody asked. */
  private wanted: TrainingFile | null | undefined;

  private constructor(services: JobServices, store: RunFiles, record: RunRecord) {
    this.services = services;
    this.store = store;
    this.record = record;
  }

  /**
   * Keeps what a new run needs, or finds what an earlier one left.
   * @throws InvalidInputError when there is no such run
   * @throws StorageError when a new run cannot be kept
   */
  static async open(id: string, start: TrainingStart | null, services: JobServices): Promise<TrainingJob> {
    const store = new RunFiles(services.files, id);
    const record =
      start === null ? await store.record() : await store.create(id, start, services.library, services.now());
    return new TrainingJob(services, store, record);
  }

  steer(action: SteerAction): void {
    if (action === 'pause') this.pause.close();
    else this.pause.release();
    if (action === 'finish') this.finishing = true;
  }

  /** Taken over between two steps, where the run's files have no other writer. */
  watchScan(scan: TrainingFile | null): void {
    this.wanted = scan;
  }

  /**
   * Trains to the end and puts the model into the library; the run's files go with that.
   * @throws CancelledError when the signal fired: the run is then dropped
   * @throws DeviceLostError and others: the run can be gone on with
   */
  async run(signal: AbortSignal): Promise<TrainingEnd> {
    const { lane, session } = this.services;
    this.leave = await lane.enter();
    try {
      const stored = await this.store.load(this.record);
      const clouds = await this.readClouds(stored);
      await this.recallBest();
      const { bytes } = await trainModel(session, {
        ...this.record.setup,
        scans: clouds.train,
        calibrationScans: clouds.calibrate,
        init: stored.init,
        checkpoint: this.checkpoint(signal),
        provenance: this.provenance(),
        hooks: this.hooks(signal),
      });
      return await this.keep(bytes, clouds, this.reference === null ? [] : goodFiles(stored));
    } catch (error) {
      if (error instanceof CancelledError) await this.store.remove();
      throw error;
    } finally {
      // Nothing of the run stays on the GPU, not even for reuse.
      if (session.backend.name === 'webgpu') session.backend.queue.trimPool(0);
      this.leave?.();
      this.leave = null;
    }
  }

  private async readClouds({ scans, preview }: StoredRun): Promise<Clouds> {
    const voxelSize = this.record.setup.voxelSize ?? 0.03;
    const read = [];
    for (const { marks, role, ...file } of scans) {
      const { cloud, still } = applyMarks(await this.open(file), marks);
      checkScan(cloud, voxelSize);
      read.push({ role, cloud, good: still === null ? cloud : { ...cloud, still } });
    }
    for (const text of compareScans(read.map(({ cloud }) => cloud)))
      this.services.onEvent({ kind: 'warning', text });
    this.preview = preview === null ? null : await this.open(preview);
    return {
      train: read.filter(({ role }) => role === 'train').map(({ good }) => good),
      calibrate: read.filter(({ role }) => role === 'calibrate').map(({ cloud }) => cloud),
    };
  }

  /** The cloud as the page shows it: in the unit that the user gave it. */
  private async open({ name, bytes, scale = 1, mesh }: StoredFile): Promise<PointCloud> {
    const options = mesh === undefined ? {} : { mesh };
    const { cloud } = await this.services.session.read(name, bytesSource(bytes), options);
    return { ...(scale === 1 ? cloud : scaleCloud(cloud, scale)), name };
  }

  private provenance(): Record<string, string> {
    const { plan, unit } = this.record.setup;
    return { plan, ...(unit === '' ? {} : { unit }) };
  }

  private hooks(signal: AbortSignal): SteeredHooks {
    const { onEvent } = this.services;
    const { training } = this.record.setup;
    return {
      signal,
      gate: (save) => this.gate(save, signal),
      enough: () => this.finishing && this.stepsDone > 0,
      onProgress: ({ stage, fraction }) => onEvent({ kind: 'stage', stage, fraction }),
      onSources: (sources) => this.prepareWatch(sources),
      onWarning: (text) => onEvent({ kind: 'warning', text }),
      onBegun: (stepsDone, history) => {
        this.stepsDone = stepsDone;
        // Those after the checkpoint are made again.
        const validations = this.record.validations.filter(({ step }) => step <= stepsDone);
        this.record = { ...this.record, validations };
        this.pace = new PaceMeter(() => performance.now(), training.steps, stepsDone, this.pointsPerStep);
        onEvent({ kind: 'begun', stepsDone, history });
      },
      onStep: (report) => this.reportStep(report),
      afterStep: (step, model) => this.watch(step, model),
      onMicroBatch: (microBatch) => this.shrink(microBatch),
      chooseState: (last) => this.chooseState(last),
    };
  }

  /** Lets others compute, and waits while the run is paused; what was done is saved before a pause. */
  private async gate(save: () => Promise<void>, signal: AbortSignal): Promise<void> {
    const { lane, onEvent } = this.services;
    const from = performance.now();
    const paused = this.pause.shut;
    if (paused) await save();
    this.leave?.();
    if (paused) {
      onEvent({ kind: 'paused', paused: true });
      await this.pause.passed(signal);
      onEvent({ kind: 'paused', paused: false });
    }
    this.leave = await lane.enter();
    this.pace?.goOn(performance.now() - from);
  }

  private prepareWatch(sources: readonly TrainingSource[]): void {
    const { training, watchEvery } = this.record.setup;
    const most = training.maxPoints ?? Number.POSITIVE_INFINITY;
    const points = sources.reduce((sum, source) => sum + Math.min(most, source.points.length / 3), 0);
    this.reference = sources[0]?.reference ?? null;
    this.pointsPerStep = (training.batchSize * points) / sources.length;
    if (watchEvery !== null) this.validation = validationScans(sources, training);
  }

  private reportStep(report: StepReport): void {
    const { session, onEvent } = this.services;
    const { steps, schedule } = this.record.setup.training;
    const { gpuBytes, tensorBytes } = session.memory();
    onEvent({
      kind: 'step',
      report,
      epoch: 1 + Math.floor((schedule.epochs * (report.step - 1)) / steps),
      // Made when the run began, before the first step.
      ...this.pace!.report(report),
      bytes: session.info.backend === 'webgpu' ? gpuBytes : tensorBytes,
    });
  }

  private async watch(step: number, model: OffsetModel): Promise<void> {
    this.stepsDone = step;
    const { training, watchEvery } = this.record.setup;
    const due = watchEvery !== null && (step % watchEvery === 0 || step === training.steps);
    const from = performance.now();
    const changed = await this.takeWanted();
    if (due) await this.validateStep(step, model);
    if (due || changed) await this.showPreview(step, model);
    if (due || changed) this.pace?.goOn(performance.now() - from);
  }

  /** A file that cannot be read must not end the run. @returns whether another scan is watched now */
  private async takeWanted(): Promise<boolean> {
    const { wanted } = this;
    this.wanted = undefined;
    if (wanted === undefined) return false;
    try {
      const file = wanted === null ? null : { ...wanted, bytes: new Uint8Array(wanted.bytes) };
      this.preview = file === null ? null : await this.open(file);
      this.cloudSent = false;
      await this.orWarn(async () => {
        this.record = await this.store.changePreview(this.record, file);
      });
      return true;
    } catch (error) {
      const { message } = toErrorValue(error);
      const text = `“${wanted?.name}” cannot be watched: ${message}`;
      this.services.onEvent({ kind: 'warning', text });
      return false;
    }
  }

  private async validateStep(step: number, model: OffsetModel): Promise<void> {
    const { session, onEvent } = this.services;
    const report = await validate(session, model, this.validation, step);
    const best = isBetter(report, this.best);
    if (best) await this.keepBest({ report, bytes: await modelBytes(model, step) });
    this.record = { ...this.record, validations: [...this.record.validations, report] };
    onEvent({ kind: 'validation', report, best });
  }

  private async showPreview(step: number, model: OffsetModel): Promise<void> {
    const { preview } = this;
    if (preview === null) return;
    const { session, onEvent } = this.services;
    const shown = await previewMap(session, model, preview, this.reference);
    onEvent({ kind: 'preview', step, ...shown, cloud: this.cloudSent ? null : preview });
    this.cloudSent = true;
  }

  private checkpoint(signal: AbortSignal): CheckpointBytes {
    const slots = this.store.checkpoint();
    return {
      ...slots,
      save: async (bytes) => {
        // A run that was cancelled is dropped in a moment.
        if (signal.aborted) return;
        await this.orWarn(async () => {
          await slots.save(bytes);
          await this.store.save({ ...this.record, step: this.stepsDone });
          this.services.onEvent({ kind: 'checkpoint', step: this.stepsDone });
        });
      },
    };
  }

  /** A full disk must not end a run that could go on without. */
  private async orWarn(write: () => Promise<void>): Promise<void> {
    try {
      await write();
    } catch (error) {
      if (!(error instanceof StorageError)) throw error;
      if (this.storageWarned) return;
      this.storageWarned = true;
      const text = `The run cannot be saved (${error.message}). It goes on, but would be lost with this tab.`;
      this.services.onEvent({ kind: 'warning', text });
    }
  }

  private async keepBest(best: BestSoFar): Promise<void> {
    this.best = best;
    await this.orWarn(() => this.store.saveBest(best.bytes));
  }

  private async recallBest(): Promise<void> {
    const bytes = await this.store.loadBest();
    if (bytes === null) return;
    const step = readModelFile('best weights', bytes).provenance.steps;
    const report = this.record.validations.find((known) => known.step === step);
    if (report !== undefined) this.best = { report, bytes };
  }

  private async shrink(microBatch: number): Promise<void> {
    const { setup } = this.record;
    const training = { ...setup.training, microBatch };
    this.record = { ...this.record, setup: { ...setup, training } };
    await this.orWarn(() => this.store.save(this.record));
    const clouds = microBatch === 1 ? '1 cloud' : `${microBatch} clouds`;
    const text = `Memory ran out: the run goes on with ${clouds} at once instead of ${setup.training.microBatch}.`;
    this.services.onEvent({ kind: 'warning', text });
  }

  /** A run that was ended early keeps its best weights; one that came to its end keeps its last. */
  private async chooseState(last: TrainingResult): Promise<Pick<TrainingResult, 'state' | 'steps'>> {
    if (!this.finishing || this.best === null) return last;
    const { state } = readModelFile('best weights', this.best.bytes);
    return { state, steps: this.best.report.step };
  }

  private async keep(
    bytes: Uint8Array<ArrayBuffer>,
    clouds: Clouds,
    good: readonly GoodFile[],
  ): Promise<TrainingEnd> {
    const { library, thumbnail, now } = this.services;
    const { setup, validations } = this.record;
    const metrics = (this.finishing ? this.best?.report : null) ?? validations.at(-1) ?? null;
    const card = { title: setup.name, thumbnail: await thumbnail(clouds.train[0]!), metrics, created: now() };
    try {
      const model = await this.addTo(library, bytes, card, good);
      await this.store.remove();
      return { model, unsaved: null };
    } catch (error) {
      if (!(error instanceof StorageError)) throw error;
      const summary = summaryOf(readModelFile(setup.name, bytes));
      return { model: { ...card, id: summary.hash, bytes: bytes.length, summary }, unsaved: bytes.buffer };
    }
  }

  private async addTo(
    library: ModelLibrary,
    bytes: Uint8Array<ArrayBuffer>,
    card: NewModel,
    good: readonly GoodFile[],
  ): Promise<ModelRecord> {
    try {
      return await library.add(bytes, card, good);
    } catch (error) {
      if (!(error instanceof StorageError)) throw error;
      // The run's own files may be what fills the disk; its model is worth more, also without its scans.
      await this.store.remove();
      return library.add(bytes, card);
    }
  }
}

/** Scans that others can be compared with as they are: in their own unit, and without labelled defects. */
function goodFiles({ scans }: StoredRun): GoodFile[] {
  return scans.filter(({ role, scale = 1, marks }) => {
    return role === 'train' && scale === 1 && marks.defects === undefined;
  });
}

/** Later weights win a tie: they have seen more. */
function isBetter(report: ValidationReport, best: BestSoFar | null): boolean {
  if (report.pointAuroc === null) return false;
  return best === null || report.pointAuroc >= (best.report.pointAuroc ?? 0);
}

async function modelBytes(model: OffsetModel, steps: number): Promise<Uint8Array<ArrayBuffer>> {
  const state = await stateOf(model);
  return writeModelFile({ config: model.config, state, calibration: null, provenance: { steps } });
}
