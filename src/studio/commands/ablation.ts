/** Commands of the ablations: a model measured in every way to score it, or variants that are trained first. */

import { TRAINING_VARIANTS, type TrainingVariant, variantTraining } from '../../core/ablation.ts';
import type { ErrorValue } from '../../core/errors.ts';
import type { EngineClient, EngineResult } from '../../engine/client.ts';
import type {
  EvaluationCategory,
  TrainingScan,
  TrainingSetup,
  TrainingStart,
} from '../../engine/protocol.ts';
import { type AblationRun, ablationUnderWay } from '../ablationState.ts';
import { type EvaluationDataset, type EvaluationStatus, runUnderWay } from '../evaluationState.ts';
import { networkOf, type PlanId, plannedRecipe } from '../trainingPlans.ts';
import type { Context } from './context.ts';
import { filesOf } from './evaluation.ts';
import type { EvaluationKeeper } from './evaluationKeeper.ts';
import { freshRun, type Payload } from './trainer.ts';
import type { TrainingDesk } from './training.ts';

export interface AblationCommands {
  /** Measures the model that Inspect uses by every norm and object score, over the chosen categories. */
  ablateScores(): Promise<void>;
  /** Queues a run for each variant on the good scans of each chosen category, then measures their models. */
  ablateTraining(plan: PlanId): Promise<void>;
  cancelAblation(): void;
  dropAblation(id: string): void;
}

type Runs = Pick<TrainingDesk, 'enqueue' | 'commands'>;

/** A comparison that cannot be finished. */
class Stopped extends Error {
  readonly status: EvaluationStatus;

  constructor(status: EvaluationStatus) {
    super(status.kind);
    this.status = status;
  }
}

const failed = (error: ErrorValue) =>
  new Stopped(error.kind === 'cancelled' ? { kind: 'cancelled' } : { kind: 'failed', error });

