/** `--object-score` and `--mask-boundary`: what of a scan's point scores is compared with the limit. */

import { findBoundary } from '../core/boundary.ts';
import {
  isObjectRuleId,
  type JudgeRule,
  OBJECT_RULE_IDS,
  OBJECT_RULES,
  type ObjectRuleId,
} from '../core/objectRule.ts';
import type { Calibration } from '../core/types.ts';
import { objectScore, scoreOfPart } from '../detect/scores.ts';
import { type Arguments, UsageError } from './command.ts';

export const JUDGING_OPTIONS = {
  'object-score': { type: 'string' },
  'mask-boundary': { type: 'boolean' },
} as const;

export const JUDGING_HELP = [
  '--object-score R how points make the score of a scan: mean, top (mean of the highest 1 %), p99 or max, with',
  '                 the limit of the same good scans; left out: as the limit was found',
  '--mask-boundary  points at the rim of an open scan, and of holes, do not count; the JSON has their number as',
  '                 "boundary", the PLY a column of that name',
] as const;

export interface JudgingOptions {
  /** null = the judge's own. */
  readonly rule: ObjectRuleId | null;
  readonly maskBoundary: boolean;
}

/** @throws UsageError */
export function judgingOptions(args: Arguments): JudgingOptions {
  const text = args.text('object-score');
  if (text !== undefined && !isObjectRuleId(text))
    throw new UsageError(`--object-score is one of ${OBJECT_RULE_IDS.join(', ')}, not ${text}`);
  return { rule: text ?? null, maskBoundary: args.flag('mask-boundary') };
}

/** What is said of a scan's points, and by what. */
export interface Scored {
  /** [3N] any unit */
  readonly positions: Float32Array;
  /** [N] model units */
  readonly score: Float32Array;
  readonly objectScore: number;
  readonly objectRule: JudgeRule;
  readonly calibration: Calibration | null;
}

export interface ObjectJudgement {
  /** Model units; 0 where no point counts. */
  readonly objectScore: number;
  /** null where none is known for the rule. */
  readonly threshold: number | null;
  /** [N] 1 = does not count; null where all count. */
  readonly boundary: Uint8Array | null;
}

export function judgeObject({ rule, maskBoundary }: JudgingOptions, scored: Scored): ObjectJudgement {
  const { positions, score, objectRule, calibration } = scored;
  const boundary = maskBoundary ? findBoundary(positions).mask : null;
  const left = boundary === null ? score : score.filter((_, row) => boundary[row] === 0);
  const limits = rule === null ? calibration?.objectThreshold : calibration?.objectThresholds?.[rule];
  const by = () => {
    if (left.length === 0) return 0;
    if (rule !== null) return objectScore(left, OBJECT_RULES[rule]);
    if (left.length === score.length) return scored.objectScore;
    return scoreOfPart(objectRule, scored.objectScore, score, left);
  };
  return { objectScore: by(), threshold: limits ?? null, boundary };
}

/** For the JSON of a scan. */
export function boundaryCount({ boundary }: ObjectJudgement): { readonly boundary?: number } {
  return boundary === null ? {} : { boundary: boundary.reduce((sum, value) => sum + value, 0) };
}

/** For the columns of its PLY. */
export function boundaryColumn({ boundary }: ObjectJudgement): { readonly boundary?: Uint8Array } {
  return boundary === null ? {} : { boundary };
}
