/** `--object-score`: which number of a scan's point scores is compared with the limit. */

import { isObjectRuleId, OBJECT_RULE_IDS, OBJECT_RULES, type ObjectRuleId } from '../core/objectRule.ts';
import type { Calibration } from '../core/types.ts';
import { objectScore } from '../detect/scores.ts';
import { type Arguments, UsageError } from './command.ts';

export const OBJECT_SCORE_OPTIONS = { 'object-score': { type: 'string' } } as const;

export const OBJECT_SCORE_HELP = [
  '--object-score R how points make the score of a scan: mean, top (mean of the highest 1 %), p99 or max, with',
  '                 the limit of the same good scans; left out: as the limit was found',
] as const;

/** @returns null where the judge's own rule is meant @throws UsageError */
export function objectScoreOption(args: Arguments): ObjectRuleId | null {
  const text = args.text('object-score');
  if (text === undefined) return null;
  if (!isObjectRuleId(text))
    throw new UsageError(`--object-score is one of ${OBJECT_RULE_IDS.join(', ')}, not ${text}`);
  return text;
}

export interface ObjectJudgement {
  /** Model units. */
  readonly objectScore: number;
  /** null where none is known for the rule. */
  readonly threshold: number | null;
}

/** @param own the score by the judge's own rule @param scores [N] of the points */
export function judgeObject(
  rule: ObjectRuleId | null,
  own: number,
  scores: Float32Array,
  calibration: Calibration | null,
): ObjectJudgement {
  if (rule === null) return { objectScore: own, threshold: calibration?.objectThreshold ?? null };
  const threshold = calibration?.objectThresholds?.[rule] ?? null;
  return { objectScore: objectScore(scores, OBJECT_RULES[rule]), threshold };
}
