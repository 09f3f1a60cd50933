/**
 * Connected regions of points: two points belong together when a chain of points leads from one to the other
 * with no step longer than `reach`. Exact. Points are put into cells so small that all points of one cell are
 * within reach of each other, so piles of equal points cost nothing; cells are then joined with those around.
 */

import { InvalidInputError } from './errors.ts';
import { CoordinateTable } from './gridHash.ts';

export interface Regions {
  /** [M] region of each given point, numbered from 0 in the order of their first points. */
  readonly of: Int32Array;
  readonly count: number;
}

/** Cells of an edge of reach / sqrt(3) can hold points within reach of each other up to two cells away. */
const AROUND = 2;
/** Cells per axis at most: coordinates are packed into 16 bits. */
const MOST_CELLS = 32_000;

/** Half of the cells around one, so that each pair is looked at once. */
const NEIGHBOURS: readonly (readonly [number, number, number])[] = (() => {
  const steps: [number, number, number][] = [];
  for (let z = -AROUND; z <= AROUND; z++)
    for (let y = -AROUND; y <= AROUND; y++)
      for (let x = -AROUND; x <= AROUND; x++)
        if (z > 0 || (z === 0 && (y > 0 || (y === 0 && x > 0)))) steps.push([x, y, z]);
  return steps;
})();

/** Disjoint sets with path halving. */
class Sets {
  private readonly parent: Int32Array;

  constructor(size: number) {
    this.parent = Int32Array.from({ length: size }, (_, i) => i);
  }

  find(i: number): number {
    const { parent } = this;
    let at = i;
    while (parent[at] !== at) {
      parent[at] = parent[parent[at]!]!;
      at = parent[at]!;
    }
    return at;
  }

  /** The lower number stays, so that the result does not depend on the order of joins. */
  join(a: number, b: number): void {
    const [ra, rb] = [this.find(a), this.find(b)];
    if (ra < rb) this.parent[rb] = ra;
    else this.parent[ra] = rb;
  }
}

/** Points sorted by cell. */
interface Cells {
  readonly table: CoordinateTable;
  /** [cells + 1] */
  readonly starts: Uint32Array;
  /** [M] indices into `rows`. */
  readonly members: Uint32Array;
  /** True when all points of a cell are within reach of each other. */
  readonly tight: boolean;
}

function intoCells(positions: Float32Array, rows: Uint32Array, reach: number): Cells {
  const low = [Infinity, Infinity, Infinity];
  let extent = 0;
  for (let axis = 0; axis < 3; axis++) {
    let high = -Infinity;
    for (const row of rows) {
      const value = positions[3 * row + axis]!;
      low[axis] = Math.min(low[axis]!, value);
      high = Math.max(high, value);
    }
    extent = Math.max(extent, high - low[axis]!);
  }
  const small = (reach / Math.sqrt(3)) * (1 - 1e-6);
  const edge = Math.max(small, extent / MOST_CELLS);
  const table = new CoordinateTable(rows.length);
  const cellOf = new Uint32Array(rows.length);
  for (let i = 0; i < rows.length; i++) {
    const at = 3 * rows[i]!;
    const [x, y, z] = [0, 1, 2].map((axis) => Math.floor((positions[at + axis]! - low[axis]!) / edge));
    cellOf[i] = table.insert(0, x!, y!, z!);
  }
  const starts = new Uint32Array(table.count + 1);
  for (const cell of cellOf) starts[cell + 1]!++;
  for (let cell = 0; cell < table.count; cell++) starts[cell + 1]! += starts[cell]!;
  const next = starts.slice();
  const members = new Uint32Array(rows.length);
  cellOf.forEach((cell, i) => {
    members[next[cell]!++] = i;
  });
  return { table, starts, members, tight: edge === small };
}

/**
 * @param positions [3N] @param rows [M] of the points to connect @param reach longest step, unit of the positions
 * @throws InvalidInputError for a reach that is not positive
 */
export function connectedRegions(positions: Float32Array, rows: Uint32Array, reach: number): Regions {
  if (!(reach > 0)) throw new InvalidInputError('regions', `the reach must be positive, not ${reach}`);
  if (rows.length === 0) return { of: new Int32Array(), count: 0 };
  const { table, starts, members, tight } = intoCells(positions, rows, reach);
  const sets = new Sets(rows.length);
  const square = reach * reach;
  const near = (i: number, j: number): boolean => {
    const a = 3 * rows[i]!;
    const b = 3 * rows[j]!;
    const dx = positions[a]! - positions[b]!;
    const dy = positions[a + 1]! - positions[b + 1]!;
    const dz = positions[a + 2]! - positions[b + 2]!;
    return dx * dx + dy * dy + dz * dz <= square;
  };
  /** Tight cells are one set each: one pair within reach joins all of both. */
  const joinCells = (a: number, b: number): void => {
    for (let i = starts[a]!; i < starts[a + 1]!; i++)
      for (let j = a === b ? i + 1 : starts[b]!; j < starts[b + 1]!; j++) {
        if (!near(members[i]!, members[j]!)) continue;
        sets.join(members[i]!, members[j]!);
        if (tight) return;
      }
  };
  for (let cell = 0; cell < table.count; cell++) {
    if (tight)
      for (let i = starts[cell]! + 1; i < starts[cell + 1]!; i++)
        sets.join(members[starts[cell]!]!, members[i]!);
    else joinCells(cell, cell);
    const [x, y, z] = [1, 2, 3].map((c) => table.coords[4 * cell + c]!) as [number, number, number];
    for (const [dx, dy, dz] of NEIGHBOURS) {
      const other = table.find(0, x + dx, y + dy, z + dz);
      if (other < 0) continue;
      const joined = tight && sets.find(members[starts[cell]!]!) === sets.find(members[starts[other]!]!);
      if (!joined) joinCells(cell, other);
    }
  }
  return numbered(rows.length, sets);
}

function numbered(points: number, sets: Sets): Regions {
  const of = new Int32Array(points);
  const numbers = new Map<number, number>();
  for (let i = 0; i < points; i++) {
    const root = sets.find(i);
    const number = numbers.get(root) ?? numbers.size;
    numbers.set(root, number);
    of[i] = number;
  }
  return { of, count: numbers.size };
}
