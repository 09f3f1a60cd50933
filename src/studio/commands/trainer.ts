/**
 * The queue of training runs: one at a time goes through the engine. A run whose engine was lost goes on in
 * the next one from its last checkpoint; one that the page finds when it is opened waits for the user.
 */

import type { ErrorValue } from '../../core/errors.ts';
import type { PointCloud } from '../../core/types.ts';
import type { EngineClient, EngineResult } from '../../engine/client.ts';
import type {
  RunRecord,
  SteerAction,
  TrainingEnd,
  TrainingEvent,
  TrainingFile,
  TrainingStart,
} from '../../engine/protocol.ts';
import { runNotice } from '../notices.ts';
import { isOpen, type RunStatus, type TrainingRun } from '../trainingState.ts';
import { formatCount } from '../units.ts';
import type { Context } from './context.ts';
import { patchTraining } from './trainingStore.ts';

/** Reads the scans of a new run; the files may have moved since they were opened. */
export type Payload = () => Promise<EngineResult<TrainingStart>>;

/** An engine that is lost this often without a new checkpoint would be lost again. */
const MOST_LOSSES = 3;

interface Running {
  readonly id: string;
  readonly client: EngineClient;
  readonly abort: AbortController;
}

/** What is not for showing. */
interface Backstage {
  /** Null for a run that the browser keeps already. */
  payload: Payload | null;
  losses: number;
  /** The scan of the preview, which comes with the first one only. */
  preview: PointCloud | null;
}

export class Trainer {
  private readonly ctx: Context;
  private readonly client: () => EngineClient | null;
  private readonly onModels: () => Promise<void>;
  private readonly backstage = new Map<string, Backstage>();
  private running: Running | null = null;
  /** Its GPU went away; another engine is on its way. */
  private dead: EngineClient | null = null;
  private sleepAgain: (() => void) | null = null;

  /** @param onModels called when the library has changed */
  constructor(ctx: Context, client: () => EngineClient | null, onModels: () => Promise<void>) {
    this.ctx = ctx;
    this.client = client;
    this.onModels = onModels;
  }

  add(run: TrainingRun, payload: Payload): void {
    this.backstage.set(run.id, { payload, losses: 0, preview: null });
    patchTraining(this.ctx, ({ runs }) => ({ runs: [...runs, run], shownRun: run.id, tab: 'runs' }));
    this.pump();
  }

  /** Runs that an earlier visit left. */
  found(records: readonly RunRecord[]): void {
    const known = new Set(this.ctx.state().training.runs.map(({ id }) => id));
    const fresh = records.filter(({ id }) => !known.has(id)).map(interruptedRun);
    for (const { id } of fresh) this.backstage.set(id, { payload: null, losses: 0, preview: null });
    if (fresh.length === 0) return;
    patchTraining(this.ctx, ({ runs }) => ({ runs: [...fresh, ...runs] }));
    for (const { id, setup, saved } of fresh) {
      const at = `${formatCount(saved)} of ${formatCount(setup.training.steps)}`;
      this.ctx.notify({
        tone: 'warning',
        title: `Training “${setup.name}” was interrupted`,
        where: '',
        cause: `The page was closed or stopped while it ran; it is saved up to step ${at}.`,
        next: 'Going on gives the same model as a run without a break. In Train mode it can also be dropped.',
        action: { kind: 'go-on-with-run', runId: id },
      });
    }
  }

  /** Starts the next run if the engine is free; call after every change that could allow it. */
  pump(): void {
    const client = this.client();
    const { engine, training } = this.ctx.state();
    if (this.running !== null || client === null || client === this.dead) return;
    if (engine.phase !== 'ready') return;
    const next = training.runs.find(({ status }) => status.kind === 'waiting' || status.kind === 'queued');
    if (next === undefined) {
      this.sleepAgain?.();
      this.sleepAgain = null;
      return;
    }
    this.sleepAgain ??= this.ctx.services.power.keepAwake();
    const running = { id: next.id, client, abort: new AbortController() };
    this.running = running;
    this.patch(next.id, { status: { kind: 'running' }, stage: 'Starting' });
    void this.train(running).then((outcome) => {
      this.running = null;
      this.finish(running, outcome);
      this.pump();
    });
  }

  steer(id: string, action: SteerAction): void {
    if (this.running?.id === id) void this.running.client.call('steer', { runId: id, action });
  }

  /** Another scan to watch while it learns. @param scan null for none; its name is that of the page */
  async watch(
    id: string,
    scan: { readonly name: string; readonly file: TrainingFile } | null,
  ): Promise<void> {
    const { running } = this;
    if (running?.id !== id) return;
    const answer = await running.client.call('watchScan', { runId: id, scan: scan?.file ?? null });
    if (!answer.ok || !answer.value) return;
    this.patch(id, { preview: scan?.name ?? null });
    if (scan === null && this.ctx.state().training.stage?.kind === 'preview')
      patchTraining(this.ctx, () => ({ stage: null }));
  }

  /** Stops a run that is under way, takes a waiting one out of the queue, forgets one that was kept. */
  async cancel(id: string): Promise<void> {
    if (this.running?.id === id) {
      this.running.abort.abort();
      return;
    }
    this.patch(id, { status: { kind: 'cancelled' }, stage: '' });
    await this.client()?.call('dropRun', { runId: id });
  }

  /** Puts an interrupted or failed run back into the queue. */
  goOn(id: string): void {
    const backstage = this.backstage.get(id);
    if (backstage !== undefined) backstage.losses = 0;
    this.patch(id, { status: { kind: 'queued' } });
    patchTraining(this.ctx, () => ({ shownRun: id }));
    this.pump();
  }

