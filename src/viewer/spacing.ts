/** How far apart neighbouring points lie: sets the automatic size of the drawn points. */

/** A plane in general position crosses about this many grid cells per cell area. */
const CELLS_PER_AREA = 1.5;
const POINTS_PER_CELL = 8;

export interface Bounds {
  /** Middle of the bounding box, units of the positions. */
  readonly centre: readonly [number, number, number];
  /** Distance from there to the furthest point; 0 for a single point. */
  readonly radius: number;
}

/** @param positions [3N] finite, N >= 1 */
export function boundsOf(positions: Float32Array): Bounds {
  const low = [Infinity, Infinity, Infinity];
  const high = [-Infinity, -Infinity, -Infinity];
  for (let i = 0; i < positions.length; i++) {
    const axis = i % 3;
    const value = positions[i]!;
    if (value < low[axis]!) low[axis] = value;
    if (value > high[axis]!) high[axis] = value;
  }
  const centre = [0, 1, 2].map((axis) => (low[axis]! + high[axis]!) / 2) as [number, number, number];
  let furthest = 0;
  for (let i = 0; i < positions.length; i += 3) {
    const dx = positions[i]! - centre[0];
    const dy = positions[i + 1]! - centre[1];
    const dz = positions[i + 2]! - centre[2];
    furthest = Math.max(furthest, dx * dx + dy * dy + dz * dz);
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
  const count = positions.length / 3;
  if (radius === 0) return 0;
  const edge = Math.min(128, Math.max(4, Math.round(Math.sqrt(count / POINTS_PER_CELL))));
  const cell = (2 * radius) / edge;
  const occupied = new Uint8Array(edge ** 3);
  const index = (value: number, middle: number) =>
    Math.min(edge - 1, Math.max(0, Math.floor((value - middle + radius) / cell)));
  let cells = 0;
  for (let i = 0; i < positions.length; i += 3) {
    const x = index(positions[i]!, centre[0]);
    const y = index(positions[i + 1]!, centre[1]);
    const z = index(positions[i + 2]!, centre[2]);
    const at = (z * edge + y) * edge + x;
    if (occupied[at] === 0) cells++;
    occupied[at] = 1;
  }
  return Math.sqrt((cells * cell * cell) / (CELLS_PER_AREA * count));
}