export function createAblationCommands(
  ctx: Context,
  client: () => EngineClient | null,
  runs: Runs,
  keeper: Pick<EvaluationKeeper, 'keep' | 'forget'>,
): AblationCommands {
  let abort: AbortController | null = null;
  const state = () => ctx.state().evaluation;
  const patch = (id: string, change: Partial<AblationRun>) =>
    ctx.update({
      evaluation: {
        ...state(),
        ablations: state().ablations.map((run) => (run.id === id ? { ...run, ...change } : run)),
      },
    });

  /** Runs `work` over the chosen categories as one comparison. */
  const compare = async (title: string, work: (job: Job) => Promise<void>) => {
    const { dataset, chosen } = state();
    const engine = client();
    const busy = runUnderWay(state()) !== null || ablationUnderWay(state()) !== null;
    if (dataset === null || engine === null || busy) return;
    const categories = dataset.categories.filter(({ name }) => chosen.has(name));
    if (categories.length === 0) return;
    const controller = new AbortController();
    abort = controller;
    const id = `ablation-${ctx.services.now()}-${ctx.nextId()}`;
    const run: AblationRun = {
      id,
      dataset: dataset.name,
      created: ctx.services.now(),
      title,
      rows: [],
      status: { kind: 'running', stage: 'Starting', fraction: 0 },
    };
    ctx.update({ evaluation: { ...state(), ablations: [...state().ablations, run], shownId: id } });
    const say = (stage: string, fraction: number) =>
      patch(id, { status: { kind: 'running', stage, fraction } });
    try {
      await work({ id, engine, dataset, categories, signal: controller.signal, say });
      patch(id, { status: { kind: 'done' } });
    } catch (error) {
      if (!(error instanceof Stopped)) throw error;
      patch(id, { status: error.status });
    }
    if (state().ablations.some((known) => known.id === id && known.rows.length > 0)) keeper.keep(id);
    if (abort === controller) abort = null;
  };

  /** @throws Stopped */
  const measure = async (
    job: Job,
    category: EvaluationCategory,
    model: string,
    training: string,
    at: Span,
  ) => {
    const files = filesOf(category, job.dataset.files);
    const outcome = await job.engine.call(
      'ablate',
      { category, files, model, training },
      {
        signal: job.signal,
        onProgress: ({ stage, fraction }) => job.say(stage, at.from + fraction * (at.to - at.from)),
      },
    );
    if (!outcome.ok) throw failed(outcome.error);
    for (const { where, message } of outcome.value.failures) ctx.log('warning', `${where}: ${message}`);
    const known = state().ablations.find(({ id }) => id === job.id);
    if (known === undefined) throw new Stopped({ kind: 'cancelled' });
    patch(job.id, { rows: [...known.rows, ...outcome.value.rows] });
    keeper.keep(job.id);
  };

  /** Trains one variant, unless this browser has its model from an earlier comparison. @throws Stopped */
  const trained = async (job: Job, setup: TrainingSetup, category: EvaluationCategory): Promise<string> => {
    const names = category.train.map(baseName);
    const known = ctx.state().training.models.find(({ title, summary: { provenance } }) => {
      const { plan, seed, steps, scans } = provenance;
      const { training } = setup;
      const same = plan === setup.plan && seed === training.seed && steps === training.steps;
      return same && title === setup.name && scans === names.join(', ');
    });
    if (known !== undefined) return known.id;
    const run = freshRun(`run-${ctx.services.now()}-${ctx.nextId()}`, { setup, scans: names, init: null });
    runs.enqueue(run, payloadOf(setup, category, job.dataset));
    const status = () => ctx.state().training.runs.find(({ id }) => id === run.id)?.status;
    const ended = () => ['done', 'failed', 'cancelled', undefined].includes(status()?.kind);
    const cancel = () => void runs.commands.cancelRun(run.id);
    job.signal.addEventListener('abort', cancel);
    await ctx.until(ended);
    job.signal.removeEventListener('abort', cancel);
    const end = status();
    if (end?.kind === 'done') return end.modelId;
    throw end?.kind === 'failed' ? failed(end.error) : new Stopped({ kind: 'cancelled' });
  };

  return {
    async ablateScores() {
      const { model } = ctx.state();
      if (model.phase !== 'ready') return;
      const { hash } = model.summary;
      await compare(`Scores of ${model.entry.title}`, async (job) => {
        for (const [at, category] of job.categories.entries())
          await measure(job, category, hash, '', spanOf(at, job.categories.length));
      });
    },
    async ablateTraining(plan) {
      await compare('Losses and directions', async (job) => {
        const categories = job.categories.filter(({ train }) => train.length > 0);
        if (categories.length === 0)
          throw failed({
            kind: 'invalid-input',
            where: job.dataset.name,
            message: 'no chosen category has good scans (train) to learn from',
          });
        const work = categories.flatMap((category) =>
          TRAINING_VARIANTS.map((variant) => ({ category, variant })),
        );
        for (const [at, { category, variant }] of work.entries()) {
          const { from, to } = spanOf(at, work.length);
          const setup = setupOf(plan, category, variant);
          job.say(`Training “${setup.name}” (${at + 1} of ${work.length}): see Train mode`, from);
          const model = await trained(job, setup, category);
          await measure(job, category, model, variant.title, { from: (from + to) / 2, to });
        }
      });
    },
    cancelAblation: () => abort?.abort(),
    dropAblation(id) {
      if (ablationUnderWay(state())?.id === id) abort?.abort();
      keeper.forget(id);
      const { shownId, ablations } = state();
      ctx.update({
        evaluation: {
          ...state(),
          ablations: ablations.filter((run) => run.id !== id),
          shownId: shownId === id ? null : shownId,
        },
      });
    },
  };
}

/** Shares of the whole work, 0 to 1. */
interface Span {
  readonly from: number;
  readonly to: number;
}

const spanOf = (at: number, of: number): Span => ({ from: at / of, to: (at + 1) / of });

interface Job {
  readonly id: string;
  readonly engine: EngineClient;
  readonly dataset: EvaluationDataset;
  readonly categories: readonly EvaluationCategory[];
  readonly signal: AbortSignal;
  say(stage: string, fraction: number): void;
}

const baseName = (path: string): string => path.split('/').at(-1) ?? path;

/** The same plan, seed and steps for every variant. */
function setupOf(plan: PlanId, category: EvaluationCategory, variant: TrainingVariant): TrainingSetup {
  const recipe = plannedRecipe(plan, 'scratch');
  return {
    name: `${category.name}, ${variant.title}`,
    plan: `ablation, ${plan}`,
    arch: networkOf(recipe),
    voxelSize: recipe.voxelSize,
    training: variantTraining(recipe.training, variant),
    thresholdRule: recipe.thresholdRule,
    unit: '',
    watchEvery: null,
  };
}

function payloadOf(
  setup: TrainingSetup,
  category: EvaluationCategory,
  { files }: EvaluationDataset,
): Payload {
  return async (): Promise<EngineResult<TrainingStart>> => {
    const scans: TrainingScan[] = [];
    for (const path of category.train) {
      try {
        const bytes = await files.get(path)?.arrayBuffer();
        if (bytes !== undefined) scans.push({ name: baseName(path), bytes, role: 'train' });
      } catch (error) {
        // The browser's own words: the file was moved, changed or may not be read.
        const message = error instanceof Error ? error.message : String(error);
        return { ok: false, error: { kind: 'format', where: path, message } };
      }
    }
    return { ok: true, value: { setup, scans, init: null, preview: null } };
  };
}
