/** What the engine is doing, in words. */

import type { EngineState, Job, ModelState } from '../../studio/state.ts';
import type { TrainingRun } from '../../studio/trainingState.ts';

export interface Activity {
  readonly text: string;
  /** 0..1, or null when nobody knows how long it takes. */
  readonly fraction: number | null;
  readonly cancellable: boolean;
}

/** @returns null when nothing is going on */
export function activityOf(engine: EngineState, model: ModelState, job: Job | null): Activity | null {
  if (job !== null) return { text: job.stage, fraction: job.fraction, cancellable: true };
  if (engine.phase === 'starting') return { text: 'Starting the engine', fraction: null, cancellable: false };
  if (engine.phase === 'ready' && (model.phase === 'loading' || model.phase === 'pending'))
    return { text: 'Loading the model', fraction: null, cancellable: false };
  return null;
}

/** A training run goes on in the background; it is steered in Train mode. */
export function trainingActivity(run: TrainingRun | null): Activity | null {
  if (run === null) return null;
  const { steps } = run.setup.training;
  const text = `Training ${run.setup.name}`;
  return { text, fraction: run.stage === '' ? run.stepsDone / steps : null, cancellable: false };
}
