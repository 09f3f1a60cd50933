/**
 * The ablations of the score, which need no training: the same predicted offsets measured by either norm and by
 * each way to make one number of a scan. Source: METHOD "Pipeline" step 6.
 */

import type { ObjectScoreRule } from '../core/objectRule.ts';
import {
  type CategoryResult,
  evaluateCategory,
  meanOverCategories,
  type ProtocolMetrics,
} from './evaluate.ts';
import { auroc, averagePrecision, rank } from './metrics.ts';
import { objectScore, pointScores, type ScoreNorm } from './scores.ts';

const NORMS: readonly ScoreNorm[] = ['l2', 'l1'];

/** The paper's rule first. A defect is small, so a mean over all points dilutes it. */
const RULES: readonly { readonly title: string; readonly rule: ObjectScoreRule }[] = [
  { title: 'mean', rule: { kind: 'mean' } },
  { title: 'top 1 %', rule: { kind: 'top-mean', share: 0.01 } },
  { title: 'p99', rule: { kind: 'percentile', q: 0.99 } },
];

/** A test object scored in every way. */
export interface AblatedScan {
  readonly name: string;
  readonly anomalous: boolean;
  readonly labels: Uint8Array | null;
  /** In the order of the norms. */
  readonly byNorm: readonly {
    readonly scores: Float32Array;
    /** In the order of the rules. */
    readonly objects: readonly number[];
  }[];
}

/** One line of the comparison. */
export interface AblationRow extends CategoryResult {
  /** How the network was trained, "distance only"; empty when one model is looked at. */
  readonly training: string;
  readonly norm: ScoreNorm;
  /** How a scan's points became one number. */
  readonly rule: string;
}

/** @param offsets [3N] model units */
export function scoreInEveryWay(offsets: Float32Array): AblatedScan['byNorm'] {
  return NORMS.map((norm) => {
    const scores = pointScores(offsets, norm);
    return { scores, objects: RULES.map(({ rule }) => objectScore(scores, rule)) };
  });
}

/**
 * @returns a row for each norm and rule
 * @throws InvalidInputError for labels that do not fit their scores
 */
export function ablateCategory(
  category: string,
  scans: readonly AblatedScan[],
  training = '',
): AblationRow[] {
  const anomalous = Uint8Array.from(scans, (scan) => Number(scan.anomalous));
  return NORMS.flatMap((norm, n) => {
    const scored = scans.map(({ byNorm, ...scan }) => ({
      ...scan,
      scores: byNorm[n]!.scores,
      objectScore: byNorm[n]!.objects[0]!,
    }));
    const figures = evaluateCategory(category, scored);
    return RULES.map(({ title }, r): AblationRow => {
      const objects = rank([
        { scores: Float64Array.from(scans, ({ byNorm }) => byNorm[n]!.objects[r]!), labels: anomalous },
      ]);
      const own = { objectAuroc: auroc(objects), objectAupr: averagePrecision(objects) };
      return { ...figures, ...own, training, norm, rule: title };
    });
  });
}

/** A line over all categories. */
export interface AblationMean extends ProtocolMetrics, Pick<AblationRow, 'training' | 'norm' | 'rule'> {
  readonly categories: number;
}

/** The unweighted means, in the order in which the ways first come. */
export function ablationMeans(rows: readonly AblationRow[]): AblationMean[] {
  const groups = new Map<string, AblationRow[]>();
  for (const row of rows) {
    const key = JSON.stringify([row.training, row.norm, row.rule]);
    groups.set(key, [...(groups.get(key) ?? []), row]);
  }
  return [...groups.values()].map((group) => {
    const { training, norm, rule } = group[0]!;
    return { training, norm, rule, categories: group.length, ...meanOverCategories(group) };
  });
}
