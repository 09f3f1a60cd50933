/** Comparisons of the parts of the method: which norm, which object score, which loss, which directions. */

import { type AblationMean, type AblationRow, ablationMeans } from '../detect/ablation.ts';
import type { EvaluationState, EvaluationStatus } from './evaluationState.ts';

export type { AblationMean, AblationRow };

/** One comparison over the chosen categories of one dataset. */
export interface AblationRun {
  readonly id: string;
  readonly dataset: string;
  /** Milliseconds since 1970. */
  readonly created: number;
  /** What was compared: a model's scores, or trained variants. */
  readonly title: string;
  /** Of the categories that are done. */
  readonly rows: readonly AblationRow[];
  readonly status: EvaluationStatus;
}

export function shownAblation({ ablations, shownId }: EvaluationState): AblationRun | null {
  return ablations.find(({ id }) => id === shownId) ?? null;
}

export function ablationUnderWay({ ablations }: EvaluationState): AblationRun | null {
  return ablations.find(({ status }) => status.kind === 'running') ?? null;
}

/** A line of the table: the means over the categories first, where there are several. */
export interface AblationLine extends AblationMean {
  readonly where: string;
}

export function ablationLines({ rows }: Pick<AblationRun, 'rows'>): AblationLine[] {
  const categories = new Set(rows.map(({ category }) => category)).size;
  const own = rows.map((row) => ({ ...row, where: row.category, categories: 1 }));
  if (categories < 2) return own;
  return [...ablationMeans(rows).map((mean) => ({ ...mean, where: `mean of ${mean.categories}` })), ...own];
}
