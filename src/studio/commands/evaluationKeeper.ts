/** Commands for evaluations that are kept: read back when the page opens, named, let go. */

import { StudioError } from '../../core/errors.ts';
import { EvaluationFiles, type KeptEvaluation } from '../evaluationFiles.ts';
import type { EvaluationState } from '../evaluationState.ts';
import type { Context } from './context.ts';
import { patchTraining } from './trainingStore.ts';

export interface KeptCommands {
  /** @param id of a run or a comparison; an empty title changes nothing */
  renameEvaluation(id: string, title: string): void;
  /** Deletes the file of a run that this version cannot read. */
  dropUnreadable(id: string): void;
}

export interface EvaluationKeeper {
  readonly commands: KeptCommands;
  /** Writes a run or comparison as it is now; says so once when there is no room. */
  keep(id: string): void;
  /** Deletes what was kept of it. */
  forget(id: string): void;
  /** Reads back what earlier visits kept. */
  recall(): Promise<void>;
}

const LONGEST_TITLE = 120;

export function createEvaluationKeeper(ctx: Context): EvaluationKeeper {
  const files = new EvaluationFiles(ctx.services.files);
  let warned = false;
  const state = () => ctx.state().evaluation;
  const update = (patch: Partial<EvaluationState>) => ctx.update({ evaluation: { ...state(), ...patch } });

  const find = (id: string): KeptEvaluation | null => {
    const run = state().runs.find((known) => known.id === id);
    if (run !== undefined) return { kind: 'run', run };
    const ablation = state().ablations.find((known) => known.id === id);
    return ablation === undefined ? null : { kind: 'ablation', run: ablation };
  };

  const readStorage = async () => {
    const storage = await ctx.services.storage.estimate();
    patchTraining(ctx, () => ({ storage }));
  };

  /** Evaluations are in memory as well: what cannot be kept is there until the page is closed. */
  const orSay = async (work: Promise<unknown>, what: string) => {
    try {
      await work;
      await readStorage();
    } catch (error) {
      if (!(error instanceof StudioError)) throw error;
      if (!warned)
        ctx.notify({
          tone: 'warning',
          title: what,
          where: 'browser storage',
          cause: error.message,
          next: 'Runs stay until this page is closed: save their figures, or delete old runs and models.',
          action: null,
        });
      warned = true;
    }
  };

  const keep = (id: string) => {
    const found = find(id);
    if (found === null || found.run.status.kind === 'failed') return;
    void orSay(files.save(found), 'The evaluation could not be kept');
  };

  return {
    keep,
    forget: (id) => void orSay(files.remove(id), 'The evaluation could not be deleted'),
    async recall() {
      await orSay(
        files.list().then(({ kept, unreadable }) => {
          const known = new Set([...state().runs, ...state().ablations].map(({ id }) => id));
          const fresh = kept.filter(({ run }) => !known.has(run.id));
          const runs = fresh.flatMap((entry) => (entry.kind === 'run' ? [entry.run] : []));
          const ablations = fresh.flatMap((entry) => (entry.kind === 'ablation' ? [entry.run] : []));
          update({
            runs: [...runs, ...state().runs],
            ablations: [...ablations, ...state().ablations],
            unreadable,
          });
          for (const { id, why } of unreadable) ctx.log('warning', `Evaluation ${id}: ${why}`);
        }),
        'Earlier evaluations could not be read',
      );
    },
    commands: {
      renameEvaluation(id, title) {
        const wanted = title.trim().slice(0, LONGEST_TITLE);
        if (wanted === '') return;
        const { runs, ablations } = state();
        update({
          runs: runs.map((run) => (run.id === id ? { ...run, scorerTitle: wanted } : run)),
          ablations: ablations.map((run) => (run.id === id ? { ...run, title: wanted } : run)),
        });
        keep(id);
      },
      dropUnreadable(id) {
        update({ unreadable: state().unreadable.filter((file) => file.id !== id) });
        void orSay(files.remove(id), 'The evaluation could not be deleted');
      },
    },
  };
}
