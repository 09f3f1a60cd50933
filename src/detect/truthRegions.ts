/** The defects of a labelled scan, one by one: connected components of its anomalous points on the surface. */

import { connectedRegions } from '../core/connectedRegions.ts';
import { KdSearch } from '../core/kdSearch.ts';
import { buildKdTree } from '../core/kdTree.ts';

/** Points that the usual spacing is measured at. */
const SAMPLES = 1000;
/** A gap of this many spacings parts two defects: wider than the holes that chance leaves in a scan. */
const REACH = 3;

/** Median distance to the nearest other place, unit of the positions; 0 when all points are equal. */
function usualSpacing(positions: Float32Array): number {
  const points = positions.length / 3;
  // Two neighbours: a doubled point must not make the spacing zero.
  const search = new KdSearch(buildKdTree(positions), 2);
  const step = Math.max(1, Math.floor(points / SAMPLES));
  const distances: number[] = [];
  for (let i = 0; i < points; i += step) {
    const { points: sorted } = search.tree;
    search.find(sorted[3 * i]!, sorted[3 * i + 1]!, sorted[3 * i + 2]!, i);
    const [first, second] = search.distances;
    const nearest = first! > 0 ? first! : second!;
    if (Number.isFinite(nearest)) distances.push(Math.sqrt(nearest));
  }
  distances.sort((a, b) => a - b);
  return distances[distances.length >> 1] ?? 0;
}

/**
 * @param positions [3N] @param labels [N] above 0 = anomalous; null = all good
 * @returns [N] defect of each point from 0 on, -1 for good points; null when there is none
 */
export function truthRegions(positions: Float32Array, labels: Uint8Array | null): Int32Array | null {
  const rows = Uint32Array.from(labels ?? [], (_, i) => i).filter((row) => labels![row]! > 0);
  if (rows.length === 0) return null;
  const spacing = usualSpacing(positions);
  const regions = new Int32Array(positions.length / 3).fill(-1);
  if (spacing === 0) {
    for (const row of rows) regions[row] = 0;
    return regions;
  }
  const { of } = connectedRegions(positions, rows, REACH * spacing);
  rows.forEach((row, i) => {
    regions[row] = of[i]!;
  });
  return regions;
}
