/** The threshold in force, and what it is moved over. */

import { useMemo } from 'react';
import { objectRanking } from '../../studio/evaluationCurves.ts';
import type { CategoryReport, EvaluationLevel, Ranking } from '../../studio/evaluationState.ts';
import { useStudio } from '../useStudio.ts';

interface ThresholdInForce {
  readonly level: EvaluationLevel;
  readonly ranking: Ranking;
  /** Scores above it count as anomalous. */
  readonly threshold: number;
  /** False: it is the one with the best F1. */
  readonly own: boolean;
}

export function useThreshold(report: CategoryReport): ThresholdInForce {
  const level = useStudio((state) => state.evaluation.level);
  const chosen = useStudio((state) => state.evaluation.threshold);
  const ranking = useMemo(
    () => (level === 'points' ? report.pointRanking : objectRanking(report.rows)),
    [level, report],
  );
  const best = level === 'points' ? report.pointF1.threshold : report.objectF1.threshold;
  // Without defects there is no best F1: just above every good score.
  const fallback = ranking.negatives.at(-1) ?? 0;
  return {
    level,
    ranking,
    threshold: chosen ?? (Number.isNaN(best) ? fallback : best),
    own: chosen !== null,
  };
}
