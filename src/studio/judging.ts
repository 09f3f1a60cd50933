/** From scores to a verdict, by the judge's own rule or by one that the user chose. */

import { type JudgeRule, OBJECT_RULES, type ObjectFigures, type ObjectRuleId } from '../core/objectRule.ts';
import type { Analysis, Calibration, Verdict } from '../engine/protocol.ts';

/** A scan's score by the judge's own rule and by all others, model units. */
export interface ScanFigures {
  readonly own: number;
  readonly others: ObjectFigures;
}

/** What is kept of a judged scan so that it can be judged by another rule. */
export interface JudgingBasis {
  readonly figures: ScanFigures;
  readonly ownRule: JudgeRule;
  readonly calibration: Calibration | null;
  /** False for a scan that does not lie on its good scans: no rule gives it a verdict. */
  readonly aligned: boolean;
}

export interface Judgement {
  /** Model units. */
  readonly objectScore: number;
  /** The object score a good part stays under; null where none is known for the rule. */
  readonly limit: number | null;
  readonly verdict: Verdict;
  readonly rule: JudgeRule;
}

export function basisOf({ map, calibration, verdict }: Analysis): JudgingBasis {
  return {
    figures: { own: map.objectScore, others: map.objectFigures },
    ownRule: map.objectRule,
    calibration,
    aligned: verdict !== 'not-aligned',
  };
}

/** @param chosen null = the judge's own rule */
export function limitOf(calibration: Calibration | null, chosen: ObjectRuleId | null): number | null {
  if (calibration === null) return null;
  return (chosen === null ? calibration.objectThreshold : calibration.objectThresholds?.[chosen]) ?? null;
}

/** @param chosen null = the judge's own rule */
export function judge(basis: JudgingBasis, chosen: ObjectRuleId | null): Judgement {
  const { figures, ownRule, calibration, aligned } = basis;
  const objectScore = chosen === null ? figures.own : figures.others[chosen];
  const rule = chosen === null ? ownRule : OBJECT_RULES[chosen];
  const limit = limitOf(calibration, chosen);
  if (!aligned) return { objectScore, limit, verdict: 'not-aligned', rule };
  const verdict = limit === null ? 'uncalibrated' : objectScore > limit ? 'not-ok' : 'ok';
  return { objectScore, limit, verdict, rule };
}

/** Where the limit comes from. */
export function limitWords(calibration: Calibration | null, chosen: ObjectRuleId | null): string {
  if (calibration === null)
    return 'There is no limit from good scans: judge by the heatmap; its threshold is a starting value.';
  if (limitOf(calibration, chosen) === null)
    return 'No limit: what the good scans score by this rule was not kept. Train or fit again, or judge as calibrated.';
  return `Limit${chosen === null ? '' : ' for this object score'}: ${calibration.how}.`;
}
