/** Commands of Train mode: set a run up, look at a pseudo-defect, measure, start; runs; the model library. */

import { type ErrorValue, toErrorValue } from '../../core/errors.ts';
import type { EngineClient, EngineResult } from '../../engine/client.ts';
import type { SteerAction, TrainingScan, TrainingStart } from '../../engine/protocol.ts';
import { libraryNotice } from '../notices.ts';
import { networkInForce } from '../referenceState.ts';
import type { Scan } from '../state.ts';
import { type FieldValue, offeredPlan, type PlanId, plannedRecipe, RECIPE_FIELDS } from '../trainingPlans.ts';
import {
  estimateKey,
  marksOf,
  obstacle,
  previewTraining,
  probeNetwork,
  recipeOf,
  scansOf,
  setupOf,
  startOf,
} from '../trainingSetup.ts';
import type {
  Estimate,
  ScanRole,
  TrainingBase,
  TrainingDraft,
  TrainingRun,
  TrainingTab,
} from '../trainingState.ts';
import type { Context } from './context.ts';
import { readScanFile } from './scanFiles.ts';
import { freshRun, type Payload, Trainer } from './trainer.ts';
import { giveRole, patchTraining } from './trainingStore.ts';

export interface TrainingCommands {
  setTrainingTab(tab: TrainingTab): void;
  setScanRole(scanId: string, role: ScanRole): void;
  setTrainingName(name: string): void;
  setTrainingBase(base: TrainingBase): void;
  /** Takes a model that comes with the page into the library and starts from it. */
  fineTuneBundled(entryId: string): Promise<void>;
  setPlan(plan: PlanId): void;
  /** @returns why the value cannot be; null when it was taken */
  setRecipeField(id: string, value: FieldValue): string | null;
  /** The plan's own numbers again. */
  resetRecipe(): void;
  setPreviewScan(scanId: string | null): void;
  /** Shows the next pseudo-defect on the first good scan, with its target offsets. */
  showPseudoDefect(): Promise<void>;
  /** The viewport shows the open scan again. */
  clearTrainingStage(): void;
  /** Times a few steps of a plan on this device, unless that was done before; of the draft when none is named. */
  measureTraining(plan?: PlanId): Promise<void>;
  /** Puts the draft into the queue; does nothing while there is an obstacle. */
  startTraining(): void;
  /** Watches another scan while a run goes on. @param scanId null for none */
  watchInRun(runId: string, scanId: string | null): Promise<void>;
  steerRun(runId: string, action: SteerAction): void;
  cancelRun(runId: string): Promise<void>;
  goOnWithRun(runId: string): void;
  forgetRun(runId: string): void;
  showRun(runId: string): void;
  importModels(files: readonly File[]): Promise<void>;
  /** Saves the model's file to the disk. */
  exportModel(id: string): Promise<void>;
  renameModel(id: string, title: string): Promise<void>;
  deleteModel(id: string): Promise<void>;
  /** Good scans are fitted again when they are needed. */
  deleteReference(id: string): Promise<void>;
}

export interface TrainingDesk {
  readonly commands: TrainingCommands;
  /** The engine or the scans changed: waiting runs may go on. */
  pump(): void;
  /** Puts a run into the queue. */
  enqueue(run: TrainingRun, payload: Payload): void;
  /** Lists what this browser keeps; called when an engine is there. */
  refresh(): Promise<void>;
}

/** Another seed for every click, the same ones on every visit. */
const FIRST_SEED = 1;

/**
 * @param client the engine in force, null before the first start
 * @param openLabels reads back the labels that were kept for a scan
 * @param onNetworkGone the model that judges was deleted
 */
