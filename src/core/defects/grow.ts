/** Patches grown over the surface: Dijkstra's shortest paths along the neighbour graph, nearest points first. */

import type { RandomStream } from '../random.ts';
import { randomDirection } from '../rotation.ts';
import type { SurfaceGraph } from './graph.ts';
import type { Growth } from './types.ts';

export interface GrownPatch {
  /** Rows of the cloud, by rising distance; the first is the centre, or one end of the line. */
  readonly rows: Uint32Array;
  /** [rows] distance along the surface from the centre or the line, model units. */
  readonly distance: Float64Array;
  /** Largest of them; positive. */
  readonly reach: number;
  /** The line's rows from end to end; the centre alone for a disc. */
  readonly spine: Uint32Array;
}

/** A binary heap of (distance, row), least first; equal distances: lower row first, so the order is defined. */
class Frontier {
  private readonly keys: number[] = [];
  private readonly rows: number[] = [];

  get empty(): boolean {
    return this.rows.length === 0;
  }

  private before(a: number, b: number): boolean {
    const [x, y] = [this.keys[a]!, this.keys[b]!];
    return x < y || (x === y && this.rows[a]! < this.rows[b]!);
  }

  private swap(a: number, b: number): void {
    const { keys, rows } = this;
    [keys[a], keys[b]] = [keys[b]!, keys[a]!];
    [rows[a], rows[b]] = [rows[b]!, rows[a]!];
  }

  push(key: number, row: number): void {
    let at = this.keys.push(key) - 1;
    this.rows.push(row);
    for (let up = (at - 1) >> 1; at > 0 && this.before(at, up); up = (at - 1) >> 1) {
      this.swap(at, up);
      at = up;
    }
  }

  pop(): { readonly key: number; readonly row: number } {
    const top = { key: this.keys[0]!, row: this.rows[0]! };
    this.swap(0, this.keys.length - 1);
    this.keys.pop();
    this.rows.pop();
    for (let at = 0; ; ) {
      let least = at;
      for (const child of [2 * at + 1, 2 * at + 2])
        if (child < this.keys.length && this.before(child, least)) least = child;
      if (least === at) return top;
      this.swap(at, least);
      at = least;
    }
  }
}

interface Walk {
  readonly rows: number[];
  readonly distance: number[];
  /** Row each row was reached from. */
  readonly from: ReadonlyMap<number, number>;
}

/** Settles up to `size` rows from `seeds` outwards; never enters rows of `taken`. */
function walk(graph: SurfaceGraph, seeds: Iterable<number>, size: number, taken: Uint8Array): Walk {
  const frontier = new Frontier();
  const best = new Map<number, number>();
  const from = new Map<number, number>();
  const settled = new Set<number>();
  const rows: number[] = [];
  const distance: number[] = [];
  for (const seed of seeds) {
    best.set(seed, 0);
    frontier.push(0, seed);
  }
  while (!frontier.empty && rows.length < size) {
    const { key, row } = frontier.pop();
    if (settled.has(row)) continue;
    settled.add(row);
    rows.push(row);
    distance.push(key);
    graph.forNeighbours(row, (other, length) => {
      if (taken[other] === 1 || key + length >= (best.get(other) ?? Infinity)) return;
      best.set(other, key + length);
      from.set(other, row);
      frontier.push(key + length, other);
    });
  }
  return { rows, distance, from };
}

function patchOf({ rows, distance }: Walk, spine: Uint32Array): GrownPatch {
  const reach = distance[distance.length - 1]!;
  // A patch of coinciding points has no extent; any positive reach gives them all distance 0.
  return {
    rows: Uint32Array.from(rows),
    distance: Float64Array.from(distance),
    reach: reach > 0 ? reach : 1,
    spine,
  };
}

/** The first free row from `start` on, round the end. */
function freeRow(taken: Uint8Array, start: number): number {
  for (let i = 0; i < taken.length; i++) {
    const row = (start + i) % taken.length;
    if (taken[row] === 0) return row;
  }
  return start;
}

/** The free row furthest in a random direction. */
function tipRow(graph: SurfaceGraph, taken: Uint8Array, random: RandomStream): number {
  const [x, y, z] = randomDirection(random);
  const { points } = graph;
  let tip = freeRow(taken, 0);
  let highest = -Infinity;
  for (let row = 0; row < graph.size; row++) {
    const height = x * points[3 * row]! + y * points[3 * row + 1]! + z * points[3 * row + 2]!;
    if (taken[row] === 0 && height > highest) {
      highest = height;
      tip = row;
    }
  }
  return tip;
}

/** Shortest path from the centre to somewhere near the rim of a disc as long as the line shall be. */
function lineFrom(
  graph: SurfaceGraph,
  centre: number,
  discSize: number,
  taken: Uint8Array,
  random: RandomStream,
): Uint32Array {
  const disc = walk(graph, [centre], discSize, taken);
  const outer = Math.floor(0.85 * disc.rows.length);
  let row = disc.rows[outer + random.below(disc.rows.length - outer)]!;
  const line = [row];
  while (row !== centre) {
    row = disc.from.get(row)!;
    line.push(row);
  }
  return Uint32Array.from(line);
}

/**
 * @param size rows wanted; fewer come back when the surface around has no more that are free
 * @param taken [N] 1: rows that belong to another defect
 */
export function growPatch(
  graph: SurfaceGraph,
  growth: Growth,
  size: number,
  taken: Uint8Array,
  random: RandomStream,
): GrownPatch {
  const start = random.below(graph.size);
  switch (growth.kind) {
    case 'disc':
    case 'tip': {
      const centre = growth.kind === 'disc' ? freeRow(taken, start) : tipRow(graph, taken, random);
      return patchOf(walk(graph, [centre], size, taken), Uint32Array.of(centre));
    }
    case 'line': {
      const stretch = random.range(growth.stretch[0], growth.stretch[1]);
      const longest = Math.min(Math.round(stretch * size), Math.floor(graph.size / 4));
      const line = lineFrom(graph, freeRow(taken, start), Math.max(size, longest), taken, random);
      // A line of more points than the patch shall have would leave no flanks.
      const spine = line.subarray(0, Math.max(1, Math.ceil(size / 2)));
      return patchOf(walk(graph, spine, size, taken), spine);
    }
    default:
      return growth satisfies never;
  }
}
