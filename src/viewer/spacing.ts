/** How far apart neighbouring points lie: sets the automatic size of the drawn points. */

import { boxOf } from '../core/sections.ts';

/** A plane in general position crosses about this many grid cells per cell area. */
const CELLS_PER_AREA = 1.5;
const POINTS_PER_CELL = 8;
/** Of larger scans so many points, spread evenly, tell the spacing of all. */
const SAMPLED = 1_000_000;

export interface Bounds {
  /** Middle of the bounding box, units of the positions. */
  readonly centre: readonly [number, number, number];
  /** Distance from there to the furthest point; 0 for a single point. */
  readonly radius: number;
}

/** @param positions [3N] finite, N >= 1 */
export function boundsOf(positions: Float32Array): Bounds {
  const box = boxOf(positions);
  if (box === null) throw new RangeError('no points have no bounds');
  const { low, high } = box;
  const centre = [0, 1, 2].map((axis) => (low[axis]! + high[axis]!) / 2) as [number, number, number];
  const [x, y, z] = centre;
  let furthest = 0;
  for (let i = 0; i < positions.length; i += 3) {
    const dx = positions[i]! - x;
    const dy = positions[i + 1]! - y;
    const dz = positions[i + 2]! - z;
    const square = dx * dx + dy * dy + dz * dz;
    if (square > furthest) furthest = square;
  }
  return { centre, radius: Math.sqrt(furthest) };
}

/**
 * Mean distance of neighbouring points on the surface, from how many cells of a grid are occupied: one
 * pass over the points, no neighbour search.
 * @param positions [3N] finite, N >= 1
 * @returns units of the positions; 0 when all points are equal
 */
export function pointSpacing(positions: Float32Array, { centre, radius }: Bounds): number {
  if (radius === 0) return 0;
  const count = positions.length / 3;
  const stride = Math.ceil(count / SAMPLED);
  const samples = Math.floor(count / stride);
  const edge = Math.min(128, Math.max(4, Math.round(Math.sqrt(samples / POINTS_PER_CELL))));
  const cell = (2 * radius) / edge;
  const occupied = new Uint8Array(edge ** 3);
  const index = (value: number, middle: number) =>
    Math.min(edge - 1, Math.max(0, Math.floor((value - middle + radius) / cell)));
  let cells = 0;
  for (let sample = 0; sample < samples; sample++) {
    // Not every so manieth: that could be always the same column of a scanner.
    const i = 3 * (sample * stride + ((Math.imul(sample, 0x9e3779b1) >>> 0) % stride));
    const x = index(positions[i]!, centre[0]);
    const y = index(positions[i + 1]!, centre[1]);
    const z = index(positions[i + 2]!, centre[2]);
    const at = (z * edge + y) * edge + x;
    if (occupied[at] === 0) cells++;
    occupied[at] = 1;
  }
  return Math.sqrt((cells * cell * cell) / (CELLS_PER_AREA * count));
}
