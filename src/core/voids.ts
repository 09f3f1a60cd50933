/**
 * Cracks narrower than the point spacing: no point lies off the good surface and no single gap is larger than
 * chance allows, but along a line every gap is a little large. So places of the reference that lie somewhat far
 * from the scan are joined to voids, and what is told is how much of that a whole void has.
 */

import { connectedRegions } from './connectedRegions.ts';
import { localSpacing, type Probes, probe, spacingNeighbours, UNSEEN } from './coverage.ts';
import { buildKdTree } from './kdTree.ts';
import type { OrientedCloud } from './orientedCloud.ts';
import { RangeSearch } from './rangeSearch.ts';

/** Distance from the scan, in its spacings, from which a place may be part of a void: one place in six is. */
const LEVEL = 0.75;
/** Places this many probe cells apart belong to one void. */
const LINK = 1.75;
/** Points around a void this many spacings further than its own edge belong to its rim. */
const RIM = 1;
const RIM_POINTS = 256;

/** [V] strength of the void that each chosen place belongs to. */
function strengths({ points, ratios }: Probes, chosen: Uint32Array, reach: number): Float64Array {
  const { of, count } = connectedRegions(points, chosen, reach);
  const sums = new Float64Array(count);
  const sizes = new Uint32Array(count);
  chosen.forEach((row, i) => {
    sums[of[i]!]! += ratios[row]! - LEVEL;
    sizes[of[i]!]!++;
  });
  const most = (UNSEEN * points.length) / 3;
  return Float64Array.from(of, (region) => (sizes[region]! > most ? 0 : Math.sqrt(sums[region]!)));
}

/**
 * @param reference surface; @param scan in its frame, N >= 1 points
 * @param cell places of the reference this far apart are looked at; strengths compare at one cell only
 * @param near neighbours of the scan's points, where they are known already
 * @returns [N] strength of the strongest void that a point is at the rim of; no unit, 0 without one
 */
export function voidStrengths(
  reference: OrientedCloud,
  scan: OrientedCloud,
  cell: number,
  near = spacingNeighbours(scan),
): Float32Array {
  const tree = buildKdTree(scan.points);
  const spacing = localSpacing(scan.points, near);
  const probes = probe(reference, tree, spacing, cell);
  const chosen = Uint32Array.from(probes.ratios.keys()).filter((i) => probes.ratios[i]! > LEVEL);
  const told = new Float32Array(scan.points.length / 3);
  if (chosen.length === 0) return told;
  const strength = strengths(probes, chosen, LINK * cell);
  const search = new RangeSearch(tree, RIM_POINTS);
  chosen.forEach((row, i) => {
    const reach = probes.distances[row]! + RIM * spacing[probes.rows[row]!]!;
    const [x, y, z] = [0, 1, 2].map((d) => probes.points[3 * row + d]!) as [number, number, number];
    const found = search.find(x, y, z, reach);
    for (const at of search.rows.subarray(0, found)) told[at] = Math.max(told[at]!, strength[i]!);
  });
  return told;
}
