/**
 * Defects as a list: connected regions of points above the threshold, each with its size, its worst point and
 * which way it goes. Pure; the engine calls it with neighbours and normals that it keeps.
 */

import { connectedRegions } from './connectedRegions.ts';
import type { Neighbours } from './knn.ts';
import type { Vec3 } from './types.ts';

/** `bulge`: material beyond the good surface. `dent`: missing from it. `mixed`: along it, or both. */
export type RegionKind = 'bulge' | 'dent' | 'mixed';

export interface DefectRegion {
  /** Rows of the cloud, ascending. */
  readonly rows: Uint32Array;
  /** Row with the highest score. */
  readonly peak: number;
  /** Highest score, model units. */
  readonly peakScore: number;
  /** Mean score, model units. */
  readonly meanScore: number;
  /** Mean place, source units relative to the cloud's origin. */
  readonly centre: Vec3;
  /** Outward at the peak, unit length. */
  readonly normal: Vec3;
  /** Square source units. */
  readonly area: number;
  /** Largest distance of two corners of its bounding box along an axis, source units. */
  readonly extent: number;
  readonly kind: RegionKind;
  /** Mean offset along the outward normal, model units; positive = bulge. */
  readonly signed: number;
}

export interface RegionInput {
  /** [3N] source units. */
  readonly positions: Float32Array;
  /** [N] model units. */
  readonly score: Float32Array;
  /** [3N] from the good surface to the point, model units. */
  readonly offsets: Float32Array;
  /** [3N] unit, outward. */
  readonly normals: Float32Array;
  readonly neighbours: Neighbours;
  /** Points with a higher score belong to a region, model units. */
  readonly threshold: number;
  /** Regions of fewer points are noise. */
  readonly leastPoints: number;
}

/** A gap of this many spacings parts two regions. */
const REACH = 2.5;
/** Share of the offset that must lie along the normal for the region to have a direction. */
const CLEAR = 0.35;

/** [N] distance to the furthest of the known neighbours, source units. */
function reachOf(positions: Float32Array, { k, rows }: Neighbours, i: number): number {
  const other = rows[i * k + k - 1];
  if (other === undefined) return 0;
  return Math.hypot(
    positions[3 * i]! - positions[3 * other]!,
    positions[3 * i + 1]! - positions[3 * other + 1]!,
    positions[3 * i + 2]! - positions[3 * other + 2]!,
  );
}

/** Points whose spacing makes the usual one. */
const SPACING_SAMPLES = 2000;

/** Distance to the k-th neighbour of a usual point, over sqrt(k): about the spacing. */
function usualSpacing(positions: Float32Array, neighbours: Neighbours): number {
  const points = positions.length / 3;
  const step = Math.max(1, Math.floor(points / SPACING_SAMPLES));
  const reaches: number[] = [];
  for (let i = 0; i < points; i += step) {
    const reach = reachOf(positions, neighbours, i);
    if (reach > 0) reaches.push(reach);
  }
  reaches.sort((a, b) => a - b);
  return (reaches[reaches.length >> 1] ?? 0) / Math.sqrt(Math.max(1, neighbours.k) / 2);
}

/** @returns largest first by peak score; empty when nothing is above the threshold */
export function findDefectRegions(input: RegionInput): DefectRegion[] {
  const { positions, score, neighbours, threshold, leastPoints } = input;
  // The heatmap compares float32 values.
  const limit = Math.fround(threshold);
  const above = Uint32Array.from(score.keys()).filter((row) => score[row]! > limit);
  const spacing = usualSpacing(positions, neighbours);
  if (above.length === 0 || spacing === 0) return [];
  const { of, count } = connectedRegions(positions, above, REACH * spacing);
  const sizes = new Uint32Array(count);
  for (const region of of) sizes[region]!++;
  const members = Array.from(sizes, (size) => new Uint32Array(size));
  const filled = new Uint32Array(count);
  above.forEach((row, i) => {
    const region = of[i]!;
    members[region]![filled[region]!++] = row;
  });
  return members
    .filter((rows) => rows.length >= leastPoints)
    .map((rows) => describe(rows, input))
    .sort((a, b) => b.peakScore - a.peakScore);
}

function describe(rows: Uint32Array, input: RegionInput): DefectRegion {
  const { positions, score, offsets, normals, neighbours } = input;
  let peak = rows[0]!;
  let sum = 0;
  let area = 0;
  let along = 0;
  let length = 0;
  const centre = [0, 0, 0];
  const low = [Infinity, Infinity, Infinity];
  const high = [-Infinity, -Infinity, -Infinity];
  for (const row of rows) {
    if (score[row]! > score[peak]!) peak = row;
    sum += score[row]!;
    // k neighbours within this reach: each stands for its share of the disc.
    area += (Math.PI * reachOf(positions, neighbours, row) ** 2) / Math.max(1, neighbours.k);
    let dot = 0;
    let square = 0;
    for (let axis = 0; axis < 3; axis++) {
      const value = positions[3 * row + axis]!;
      centre[axis]! += value / rows.length;
      low[axis] = Math.min(low[axis]!, value);
      high[axis] = Math.max(high[axis]!, value);
      dot += offsets[3 * row + axis]! * normals[3 * row + axis]!;
      square += offsets[3 * row + axis]! ** 2;
    }
    along += dot;
    length += Math.sqrt(square);
  }
  const clear = length > 0 && Math.abs(along) / length >= CLEAR;
  return {
    rows,
    peak,
    peakScore: score[peak]!,
    meanScore: sum / rows.length,
    centre: centre as unknown as Vec3,
    normal: [normals[3 * peak]!, normals[3 * peak + 1]!, normals[3 * peak + 2]!],
    area,
    extent: Math.max(...high.map((value, axis) => value - low[axis]!)),
    kind: clear ? (along > 0 ? 'bulge' : 'dent') : 'mixed',
    signed: along / rows.length,
  };
}