export function createTraining(
  ctx: Context,
  client: () => EngineClient | null,
  openLabels: (scanId: string) => Promise<void>,
  onNetworkGone: () => void,
): TrainingDesk {
  const patch = (change: Parameters<typeof patchTraining>[1]) => patchTraining(ctx, change);
  const setDraft = (change: Partial<TrainingDraft>) =>
    patch(({ draft }) => ({ draft: { ...draft, ...change } }));

  const refreshModels = async () => {
    const found = await client()?.call('listModels', {});
    if (found?.ok) patch(() => ({ models: found.value }));
    const kept = await client()?.call('listReferences', {});
    if (kept?.ok) patch(() => ({ references: kept.value }));
    const storage = await ctx.services.storage.estimate();
    patch(() => ({ storage }));
  };
  ctx.services.power.watchBattery((onBattery) => patch(() => ({ onBattery })));
  const trainer = new Trainer(ctx, client, refreshModels);

  /** Calls the engine about the library and says what went wrong. */
  const ask = async <T>(what: string, call: Promise<EngineResult<T>> | undefined): Promise<T | null> => {
    const answer = await call;
    if (answer?.ok) return answer.value;
    const error = answer?.error ?? NO_ENGINE;
    ctx.notify(libraryNotice(error, what));
    return null;
  };

  const commands = setupCommands(ctx, setDraft, patch);
  return {
    pump: () => trainer.pump(),
    enqueue: (run, payload) => trainer.add(run, payload),
    async refresh() {
      const runs = await client()?.call('listRuns', {});
      if (runs?.ok) trainer.found(runs.value);
      await refreshModels();
      trainer.pump();
    },
    commands: {
      ...commands,
      ...lookCommands(ctx, client),
      startTraining: () => start(ctx, trainer, openLabels),
      async watchInRun(id, scanId) {
        const scan = ctx.state().scans.find((known) => known.id === scanId);
        if (scan === undefined) return trainer.watch(id, null);
        const file = await ask(`Reading “${scan.name}”`, readScanFile(ctx, scan));
        if (file !== null) await trainer.watch(id, { name: scan.name, file });
      },
      steerRun: (id, action) => trainer.steer(id, action),
      cancelRun: (id) => trainer.cancel(id),
      goOnWithRun: (id) => trainer.goOn(id),
      forgetRun: (id) => trainer.forget(id),
      showRun: (shownRun) => patch(() => ({ shownRun })),
      async importModels(files) {
        void ctx.services.storage.persist();
        for (const file of files) {
          const bytes = await bytesOf(file);
          const what = `Import of “${file.name}”`;
          if (!bytes.ok) ctx.notify(libraryNotice(bytes.error, what));
          else {
            const record = await ask(
              what,
              client()?.call('importModel', { name: file.name, bytes: bytes.value }),
            );
            if (record !== null) ctx.log('info', `Model “${record.title}” imported`);
          }
        }
        await refreshModels();
      },
      async fineTuneBundled(entryId) {
        const entry = ctx.state().models?.entries.find(({ id }) => id === entryId);
        if (entry === undefined) return;
        const file = await ask(`Loading “${entry.title}”`, ctx.services.fetchFile(`models/${entry.file}`));
        if (file === null) return;
        const params = { name: `${entry.title}.safetensors`, bytes: file };
        const record = await ask(`Taking in “${entry.title}”`, client()?.call('importModel', params));
        if (record === null) return;
        await refreshModels();
        commands.setTrainingBase({ kind: 'library', id: record.id });
      },
      async exportModel(id) {
        const file = await ask('Export', client()?.call('exportModel', { id }));
        if (file !== null) ctx.services.save(file.name, new Uint8Array(file.bytes));
      },
      async renameModel(id, title) {
        await ask('Renaming', client()?.call('renameModel', { id, title }));
        await refreshModels();
      },
      setTrainingTab(tab) {
        patch(() => ({ tab }));
        // Fits come and go while scans are inspected.
        if (tab === 'models') void refreshModels();
      },
      async deleteReference(id) {
        await ask('Deleting', client()?.call('deleteReference', { id }));
        await refreshModels();
      },
      async deleteModel(id) {
        const judging = networkInForce(ctx.state())?.id === id;
        await ask('Deleting', client()?.call('deleteModel', { id }));
        await refreshModels();
        // What was judged with it is judged with the network of the page.
        if (judging && networkInForce(ctx.state()) === null) onNetworkGone();
      },
    },
  };
}

const NO_ENGINE: ErrorValue = { kind: 'internal', where: 'engine', message: 'there is no engine' };

type Patch = (change: Parameters<typeof patchTraining>[1]) => void;
type SetDraft = (change: Partial<TrainingDraft>) => void;

type SetupCommands = Pick<
  TrainingCommands,
  | 'setScanRole'
  | 'setTrainingName'
  | 'setTrainingBase'
  | 'setPlan'
  | 'setRecipeField'
  | 'resetRecipe'
  | 'setPreviewScan'
  | 'clearTrainingStage'
>;

function setupCommands(ctx: Context, setDraft: SetDraft, patch: Patch): SetupCommands {
  const draft = () => ctx.state().training.draft;
  return {
    setScanRole: (scanId, role) => giveRole(ctx, scanId, role),
    setTrainingName: (name) => setDraft({ name }),
    setTrainingBase(base) {
      const from = startOf(ctx.state(), base);
      const plan = offeredPlan(draft().plan, from);
      setDraft({ base, plan, recipe: plannedRecipe(plan, from) });
    },
    setPlan: (plan) => setDraft({ plan, recipe: plannedRecipe(plan, startOf(ctx.state())) }),
    setRecipeField(id, value) {
      const field = RECIPE_FIELDS.find((known) => known.id === id);
      if (field === undefined) return `there is no setting “${id}”`;
      try {
        setDraft({ recipe: field.set(draft().recipe, value) });
        return null;
      } catch (error) {
        return toErrorValue(error).message;
      }
    },
    resetRecipe: () => setDraft({ recipe: plannedRecipe(draft().plan, startOf(ctx.state())) }),
    setPreviewScan: (previewId) => setDraft({ previewId }),
    clearTrainingStage: () => patch(() => ({ stage: null })),
  };
}

