/**
 * Good specimens of castings, mouldings and grown things differ by their size, their proportions and a slow warp.
 * Taking that off a scan leaves what is local: the scan as a specimen of the reference's own shape would give it.
 */

import { spacingNeighbours } from './coverage.ts';
import { KdSearch } from './kdSearch.ts';
import { buildKdTree } from './kdTree.ts';
import type { OrientedCloud } from './orientedCloud.ts';
import type { ScoringReference } from './reference.ts';
import { type ShiftField, shiftField } from './slowPart.ts';
import { smoothOver } from './smoothOver.ts';
import { surfaceDistances } from './surfaceDistance.ts';

/** Nearest points change as the scan moves. */
const PASSES = 2;
/** Places of the field that the shift of a point is taken from, and the reach of their weights; model units. */
const BLENDED = 8;
const REACH = 0.06;

/** Moves points back by the field, blended between its places. */
function shiftBack(points: Float32Array, { places, shifts }: ShiftField): Float32Array {
  const search = new KdSearch(buildKdTree(places.points), Math.min(BLENDED, places.counts.length));
  const { order } = search.tree;
  const moved = points.slice();
  for (let at = 0; at < points.length; at += 3) {
    search.find(points[at]!, points[at + 1]!, points[at + 2]!);
    let weights = 0;
    for (const d of search.distances) weights += Math.exp((search.distances[0]! - d) / (REACH * REACH));
    for (let j = 0; j < search.rows.length; j++) {
      const weight = Math.exp((search.distances[0]! - search.distances[j]!) / (REACH * REACH)) / weights;
      const from = 3 * order[search.rows[j]!]!;
      for (let d = 0; d < 3; d++) moved[at + d]! -= weight * shifts[from + d]!;
    }
  }
  return moved;
}

/**
 * @param scan in the frame of the reference, model units; @param near neighbours of its points, if known
 * @returns the scan without what differs slowly; the same rows and normals
 */
export function unwarp(
  scan: OrientedCloud,
  { target }: Pick<ScoringReference, 'target'>,
  near = spacingNeighbours(scan),
): OrientedCloud {
  let moved = scan;
  for (let pass = 0; pass < PASSES; pass++) {
    const { offsets } = surfaceDistances(target.fine, target.spacing, moved);
    const field = shiftField(moved.points, smoothOver(moved, offsets, near));
    moved = { points: shiftBack(moved.points, field), normals: scan.normals };
  }
  return moved;
}
