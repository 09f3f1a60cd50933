/** Commands of Evaluate mode: open a dataset, run a model or detector over it, keep and drop runs. */

import type { EngineClient } from '../../engine/client.ts';
import type { EvaluationCategory, EvaluationScorer } from '../../engine/protocol.ts';
import { evaluationCategories } from '../../io/evaluationCategories.ts';
import { ablationUnderWay } from '../ablationState.ts';
import {
  type EvaluationLevel,
  type EvaluationRun,
  type EvaluationState,
  runUnderWay,
  type ScorerChoice,
} from '../evaluationState.ts';
import { needsNetwork, networkInForce } from '../referenceState.ts';
import type { Context } from './context.ts';
import type { EvaluationKeeper } from './evaluationKeeper.ts';
import type { References } from './references.ts';

/** A file and where it lay below the folder that was chosen, the folder's own name in front. */
export interface PlacedFile {
  readonly path: string;
  readonly file: File;
}

export interface EvaluationCommands {
  /** Recognises a dataset from the names of its files. */
  openDataset(files: readonly PlacedFile[]): void;
  toggleCategory(name: string): void;
  chooseScorer(scorer: ScorerChoice): void;
  /** Runs the chosen scorer over the chosen categories. */
  startEvaluation(): Promise<void>;
  cancelEvaluation(): void;
  showRun(id: string): void;
  dropRun(id: string): void;
  showCategory(name: string): void;
  setLevel(level: EvaluationLevel): void;
  /** @param threshold unit of the scores; null = the one with the best F1 */
  setEvaluationThreshold(threshold: number | null): void;
  /** Opens a test object of the dataset in Inspect mode's list. @returns false when its file is not here */
  openTestObject(path: string): boolean;
}

