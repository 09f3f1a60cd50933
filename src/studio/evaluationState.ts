/** What Evaluate mode knows: the dataset that was dropped, and the runs with their reports. */

import type { ErrorValue } from '../core/errors.ts';
import { meanOverCategories, type ProtocolMetrics } from '../detect/evaluate.ts';
import type { CategoryReport } from '../detect/report.ts';
import type { DetectorName, EvaluationCategory } from '../engine/protocol.ts';
import type { AblationRun } from './ablationState.ts';
import type { UnreadableEvaluation } from './evaluationFiles.ts';

export type { Interval } from '../detect/bootstrap.ts';
export { worstFirst } from '../detect/breakdown.ts';
export type { ProtocolMetrics } from '../detect/evaluate.ts';
export type { Metric, Ranking } from '../detect/metrics.ts';
export { confusionAt, confusionRates } from '../detect/operatingPoint.ts';
export type { CategoryReport, ObjectRow } from '../detect/report.ts';

/** A folder of test objects, recognised from names alone; nothing is read before a run. */
export interface EvaluationDataset {
  readonly name: string;
  readonly categories: readonly EvaluationCategory[];
  /** By the paths of the categories. */
  readonly files: ReadonlyMap<string, File>;
}

export type EvaluationStatus =
  | { readonly kind: 'running'; readonly stage: string; readonly fraction: number }
  | { readonly kind: 'done' }
  | { readonly kind: 'cancelled' }
  | { readonly kind: 'failed'; readonly error: ErrorValue };

/** What gives the scores. */
export type ScorerChoice =
  /** The model that Inspect uses. */
  { readonly kind: 'model' } | { readonly kind: 'detector'; readonly name: DetectorName };

/** One scorer over the chosen categories of one dataset. */
export interface EvaluationRun {
  readonly id: string;
  readonly dataset: string;
  /** Milliseconds since 1970. */
  readonly created: number;
  /** Name of the model or detector, as tables show it, or what the user calls the run. */
  readonly scorerTitle: string;
  /** Of the categories that are done. */
  readonly reports: readonly CategoryReport[];
  readonly status: EvaluationStatus;
}

/** What a threshold is moved over: whole scans, or their points. */
export type EvaluationLevel = 'objects' | 'points';

export interface EvaluationState {
  readonly dataset: EvaluationDataset | null;
  /** Names of categories that the next run takes. */
  readonly chosen: ReadonlySet<string>;
  readonly scorer: ScorerChoice;
  /** Newest last. */
  readonly runs: readonly EvaluationRun[];
  readonly ablations: readonly AblationRun[];
  /** Runs that another version kept. */
  readonly unreadable: readonly UnreadableEvaluation[];
  /** A run or an ablation. */
  readonly shownId: string | null;
  /** Category in the charts; null = the first of the run. */
  readonly category: string | null;
  readonly level: EvaluationLevel;
  /** Set by the user; null = the one with the best F1. */
  readonly threshold: number | null;
}

export const INITIAL_EVALUATION: EvaluationState = {
  dataset: null,
  chosen: new Set(),
  scorer: { kind: 'detector', name: 'residual' },
  runs: [],
  ablations: [],
  unreadable: [],
  shownId: null,
  category: null,
  level: 'objects',
  threshold: null,
};

export function shownRun({ runs, shownId }: EvaluationState): EvaluationRun | null {
  return runs.find(({ id }) => id === shownId) ?? runs.at(-1) ?? null;
}

export function shownReport(state: EvaluationState): CategoryReport | null {
  const reports = shownRun(state)?.reports ?? [];
  return reports.find(({ category }) => category === state.category) ?? reports[0] ?? null;
}

/** The four figures of the protocol over all categories of a run. */
export function runFigures({ reports }: EvaluationRun): ProtocolMetrics {
  return meanOverCategories(reports);
}

export function runUnderWay({ runs }: EvaluationState): EvaluationRun | null {
  return runs.find(({ status }) => status.kind === 'running') ?? null;
}
