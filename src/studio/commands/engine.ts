/** Commands for the engine and its model: start, start again after a loss, load a model. */

import type { ErrorValue } from '../../core/errors.ts';
import type { EngineClient } from '../../engine/client.ts';
import type { BackendName } from '../../engine/protocol.ts';
import type { ModelEntry } from '../catalogue.ts';
import { engineLostNotice, engineNotice, missingFileNotice } from '../notices.ts';
import type { Scan } from '../state.ts';
import { formatCount } from '../units.ts';
import type { Context } from './context.ts';

export interface EngineCommands {
  startEngine(): Promise<void>;
  /** Scores everything open again with another model of the list. */
  chooseModel(id: string): Promise<void>;
  /** Loads the list's first model once both the list and the engine are there. */
  loadFirstModel(): Promise<void>;
}

export interface EngineHolder {
  readonly commands: EngineCommands;
  client(): EngineClient | null;
}

/** A device lost this often within the time below is not trusted again in this page. */
const LOSSES_BEFORE_FALLBACK = 2;
const LOSS_WINDOW_MS = 60_000;

/** @param onChange called when waiting scans may be able to run */
export function createEngineCommands(ctx: Context, onChange: () => void): EngineHolder {
  let client: EngineClient | null = null;
  let losses: number[] = [];

  const lost = (from: EngineClient, error: ErrorValue) => {
    if (from !== client) return;
    const now = ctx.services.now();
    losses = [...losses.filter((time) => now - time < LOSS_WINDOW_MS), now];
    const started = ctx.state().engine.phase === 'ready';
    // A worker that dies while starting would die again: say so instead of trying for ever.
    if (!started) return startFailed(ctx, error);
    const fallback = losses.length >= LOSSES_BEFORE_FALLBACK;
    ctx.notify(engineLostNotice(error, fallback));
    void start(fallback ? 'wasm' : 'auto');
  };

  const start = async (backend: BackendName | 'auto') => {
    const previous = client;
    const fresh = ctx.services.startEngine();
    client = fresh;
    previous?.close();
    fresh.onLost((error) => lost(fresh, error));
    ctx.update({ engine: { phase: 'starting' }, memory: null });
    const started = await fresh.call('start', { backend });
    if (fresh !== client) return;
    if (!started.ok) return startFailed(ctx, started.error);
    const info = started.value;
    ctx.update({ engine: { phase: 'ready', info } });
    ctx.log(
      'info',
      `Engine: ${info.backend === 'webgpu' ? 'WebGPU' : 'WebAssembly'}, ${info.adapter}. ${info.note}`,
    );
    const { model } = ctx.state();
    if (model.phase === 'ready' || model.phase === 'loading') await load(model.entry);
    else await loadFirstModel();
    onChange();
  };

  const load = async (entry: ModelEntry) => {
    const target = client;
    if (target === null || ctx.state().engine.phase !== 'ready') return;
    ctx.update({ model: { phase: 'loading', entry } });
    const current = () => {
      const { model } = ctx.state();
      return target === client && model.phase === 'loading' && model.entry === entry;
    };
    const file = `models/${entry.file}`;
    const fetched = await ctx.services.fetchFile(file);
    if (!current()) return;
    const loaded = fetched.ok
      ? await target.call('loadModel', { name: entry.file, bytes: fetched.value })
      : fetched;
    if (!current()) return;
    if (!loaded.ok) {
      ctx.update({ model: { phase: 'absent' } });
      ctx.notify(
        missingFileNotice(
          `model “${entry.title}”`,
          loaded.error.where || file,
          loaded.error.message,
          'Scans can be looked at, but not scored. Load the lists again when the file is in place.',
        ),
      );
    } else {
      const scans = ctx.state().scans.map((scan) => (scan.status.kind === 'shown' ? unscored(scan) : scan));
      ctx.update({ model: { phase: 'ready', entry, summary: loaded.value }, scans });
      ctx.log('info', `Model “${entry.title}”: ${formatCount(loaded.value.parameters)} parameters`);
    }
    onChange();
  };

  const loadFirstModel = async () => {
    const { models, engine, model } = ctx.state();
    if (models === null || engine.phase !== 'ready' || model.phase !== 'pending') return;
    const entry = models.entries.find((known) => known.id === models.first);
    if (entry !== undefined) return load(entry);
    ctx.update({ model: { phase: 'absent' } });
    onChange();
  };

  return {
    client: () => client,
    commands: {
      startEngine: () => start('auto'),
      loadFirstModel,
      async chooseModel(id) {
        const { models, scans, view } = ctx.state();
        const entry = models?.entries.find((known) => known.id === id);
        if (entry === undefined) return;
        // A threshold belongs to the model it was chosen for.
        ctx.update({ view: { ...view, threshold: null, range: null }, scans: scans.map(unscored) });
        await load(entry);
      },
    },
  };
}

function startFailed(ctx: Context, error: ErrorValue): void {
  ctx.update({ engine: { phase: 'failed', error } });
  ctx.notify(engineNotice(error));
}

/** What was scored with the old model has to be scored with the new one. */
function unscored(scan: Scan): Scan {
  const { kind } = scan.status;
  if (kind !== 'scored' && kind !== 'shown' && kind !== 'released') return scan;
  return { ...scan, status: { kind: 'waiting' }, analysis: null, summary: null };
}