/** Pseudo-defects and measurements: looking before starting. */
function lookCommands(
  ctx: Context,
  client: () => EngineClient | null,
): Pick<TrainingCommands, 'showPseudoDefect' | 'measureTraining'> {
  let seed = FIRST_SEED;
  return {
    async showPseudoDefect() {
      const cloud = scansOf(ctx.state(), 'train').find((scan) => scan.cloud !== null)?.cloud ?? null;
      if (cloud === null) return;
      const params = { cloud, training: previewTraining(ctx.state()), seed: seed++ };
      const shown = await client()?.call('previewDefect', params);
      if (shown === undefined) return;
      if (!shown.ok) {
        ctx.notify(libraryNotice(shown.error, 'The pseudo-defect'));
        return;
      }
      const { score, targetOffsets } = shown.value;
      const moved = score.reduce((count, value) => count + Number(value > 0), 0);
      patchTraining(ctx, () => ({
        stage: {
          kind: 'defect',
          cloud: shown.value.cloud,
          score,
          offsets: targetOffsets,
          radius: shown.value.radius,
          caption: `Pseudo-defect ${params.seed} on ${cloud.name}: ${moved} points moved`,
        },
      }));
    },
    async measureTraining(plan) {
      const state = ctx.state();
      const recipe = recipeOf(state, plan);
      const key = estimateKey(state, recipe);
      const cloud = scansOf(state, 'train')[0]?.cloud ?? null;
      const known = key === null ? undefined : state.training.estimates[key];
      if (key === null || cloud === null || (known !== undefined && known.phase !== 'failed')) return;
      const set = (estimate: Estimate) =>
        patchTraining(ctx, ({ estimates }) => ({ estimates: { ...estimates, [key]: estimate } }));
      set({ phase: 'measuring' });
      const { training } = recipe;
      const found = await client()?.call('probe', { ...probeNetwork(state, recipe), training, cloud });
      if (found?.ok) set({ phase: 'known', result: found.value });
      else set({ phase: 'failed', error: found?.error ?? NO_ENGINE });
    },
  };
}

function start(ctx: Context, trainer: Trainer, openLabels: (scanId: string) => Promise<void>): void {
  const state = ctx.state();
  if (obstacle(state) !== null) return;
  void ctx.services.storage.persist();
  const { draft, models } = state.training;
  const setup = setupOf(state);
  const [train, calibrate] = [scansOf(state, 'train'), scansOf(state, 'calibrate')];
  const preview = state.scans.find(({ id }) => id === draft.previewId) ?? null;
  const { base } = draft;
  const parent = base.kind === 'library' ? (models.find(({ id }) => id === base.id)?.title ?? null) : null;
  const run = freshRun(`run-${ctx.services.now()}-${ctx.nextId()}`, {
    setup,
    scans: [...train, ...calibrate].map(({ name }) => name),
    init: parent,
    preview: preview?.name ?? null,
  });
  const payload: Payload = async () => {
    const scans: TrainingScan[] = [];
    for (const [role, list] of [
      ['train', train],
      ['calibrate', calibrate],
    ] as const)
      for (const scan of list) {
        const file = await readScanFile(ctx, scan);
        if (!file.ok) return file;
        await openLabels(scan.id);
        scans.push({ ...file.value, role, ...marks(ctx, scan) });
      }
    const shown = preview === null ? null : await readScanFile(ctx, preview);
    if (shown !== null && !shown.ok) return shown;
    const init = base.kind === 'library' ? base : null;
    return { ok: true, value: { setup, scans, init, preview: shown?.value ?? null } satisfies TrainingStart };
  };
  trainer.add(run, payload);
}

function marks(ctx: Context, { cloud }: Scan) {
  return cloud === null ? {} : marksOf(ctx.state().labels.scans.get(cloud.id));
}

async function bytesOf(file: File): Promise<EngineResult<ArrayBuffer>> {
  try {
    return { ok: true, value: await file.arrayBuffer() };
  } catch (error) {
    // The browser's own words: the file was moved, changed or may not be read.
    return { ok: false, error: { kind: 'format', where: file.name, message: toErrorValue(error).message } };
  }
}
