/**
 * The registration residual: a scan is laid on the reference, and what does not lie on it scores. Both ways:
 * points off the reference surface, and reference surface without points, told at its rim. Distances count
 * in units of what good scans differ by at that place.
 */

import { coverage, spacingNeighbours } from '../core/coverage.ts';
import type { OrientedCloud } from '../core/orientedCloud.ts';
import { PROBE_CELL, type ScoringReference } from '../core/reference.ts';
import { smoothOver } from '../core/smoothOver.ts';
import { surfaceDistances } from '../core/surfaceDistance.ts';
import { type LaidDetection, laidDetector } from './laidDetector.ts';

/** The highest hundredth of a scan's points make its score. */
const TOP_SHARE = 0.01;

function median(values: Float32Array): number {
  return values.slice().sort()[values.length >> 1]!;
}

/**
 * @param offsets [3N] from the reference to the scan's points, averaged over the scan around each
 * @param rows [N] nearest row of the reference; @param missing [N] see `Coverage`
 * @returns [N] distance both ways, model units
 */
export function distanceScores(
  { spread }: Pick<ScoringReference, 'spread'>,
  offsets: Float32Array,
  rows: Uint32Array,
  missing: Float32Array,
): Float32Array {
  const usual = median(spread);
  return Float32Array.from(rows, (row, i) => {
    const length = Math.hypot(offsets[3 * i]!, offsets[3 * i + 1]!, offsets[3 * i + 2]!);
    // Never more than where good scans agree best: a lucky spread near zero must not glow.
    const weighted = length * Math.min(1, usual / spread[row]!);
    return Math.max(weighted, missing[i]!);
  });
}

/** Scores of a scan that lies on the reference. */
function scoreLaid(scan: OrientedCloud, reference: ScoringReference): LaidDetection {
  const { target, scanSpacing, gap } = reference;
  const { offsets, rows } = surfaceDistances(target.fine, target.spacing, scan);
  const near = spacingNeighbours(scan);
  const smooth = smoothOver(scan, offsets, near);
  const { missing, unseen } = coverage(reference, scan, PROBE_CELL * scanSpacing, gap, near);
  return { offsets: smooth, score: distanceScores(reference, smooth, rows, missing), unseen };
}

export const residual = laidDetector(
  'residual',
  'Distance between the scan and the good scans it is laid on: the best choice for rigid parts.',
  TOP_SHARE,
  scoreLaid,
);