  /** Takes a run that is over off the list. */
  forget(id: string): void {
    const run = this.run(id);
    if (run === null || isOpen(run)) return;
    patchTraining(this.ctx, ({ runs }) => ({ runs: runs.filter((known) => known.id !== id) }));
    this.backstage.delete(id);
  }

  private async train({ id, client, abort }: Running): Promise<EngineResult<TrainingEnd>> {
    const backstage = this.backstage.get(id)!;
    const payload = await backstage.payload?.();
    if (payload !== undefined && !payload.ok) return payload;
    return client.call(
      'train',
      { runId: id, start: payload?.value ?? null },
      { signal: abort.signal, onTraining: (event) => this.onEvent(id, event) },
    );
  }

  private finish({ id, client, abort }: Running, outcome: EngineResult<TrainingEnd>): void {
    if (outcome.ok) this.ended(id, outcome.value);
    else if (abort.signal.aborted) this.patch(id, { status: { kind: 'cancelled' }, stage: '' });
    else if (outcome.error.kind === 'device-lost' || client !== this.client()) {
      this.dead = client;
      this.lost(id, outcome.error);
    } else this.fail(id, outcome.error);
  }

  private ended(id: string, { model, unsaved }: TrainingEnd): void {
    this.patch(id, { status: { kind: 'done', modelId: model.id }, stage: '' });
    const thresholds = model.summary.calibration?.how ?? 'thresholds come from the good scans it judges with';
    const trained = `Model “${model.title}” trained: ${thresholds}`;
    this.ctx.log('info', trained);
    if (unsaved !== null) {
      this.ctx.services.save(`${model.title}.safetensors`, new Uint8Array(unsaved));
      this.ctx.notify({
        tone: 'warning',
        title: `“${model.title}” could not be kept in this browser`,
        where: 'model library',
        cause: 'The browser’s storage is full.',
        next: 'It was saved as a file instead. Delete models, then import it.',
        action: null,
      });
    }
    void this.onModels();
  }

  private lost(id: string, error: ErrorValue): void {
    const backstage = this.backstage.get(id)!;
    if (++backstage.losses >= MOST_LOSSES) {
      this.fail(id, error);
      return;
    }
    this.patch(id, { status: { kind: 'waiting' }, stage: 'Waiting for the engine' });
  }

  private fail(id: string, error: ErrorValue): void {
    this.patch(id, { status: { kind: 'failed', error }, stage: '' });
    this.ctx.notify(runNotice(error, this.run(id)?.setup.name ?? 'model'));
  }

  private onEvent(id: string, event: TrainingEvent): void {
    const run = this.run(id);
    if (run === null) return;
    switch (event.kind) {
      case 'stage':
        // From here on the browser keeps the run.
        this.backstage.get(id)!.payload = null;
        this.patch(id, { stage: event.stage });
        break;
      case 'begun':
        this.patch(id, {
          stage: '',
          stepsDone: event.stepsDone,
          history: event.history,
          validations: run.validations.filter(({ step }) => step <= event.stepsDone),
        });
        if (event.stepsDone > 0)
          this.ctx.log('info', `Training goes on after step ${formatCount(event.stepsDone)}`);
        break;
      case 'step': {
        const { report, kind: _, ...pace } = event;
        this.patch(id, { stage: '', stepsDone: report.step, history: [...run.history, report], pace });
        break;
      }
      case 'validation':
        this.patch(id, { validations: [...run.validations, event.report] });
        break;
      case 'preview':
        this.showPreview(run, event);
        break;
      case 'checkpoint':
        this.backstage.get(id)!.losses = 0;
        this.patch(id, { saved: event.step });
        break;
      case 'paused':
        this.patch(id, { status: { kind: event.paused ? 'paused' : 'running' } });
        break;
      case 'warning':
        this.patch(id, { warnings: [...run.warnings, event.text] });
        this.ctx.log('warning', `Training “${run.setup.name}”: ${event.text}`);
        break;
      default:
        event satisfies never;
    }
  }

  private showPreview(
    run: TrainingRun,
    { step, map, radius, cloud }: Extract<TrainingEvent, { kind: 'preview' }>,
  ): void {
    const backstage = this.backstage.get(run.id)!;
    const shown = cloud ?? backstage.preview;
    if (shown === null) return;
    backstage.preview = shown;
    patchTraining(this.ctx, () => ({
      stage: {
        kind: 'preview',
        cloud: shown,
        score: map.score,
        offsets: map.offsets,
        radius,
        caption: `${shown.name} after step ${formatCount(step)} of ${formatCount(run.setup.training.steps)}`,
      },
    }));
  }

  private run(id: string): TrainingRun | null {
    return this.ctx.state().training.runs.find((known) => known.id === id) ?? null;
  }

  private patch(id: string, patch: Partial<TrainingRun>): void {
    patchTraining(this.ctx, ({ runs }) => ({
      runs: runs.map((run) => (run.id === id ? { ...run, ...patch } : run)),
    }));
  }
}

export function freshRun(
  id: string,
  {
    setup,
    scans,
    init,
    preview = null,
  }: Pick<TrainingRun, 'setup' | 'scans' | 'init'> & { readonly preview?: string | null },
  status: RunStatus = { kind: 'queued' },
): TrainingRun {
  return {
    id,
    setup,
    scans,
    init,
    preview,
    status,
    stage: '',
    stepsDone: 0,
    saved: 0,
    history: [],
    validations: [],
    pace: null,
    warnings: [],
  };
}

function interruptedRun({ id, setup, scans, init, preview, step, validations }: RunRecord): TrainingRun {
  const names = scans.map(({ name }) => name);
  const run = freshRun(id, { setup, scans: names, init, preview }, { kind: 'interrupted' });
  return { ...run, stepsDone: step, saved: step, validations };
}
