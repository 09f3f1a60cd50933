/** Commands for the engine and its model: start, start again after a loss, load a model. */

import type { ErrorValue } from '../../core/errors.ts';
import type { EngineClient, EngineResult } from '../../engine/client.ts';
import type { BackendName } from '../../engine/protocol.ts';
import { libraryEntry, type ModelEntry } from '../catalogue.ts';
import { engineLostNotice, engineNotice, missingFileNotice } from '../notices.ts';
import type { ModelSummary } from '../state.ts';
import { formatCount } from '../units.ts';
import type { Context } from './context.ts';
import { judgedAgain } from './references.ts';

/** A device lost this often within the time below is not trusted again in this page. */
const LOSSES_BEFORE_FALLBACK = 2;
const LOSS_WINDOW_MS = 60_000;

interface EngineEvents {
  /** Another engine begins, which knows nothing of what the last one held. */
  onFresh(): void;
  /** Waiting scans may be able to run. */
  onChange(): void;
}

export class EngineCommands {
  private readonly ctx: Context;
  private readonly onFresh: () => void;
  private readonly onChange: () => void;
  private current: EngineClient | null = null;
  private losses: readonly number[] = [];

  constructor(ctx: Context, { onFresh, onChange }: EngineEvents) {
    this.ctx = ctx;
    this.onFresh = onFresh;
    this.onChange = onChange;
  }

  /** The engine in force; null before the first start. */
  client(): EngineClient | null {
    return this.current;
  }

  /** Starts an engine, in place of the one there may be, and gives it the model that was chosen. */
  async start(backend: BackendName | 'auto' = this.ctx.services.location.backend()): Promise<void> {
    const previous = this.current;
    const fresh = this.ctx.services.startEngine();
    this.current = fresh;
    previous?.close();
    this.onFresh();
    fresh.onLost((error) => this.lost(fresh, error));
    this.ctx.update({ engine: { phase: 'starting' }, memory: null });
    const started = await fresh.call('start', { backend });
    if (fresh !== this.current) return;
    if (!started.ok) {
      this.startFailed(started.error);
      return;
    }
    const info = started.value;
    this.ctx.update({ engine: { phase: 'ready', info } });
    const name = info.backend === 'webgpu' ? 'WebGPU' : 'WebAssembly';
    this.ctx.log('info', `Engine: ${name}, ${info.adapter}. ${info.note}`);
    const { model } = this.ctx.state();
    if (model.phase === 'ready' || model.phase === 'loading') await this.load(model.entry);
    else await this.loadFirstModel();
    this.onChange();
  }

  /** Scores everything open again with another model of the list. */
  async chooseModel(id: string): Promise<void> {
    const { models, scans, view, training } = this.ctx.state();
    const entry = models?.entries.find((known) => known.id === id) ?? libraryEntry(training.models, id);
    if (entry === undefined) return;
    const { reference } = this.ctx.state();
    // A threshold belongs to the model it was chosen for.
    this.ctx.update({
      view: { ...view, threshold: null, range: null },
      reference: { ...reference, choice: { kind: 'model' } },
      scans: scans.map(judgedAgain),
    });
    await this.load(entry);
  }

  /** Loads the list's first model once both the list and the engine are there. */
  async loadFirstModel(): Promise<void> {
    const { models, engine, model } = this.ctx.state();
    if (models === null || engine.phase !== 'ready' || model.phase !== 'pending') return;
    const entry = models.entries.find((known) => known.id === models.first);
    if (entry !== undefined) {
      await this.load(entry);
      return;
    }
    this.ctx.update({ model: { phase: 'absent' } });
    this.onChange();
  }

  private async load(entry: ModelEntry): Promise<void> {
    const target = this.current;
    if (target === null || this.ctx.state().engine.phase !== 'ready') return;
    this.ctx.update({ model: { phase: 'loading', entry } });
    // Another model may be chosen, or the engine started again, while this one is on its way.
    const stillWanted = () => {
      const { model } = this.ctx.state();
      return target === this.current && model.phase === 'loading' && model.entry === entry;
    };
    const loaded = await this.fetch(target, entry, stillWanted);
    if (!stillWanted()) return;
    if (loaded.ok) this.loaded(entry, loaded.value);
    else this.loadFailed(entry, { ...loaded.error, where: loaded.error.where || entry.file });
    this.onChange();
  }

  private async fetch(
    target: EngineClient,
    { file, libraryId }: ModelEntry,
    stillWanted: () => boolean,
  ): Promise<EngineResult<ModelSummary>> {
    if (libraryId !== null) return target.call('openModel', { id: libraryId });
    const fetched = await this.ctx.services.fetchFile(`models/${file}`);
    if (!fetched.ok || !stillWanted()) return fetched.ok ? { ok: false, error: SUPERSEDED } : fetched;
    return target.call('loadModel', { name: file, bytes: fetched.value });
  }

  private loaded(entry: ModelEntry, summary: ModelSummary): void {
    const scans = this.ctx
      .state()
      .scans.map((scan) => (scan.status.kind === 'shown' ? judgedAgain(scan) : scan));
    this.ctx.update({ model: { phase: 'ready', entry, summary }, scans });
    this.ctx.log('info', `Model “${entry.title}”: ${formatCount(summary.parameters)} parameters`);
  }

  private loadFailed(entry: ModelEntry, { where, message }: ErrorValue): void {
    this.ctx.update({ model: { phase: 'absent' } });
    const next = 'Scans can be looked at, but not scored. Load the lists again when the file is in place.';
    this.ctx.notify(missingFileNotice(`model “${entry.title}”`, where, message, next));
  }

  private lost(from: EngineClient, error: ErrorValue): void {
    if (from !== this.current) return;
    // A worker that dies while starting would die again: say so instead of trying for ever.
    if (this.ctx.state().engine.phase !== 'ready') {
      this.startFailed(error);
      return;
    }
    const now = this.ctx.services.now();
    this.losses = [...this.losses.filter((time) => now - time < LOSS_WINDOW_MS), now];
    const fallback = this.losses.length >= LOSSES_BEFORE_FALLBACK;
    this.ctx.notify(engineLostNotice(error, fallback));
    void (fallback ? this.start('wasm') : this.start());
  }

  private startFailed(error: ErrorValue): void {
    // A dead worker also fails the call that started it: one message is enough.
    if (this.ctx.state().engine.phase === 'failed') return;
    this.ctx.update({ engine: { phase: 'failed', error } });
    this.ctx.notify(engineNotice(error));
  }
}

const SUPERSEDED: ErrorValue = { kind: 'cancelled', where: '', message: 'another model was chosen' };