export function createEvaluationCommands(
  ctx: Context,
  client: () => EngineClient | null,
  references: Pick<References, 'detector'>,
  openFiles: (files: readonly File[]) => void,
  keeper: Pick<EvaluationKeeper, 'keep' | 'forget'>,
): EvaluationCommands {
  let abort: AbortController | null = null;
  const state = () => ctx.state().evaluation;
  const update = (patch: Partial<EvaluationState>) => ctx.update({ evaluation: { ...state(), ...patch } });
  const updateRun = (id: string, patch: Partial<EvaluationRun>) =>
    update({ runs: state().runs.map((run) => (run.id === id ? { ...run, ...patch } : run)) });

  const titleOf = (choice: ScorerChoice): string => {
    if (choice.kind === 'detector') {
      const network = needsNetwork(choice.name) ? networkInForce(ctx.state()) : null;
      return network === null ? choice.name : `${choice.name} “${network.title}”`;
    }
    const { model } = ctx.state();
    return model.phase === 'ready' ? model.entry.title : 'no model';
  };

  /** What is meant, with its network loaded. @returns null when it cannot be had, which was said */
  const scorerOf = async (engine: EngineClient, choice: ScorerChoice): Promise<EvaluationScorer | null> => {
    if (choice.kind === 'model') {
      const { model } = ctx.state();
      return model.phase === 'ready' ? { kind: 'model', hash: model.summary.hash } : null;
    }
    const detector = await references.detector(engine, choice.name);
    if (detector.ok) return { kind: 'detector', detector: detector.value };
    ctx.notify({
      tone: 'error',
      title: `${titleOf(choice)} cannot be used`,
      where: detector.error.where,
      cause: detector.error.message,
      next: 'Choose something else to give the scores.',
      action: null,
    });
    return null;
  };

  const start = async () => {
    const { dataset, chosen } = state();
    const engine = client();
    if (dataset === null || engine === null || runUnderWay(state()) !== null) return;
    if (ablationUnderWay(state()) !== null) return;
    const categories = dataset.categories.filter(({ name }) => chosen.has(name));
    if (categories.length === 0) return;
    const choice = state().scorer;
    const scorer = await scorerOf(engine, choice);
    if (scorer === null) return;
    const controller = new AbortController();
    abort = controller;
    const id = `run-${ctx.services.now()}-${ctx.nextId()}`;
    void ctx.services.storage.persist();
    const run: EvaluationRun = {
      id,
      dataset: dataset.name,
      created: ctx.services.now(),
      scorerTitle: titleOf(choice),
      reports: [],
      status: { kind: 'running', stage: 'Starting', fraction: 0 },
    };
    update({ runs: [...state().runs, run], shownId: id, category: null, threshold: null });
    const status = await measure(engine, run, scorer, categories, dataset.files, controller.signal);
    updateRun(id, { status });
    if (state().runs.some((known) => known.id === id && known.reports.length > 0)) keeper.keep(id);
    if (abort === controller) abort = null;
  };

  const measure = async (
    engine: EngineClient,
    { id, scorerTitle }: EvaluationRun,
    scorer: EvaluationScorer,
    categories: readonly EvaluationCategory[],
    files: ReadonlyMap<string, File>,
    signal: AbortSignal,
  ): Promise<EvaluationRun['status']> => {
    for (const [at, category] of categories.entries()) {
      const outcome = await engine.call(
        'evaluate',
        { category, files: filesOf(category, files), scorer },
        {
          signal,
          onProgress: ({ stage, fraction }) =>
            updateRun(id, {
              status: { kind: 'running', stage, fraction: (at + fraction) / categories.length },
            }),
        },
      );
      if (!outcome.ok && outcome.error.kind === 'cancelled') return { kind: 'cancelled' };
      if (!outcome.ok) {
        ctx.notify({
          tone: 'error',
          title: `“${category.name}” could not be evaluated with ${scorerTitle}`,
          where: outcome.error.where,
          cause: outcome.error.message,
          next: 'What was measured before it stays.',
          action: null,
        });
        return { kind: 'failed', error: outcome.error };
      }
      const report = outcome.value;
      const run = state().runs.find((known) => known.id === id);
      if (run === undefined) return { kind: 'cancelled' };
      updateRun(id, { reports: [...run.reports, report] });
      keeper.keep(id);
      for (const { where, message } of report.failures) ctx.log('warning', `${where}: ${message}`);
      for (const warning of report.warnings) ctx.log('warning', `${report.category}: ${warning}`);
    }
    return { kind: 'done' };
  };

  return {
    openDataset(placed) {
      const categories = evaluationCategories(placed.map(({ path }) => path));
      const name = (placed[0]?.path ?? '').split('/')[0] ?? '';
      if (categories.length === 0) {
        ctx.notify({
          tone: 'error',
          title: `“${name}” is no dataset`,
          where: name,
          cause:
            'There is neither CATEGORY/test with GT or gt (Anomaly-ShapeNet, Real3D-AD), nor a scan with labels.',
          next: 'Choose the folder above the categories, or a folder of scans with label files beside them.',
          action: null,
        });
        return;
      }
      const files = new Map(placed.map(({ path, file }) => [path, file]));
      update({
        dataset: { name, categories, files },
        chosen: new Set(categories.map((known) => known.name)),
        // Without good scans there is nothing to compare with: a model has to judge.
        ...(categories.some(({ train }) => train.length > 0) ? {} : { scorer: { kind: 'model' } }),
      });
    },
    toggleCategory(name) {
      const chosen = new Set(state().chosen);
      if (!chosen.delete(name)) chosen.add(name);
      update({ chosen });
    },
    chooseScorer: (scorer) => update({ scorer }),
    startEvaluation: start,
    cancelEvaluation: () => abort?.abort(),
    showRun: (id) => update({ shownId: id, category: null, threshold: null }),
    dropRun(id) {
      if (runUnderWay(state())?.id === id) abort?.abort();
      keeper.forget(id);
      const runs = state().runs.filter((run) => run.id !== id);
      update({ runs, shownId: state().shownId === id ? null : state().shownId });
    },
    showCategory: (category) => update({ category, threshold: null }),
    setLevel: (level) => update({ level, threshold: null }),
    setEvaluationThreshold: (threshold) => update({ threshold }),
    openTestObject(path) {
      const file = state().dataset?.files.get(path);
      if (file === undefined) return false;
      openFiles([file]);
      return true;
    },
  };
}

/** Only what the category needs goes to the worker. */
export function filesOf(
  { train, test }: EvaluationCategory,
  files: ReadonlyMap<string, File>,
): Map<string, File> {
  const paths = [
    ...train,
    ...test.flatMap((item) => [item.path, item.kind === 'benchmark' ? item.gtPath : item.labelPath]),
  ];
  const wanted = new Map<string, File>();
  for (const path of paths) {
    const file = path === null ? undefined : files.get(path);
    if (path !== null && file !== undefined) wanted.set(path, file);
  }
  return wanted;
}
