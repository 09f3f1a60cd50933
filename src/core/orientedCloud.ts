/** Points with consistently oriented unit normals, and how to thin them to an even density. */

import { InvalidInputError } from './errors.ts';
import { CoordinateTable } from './gridHash.ts';
import { COORD_LIMIT } from './indexLaw.ts';
import type { Neighbours } from './knn.ts';

/** Points and normals [3N], the same unit. */
export interface OrientedCloud {
  readonly points: Float32Array;
  readonly normals: Float32Array;
  /** Nearest neighbours of every point, where they were looked for; the same however the cloud is moved. */
  readonly near?: Neighbours;
}

/** A thinned cloud and where its points came from. */
export interface ThinnedCloud extends OrientedCloud {
  /** [N] which thinned point stands for each point of the cloud. */
  readonly of: Uint32Array;
  /** [M] points of the cloud in each cell. */
  readonly counts: Uint32Array;
}

/**
 * One point for each occupied cell of a grid: the mean of the cell's points and of their normals (that of
 * the first where they cancel: two skins of a sheet thinner than a cell). Cells in order of first
 * occurrence.
 * @param cell edge of a cell, the unit of the points
 * @throws InvalidInputError when the cell is so small that the grid has more than 2^15 cells along an axis
 */
export function thin({ points, normals }: OrientedCloud, cell: number): ThinnedCloud {
  const n = points.length / 3;
  const table = new CoordinateTable(n);
  const of = new Uint32Array(n);
  const sums = new Float64Array(6 * n);
  const counts = new Uint32Array(n);
  const first = new Uint32Array(n);
  for (let i = 0; i < n; i++) {
    const x = Math.floor(points[3 * i]! / cell);
    const y = Math.floor(points[3 * i + 1]! / cell);
    const z = Math.floor(points[3 * i + 2]! / cell);
    if (!(Math.max(Math.abs(x), Math.abs(y), Math.abs(z)) <= COORD_LIMIT))
      throw new InvalidInputError('thinning', `a cell of ${cell} is too small for this cloud`);
    const before = table.count;
    const row = table.insert(0, x, y, z);
    if (row === before) first[row] = i;
    of[i] = row;
    counts[row]!++;
    for (let d = 0; d < 3; d++) {
      sums[6 * row + d]! += points[3 * i + d]!;
      sums[6 * row + 3 + d]! += normals[3 * i + d]!;
    }
  }
  const kept = { points: new Float32Array(3 * table.count), normals: new Float32Array(3 * table.count) };
  for (let row = 0; row < table.count; row++) {
    const at = 6 * row;
    const length = Math.hypot(sums[at + 3]!, sums[at + 4]!, sums[at + 5]!);
    for (let d = 0; d < 3; d++) {
      kept.points[3 * row + d] = sums[at + d]! / counts[row]!;
      kept.normals[3 * row + d] =
        length > 0.1 * counts[row]! ? sums[at + 3 + d]! / length : normals[3 * first[row]! + d]!;
    }
  }
  return { ...kept, of, counts: counts.slice(0, table.count) };
}

/** @returns the cloud seen in the mirror x -> -x, its normals still outward */
export function mirrored({ points, normals }: OrientedCloud): OrientedCloud {
  const flip = (rows: Float32Array) => rows.map((v, i) => (i % 3 === 0 ? -v : v));
  return { points: flip(points), normals: flip(normals) };
}
