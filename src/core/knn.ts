/**
 * Exact k nearest neighbours of every point of a cloud, float64 distances. Twin of the search in
 * `shaders/normals/plane_fit`.
 */

import { searchOver } from './kdSearch.ts';

export interface Neighbours {
  /** Neighbours of each point: what was asked for, or N - 1 in a smaller cloud. */
  readonly k: number;
  /** [N k] rows, nearest first; a point is not its own neighbour. */
  readonly rows: Uint32Array;
}

/** @param points [3N] finite coordinates, N >= 1; @param k at least 1 */
export function kNearest(points: Float32Array, k: number): Neighbours {
  const n = points.length / 3;
  const width = Math.min(k, n - 1);
  const rows = new Uint32Array(n * width);
  if (width === 0) return { k: 0, rows };
  const search = searchOver(points, width);
  const { tree } = search;
  for (let query = 0; query < n; query++) {
    const at = 3 * query;
    search.find(tree.points[at]!, tree.points[at + 1]!, tree.points[at + 2]!, query);
    const to = tree.order[query]! * width;
    for (let j = 0; j < width; j++) rows[to + j] = tree.order[search.rows[j]!]!;
  }
  return { k: width, rows };
}

/** The nearest of the neighbours that are known. */
export function fewer({ k, rows }: Neighbours, most: number): Neighbours {
  if (k <= most) return { k, rows };
  const kept = new Uint32Array((rows.length / k) * most);
  for (let i = 0; i < kept.length / most; i++) kept.set(rows.subarray(i * k, i * k + most), i * most);
  return { k: most, rows: kept };
}
