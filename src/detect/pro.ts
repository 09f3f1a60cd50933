/**
 * Per-region overlap (PRO): every defect counts the same, however large. The PRO curve is the mean over all
 * regions of the share of a region's points found, against the false positive rate over all good points; the
 * figure is the area under it up to a false positive rate of 0.3, divided by 0.3 (Bergmann et al., MVTec AD,
 * IJCV 2021, section 5; the same limit in MVTec 3D-AD). Regions are connected components of the truth on the
 * surface.
 */

import { InvalidInputError } from '../core/errors.ts';
import type { Metric } from './metrics.ts';

/** The false positive rate up to which the published figures integrate. */
const PRO_LIMIT = 0.3;

export interface RegionScored {
  /** [N], higher = more anomalous. */
  readonly scores: Float32Array | Float64Array;
  /** [N] region of each point from 0 on, -1 for good points; null = all good. */
  readonly regions: Int32Array | null;
}

interface WeightedScores {
  /** Descending. */
  readonly scores: Float64Array;
  /** What each score adds to the mean overlap. */
  readonly weights: Float64Array;
}

/** Each point of a region of n points adds 1 / (n R), R the number of regions. */
function weighRegions(parts: readonly RegionScored[]): WeightedScores & { readonly regions: number } {
  const sizes = parts.map(({ regions }) => regionSizes(regions));
  const total = sizes.reduce((sum, of) => sum + of.reduce((all, size) => all + size, 0), 0);
  const regionCount = sizes.reduce((sum, of) => sum + of.filter((size) => size > 0).length, 0);
  const found = new Float64Array(total);
  const each = new Float64Array(total);
  let at = 0;
  parts.forEach(({ scores, regions }, part) => {
    regions?.forEach((region, i) => {
      if (region < 0) return;
      found[at] = scores[i]!;
      each[at++] = 1 / (sizes[part]![region]! * regionCount);
    });
  });
  const order = Uint32Array.from(found, (_, i) => i).sort((a, b) => found[b]! - found[a]!);
  return {
    scores: Float64Array.from(order, (row) => found[row]!),
    weights: Float64Array.from(order, (row) => each[row]!),
    regions: regionCount,
  };
}

/** Points of each region number; a number that does not occur has none. */
function regionSizes(regions: Int32Array | null): Uint32Array {
  const last = regions?.reduce((most, region) => Math.max(most, region), -1) ?? -1;
  const sizes = new Uint32Array(last + 1);
  for (const region of regions ?? []) if (region >= 0) sizes[region]!++;
  return sizes;
}

/** Scores of good points, descending. */
function goodScores(parts: readonly RegionScored[]): Float64Array {
  let count = 0;
  for (const { scores, regions } of parts)
    for (let i = 0; i < scores.length; i++) if (regions === null || regions[i]! < 0) count++;
  const good = new Float64Array(count);
  let at = 0;
  for (const { scores, regions } of parts)
    for (let i = 0; i < scores.length; i++) if (regions === null || regions[i]! < 0) good[at++] = scores[i]!;
  return good.sort().reverse();
}

function check(parts: readonly RegionScored[]): void {
  for (const { scores, regions } of parts) {
    if (regions !== null && regions.length !== scores.length)
      throw new InvalidInputError('PRO', `${scores.length} scores but regions of ${regions.length} points`);
    if (scores.some(Number.isNaN)) throw new InvalidInputError('PRO', 'a score is NaN');
  }
}

/**
 * @param limit false positive rate to integrate to, (0, 1]
 * @throws InvalidInputError for lengths that differ or NaN scores
 */
export function perRegionOverlap(parts: readonly RegionScored[], limit: number = PRO_LIMIT): Metric {
  check(parts);
  const { scores, weights, regions } = weighRegions(parts);
  const good = goodScores(parts);
  if (regions === 0) return { value: Number.NaN, reason: 'no anomalous regions' };
  if (good.length === 0) return { value: Number.NaN, reason: 'no good points' };
  let area = 0;
  let rateBefore = 0;
  let overlapBefore = 0;
  let overlap = 0;
  let p = 0;
  let n = 0;
  while (rateBefore < limit && (p < scores.length || n < good.length)) {
    const threshold = Math.max(scores[p] ?? -Infinity, good[n] ?? -Infinity);
    while (p < scores.length && scores[p] === threshold) overlap += weights[p++]!;
    while (n < good.length && good[n] === threshold) n++;
    const rate = n / good.length;
    // The last piece ends at the limit: the curve is straight between its points.
    const end = Math.min(rate, limit);
    const share = rate > rateBefore ? (end - rateBefore) / (rate - rateBefore) : 0;
    const overlapAtEnd = overlapBefore + share * (overlap - overlapBefore);
    area += ((end - rateBefore) * (overlapBefore + overlapAtEnd)) / 2;
    rateBefore = rate;
    overlapBefore = overlap;
  }
  return { value: area / limit, reason: null };
}
