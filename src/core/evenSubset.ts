/** A subset as evenly spread as a raster scanner's points: random order, none nearer to a chosen one than a radius. */

import type { RandomStream } from './random.ts';

/** Heads of the hash table; collisions only cost comparisons. */
const HEADS = 1 << 15;

/** Chosen points by cell of a grid as wide as the radius. */
class Spread {
  private readonly heads = new Int32Array(HEADS).fill(-1);
  private readonly next: Int32Array;
  private readonly points: Float32Array;
  private readonly radius: number;

  constructor(points: Float32Array, radius: number) {
    this.next = new Int32Array(points.length / 3);
    this.points = points;
    this.radius = radius;
  }

  private headOf(x: number, y: number, z: number): number {
    return (Math.imul(x, 73856093) ^ Math.imul(y, 19349663) ^ Math.imul(z, 83492791)) & (HEADS - 1);
  }

  /** @returns whether the row was far enough from all that were chosen; it then is chosen too */
  add(row: number): boolean {
    const { points, radius, heads, next } = this;
    const [px, py, pz] = [points[3 * row]!, points[3 * row + 1]!, points[3 * row + 2]!];
    const [cx, cy, cz] = [Math.floor(px / radius), Math.floor(py / radius), Math.floor(pz / radius)];
    for (let x = cx - 1; x <= cx + 1; x++)
      for (let y = cy - 1; y <= cy + 1; y++)
        for (let z = cz - 1; z <= cz + 1; z++)
          for (let other = heads[this.headOf(x, y, z)]!; other >= 0; other = next[other]!) {
            const dx = points[3 * other]! - px;
            const dy = points[3 * other + 1]! - py;
            const dz = points[3 * other + 2]! - pz;
            if (dx * dx + dy * dy + dz * dz < radius * radius) return false;
          }
    const head = this.headOf(cx, cy, cz);
    next[row] = heads[head]!;
    heads[head] = row;
    return true;
  }
}

function throwDarts(points: Float32Array, order: Uint32Array, radius: number): number[] {
  const spread = new Spread(points, radius);
  const chosen: number[] = [];
  for (const row of order) if (spread.add(row)) chosen.push(row);
  return chosen;
}

function shuffled(rows: Uint32Array, random: RandomStream): Uint32Array {
  const order = rows.slice();
  for (let last = order.length - 1; last > 0; last--) {
    const other = random.below(last + 1);
    [order[last], order[other]] = [order[other]!, order[last]!];
  }
  return order;
}

/**
 * @param points [3N]; @param rows to choose from; @param count about so many, up to a third of the rows can be
 *   spread evenly
 * @returns the chosen rows, ascending
 */
export function evenSubset(
  points: Float32Array,
  rows: Uint32Array,
  count: number,
  random: RandomStream,
): Uint32Array {
  const order = shuffled(rows, random);
  let radius = 0.02;
  // The number of points that fit onto a surface falls with the square of their distance.
  for (let pass = 0; pass < 2; pass++)
    radius *= Math.sqrt(throwDarts(points, order, radius).length / Math.max(1, count));
  return Uint32Array.from(throwDarts(points, order, radius)).sort();
}
