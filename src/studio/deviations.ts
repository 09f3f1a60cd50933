/** What an inspection against a tolerance says, in the words of metrology. */

import { isAccepted } from './judgement.ts';
import type { FoundRegions } from './regionState.ts';

/** Deviations along the outward normal, in the unit of the offsets. */
export interface Deviations {
  /** Points beyond the tolerance, on either side. */
  readonly beyond: number;
  readonly points: number;
  readonly highest: number;
  readonly lowest: number;
  readonly mean: number;
  /** Standard deviation. */
  readonly spread: number;
}

/**
 * @param signed [N] @param tolerance same unit @param out [N] 1 = does not count; null = all count
 * @returns zeros where no point counts
 */
export function deviationsOf(
  signed: Float32Array,
  tolerance: number,
  out: Uint8Array | null = null,
): Deviations {
  const limit = Math.fround(tolerance);
  let [points, beyond, sum, squares] = [0, 0, 0, 0];
  let [highest, lowest] = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];
  for (let i = 0; i < signed.length; i++) {
    if (out !== null && out[i] === 1) continue;
    const value = signed[i]!;
    points++;
    if (Math.abs(value) > limit) beyond++;
    if (value > highest) highest = value;
    if (value < lowest) lowest = value;
    sum += value;
    squares += value * value;
  }
  if (points === 0) return { beyond, points, highest: 0, lowest: 0, mean: 0, spread: 0 };
  const mean = sum / points;
  // Rounding may leave a tiny negative rest where all are equal.
  const spread = Math.sqrt(Math.max(0, squares / points - mean * mean));
  return { beyond, points, highest, lowest, mean, spread };
}

export type ToleranceVerdict = 'in' | 'out';

export const TOLERANCE_TEXT: Readonly<Record<ToleranceVerdict, string>> = {
  in: 'IN TOLERANCE',
  out: 'OUT OF TOLERANCE',
};

/** Areas beyond the tolerance that nobody accepted as normal. @param accepted [N] 1 = accepted */
export function areasBeyond({ regions }: FoundRegions, accepted: Uint8Array | null): number {
  return regions.filter((region) => !isAccepted(region, accepted)).length;
}

/**
 * Areas of neighbouring points beyond the tolerance count; single points do not, for every scan has outliers.
 * @param tolerance model units @returns null while the areas at this tolerance are not known
 */
export function toleranceVerdict(
  found: FoundRegions | null,
  tolerance: number,
  accepted: Uint8Array | null,
): ToleranceVerdict | null {
  if (found === null || found.threshold !== tolerance) return null;
  return areasBeyond(found, accepted) > 0 ? 'out' : 'in';
}
