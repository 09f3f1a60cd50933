/** Ways in which a scan's point scores become the one number that it is judged by. */

/**
 * `mean` is the paper's and the released code's rule. `share` is a fraction of the points, `q` a probability;
 * `q` = 1 is the highest score.
 */
export type ObjectScoreRule =
  | { readonly kind: 'mean' }
  | { readonly kind: 'top-mean'; readonly share: number }
  | { readonly kind: 'percentile'; readonly q: number };

/** `members`: of an ensemble, whose members' `top-mean`s count alike; it cannot be told from the points' scores. */
export type JudgeRule = ObjectScoreRule | { readonly kind: 'members'; readonly share: number };

/** Rules that can be chosen in place of the judge's own. */
export type ObjectRuleId = 'mean' | 'top' | 'p99' | 'max';

export const OBJECT_RULES: Readonly<Record<ObjectRuleId, ObjectScoreRule>> = {
  mean: { kind: 'mean' },
  top: { kind: 'top-mean', share: 0.01 },
  p99: { kind: 'percentile', q: 0.99 },
  max: { kind: 'percentile', q: 1 },
};

export const OBJECT_RULE_IDS: readonly ObjectRuleId[] = ['mean', 'top', 'p99', 'max'];

/** One number by each rule, model units. */
export type ObjectFigures = Readonly<Record<ObjectRuleId, number>>;

export function isObjectRuleId(value: unknown): value is ObjectRuleId {
  return OBJECT_RULE_IDS.some((id) => id === value);
}

export function isObjectFigures(value: unknown): value is ObjectFigures {
  if (typeof value !== 'object' || value === null) return false;
  const figures: Readonly<Record<string, unknown>> = { ...value };
  return OBJECT_RULE_IDS.every((id) => typeof figures[id] === 'number' && Number.isFinite(figures[id]));
}

/** "mean of the highest 1 %": of the scores of a scan's points. */
export function ruleWords(rule: JudgeRule): string {
  switch (rule.kind) {
    case 'mean':
      return 'mean of all points';
    case 'top-mean':
      return `mean of the highest ${Number((100 * rule.share).toPrecision(3))}\u00a0%`;
    case 'members':
      return `mean of the members’ highest ${Number((100 * rule.share).toPrecision(3))}\u00a0%`;
    case 'percentile':
      return rule.q === 1 ? 'highest point' : `${Number((100 * rule.q).toPrecision(5))}th percentile`;
    default:
      return rule satisfies never;
  }
}
