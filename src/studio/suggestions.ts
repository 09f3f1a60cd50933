/** Regions above the threshold as suggestions for labels: what became of each follows from the labels themselves. */

import { GOOD, type LabelSet } from '../core/labels/labelSet.ts';
import type { DefectRegion, FoundRegions } from './regionState.ts';

/** `accepted`: most of its points have a class; `rejected`: most were said to be no defect. */
export type SuggestionStatus = 'open' | 'accepted' | 'rejected';

export interface Suggestion {
  readonly region: DefectRegion;
  /** Number of the region, from 0. */
  readonly at: number;
  readonly status: SuggestionStatus;
}

/** The threshold may move: a region is another one then, and most of its points decide. */
function statusOf({ rows }: DefectRegion, { classOf, rejected }: LabelSet): SuggestionStatus {
  let [labelled, refused] = [0, 0];
  for (const row of rows) {
    if (classOf[row] !== GOOD) labelled++;
    if (rejected[row] !== 0) refused++;
  }
  if (2 * labelled > rows.length) return 'accepted';
  return 2 * refused > rows.length ? 'rejected' : 'open';
}

/** @returns none for regions of another scan */
export function suggestionsOf(set: LabelSet | undefined, found: FoundRegions | null): Suggestion[] {
  if (set === undefined || found === null || found.signed.length !== set.classOf.length) return [];
  return found.regions.map((region, at) => ({ region, at, status: statusOf(region, set) }));
}

/** @returns the open one behind `from`, around at the end; null when there is none. @param step 1 or -1 */
export function nextOpen(
  suggestions: readonly Suggestion[],
  from: number | null,
  step: 1 | -1,
): number | null {
  const count = suggestions.length;
  const start = from ?? (step === 1 ? -1 : count);
  for (let i = 1; i <= count; i++) {
    const at = (((start + step * i) % count) + count) % count;
    if (suggestions[at]!.status === 'open') return at;
  }
  return null;
}
