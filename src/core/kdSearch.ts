/** Exact nearest neighbours in a kd-tree, float64 distances: of its own points (`knn`) or of any others. */

import { buildKdTree, type KdTree } from './kdTree.ts';

/** No tree row to leave out of a search. */
export const NONE = -1;

/** @returns squared distance from a point to a node's box, 0 inside */
export function boxDistance(boxes: Float32Array, node: number, x: number, y: number, z: number): number {
  const b = 6 * node;
  const dx = x < boxes[b]! ? boxes[b]! - x : x > boxes[b + 3]! ? x - boxes[b + 3]! : 0;
  const dy = y < boxes[b + 1]! ? boxes[b + 1]! - y : y > boxes[b + 4]! ? y - boxes[b + 4]! : 0;
  const dz = z < boxes[b + 2]! ? boxes[b + 2]! - z : z > boxes[b + 5]! ? z - boxes[b + 5]! : 0;
  return dx * dx + dy * dy + dz * dz;
}

/**
 * The k nearest of one query at a time, by insertion; holds its scratch, so many queries allocate nothing.
 * Between points at exactly the same distance the first one met in tree order stays: defined, and a cloud of
 * duplicates does not make the search look at all of them.
 */
export class KdSearch {
  readonly tree: KdTree;
  /** [k] of the last query, nearest first: tree rows; `tree.order` has the cloud's rows. */
  readonly rows: Uint32Array;
  /** [k] squared distances; `within` (infinity) where there were fewer points. */
  readonly distances: Float64Array;
  private readonly stack: Uint32Array;
  private readonly bound: Float64Array;

  /** @param k at least 1 */
  constructor(tree: KdTree, k: number) {
    this.tree = tree;
    this.rows = new Uint32Array(k);
    this.distances = new Float64Array(k);
    this.stack = new Uint32Array(tree.depth + 2);
    this.bound = new Float64Array(tree.depth + 2);
  }

  /**
   * Depth first, nearer child first.
   * @param skip tree row to leave out (a point is not its own neighbour), or `NONE`
   * @param within squared distance beyond which nothing is looked for
   */
  find(x: number, y: number, z: number, skip = NONE, within = Infinity): void {
    const { stack, bound, distances } = this;
    const { points, starts, boxes, depth } = this.tree;
    const firstLeaf = 2 ** depth - 1;
    const last = distances.length - 1;
    distances.fill(within);
    stack[0] = 0;
    bound[0] = 0;
    let top = 1;
    while (top > 0) {
      const node = stack[--top]!;
      if (bound[top]! >= distances[last]!) continue;
      if (node < firstLeaf) {
        const left = boxDistance(boxes, 2 * node + 1, x, y, z);
        const right = boxDistance(boxes, 2 * node + 2, x, y, z);
        const leftFirst = left <= right ? 1 : 0;
        stack[top] = 2 * node + 1 + leftFirst;
        bound[top++] = leftFirst ? right : left;
        stack[top] = 2 * node + 2 - leftFirst;
        bound[top++] = leftFirst ? left : right;
        continue;
      }
      for (let i = starts[node - firstLeaf]!; i < starts[node - firstLeaf + 1]!; i++) {
        if (i === skip) continue;
        const dx = points[3 * i]! - x;
        const dy = points[3 * i + 1]! - y;
        const dz = points[3 * i + 2]! - z;
        const distance = dx * dx + dy * dy + dz * dz;
        if (distance < distances[last]!) this.add(i, distance);
      }
    }
  }

  private add(row: number, distance: number): void {
    const { rows, distances } = this;
    let at = distances.length - 1;
    while (at > 0 && distances[at - 1]! > distance) {
      distances[at] = distances[at - 1]!;
      rows[at] = rows[at - 1]!;
      at--;
    }
    distances[at] = distance;
    rows[at] = row;
  }
}

/** The nearest point of a cloud to each query. */
export interface NearestPoints {
  /** [Q] rows of the cloud. */
  readonly rows: Uint32Array;
  /** [Q] distances. */
  readonly distances: Float64Array;
}

/** @param tree of the cloud that is searched; @param queries [3Q] */
export function nearestPoints(tree: KdTree, queries: Float32Array): NearestPoints {
  const search = new KdSearch(tree, 1);
  const count = queries.length / 3;
  const found = { rows: new Uint32Array(count), distances: new Float64Array(count) };
  for (let i = 0; i < count; i++) {
    search.find(queries[3 * i]!, queries[3 * i + 1]!, queries[3 * i + 2]!);
    found.rows[i] = tree.order[search.rows[0]!]!;
    found.distances[i] = Math.sqrt(search.distances[0]!);
  }
  return found;
}

/** Where each row of the cloud lies in tree order: the inverse of `tree.order`. */
export function treeRows(tree: KdTree): Uint32Array {
  const rows = new Uint32Array(tree.order.length);
  tree.order.forEach((row, i) => {
    rows[row] = i;
  });
  return rows;
}

/** A tree over [3N] points with a search in it. */
export function searchOver(points: Float32Array, k: number): KdSearch {
  return new KdSearch(buildKdTree(points), k);
}
