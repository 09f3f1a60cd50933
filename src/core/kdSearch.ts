/** Exact nearest neighbours in a kd-tree, float64 distances: of its own points (`knn`) or of any others. */

import { buildKdTree, type KdTree } from './kdTree.ts';

/** No tree row to leave out of a search. */
export const NONE = -1;

/** More than rounding can shorten a distance by, as a part of it. */
const ROUNDING = 1e-9;

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
  /** Place of the last query, and what it left out; NaN before the first. */
  private readonly last = new Float64Array(3).fill(Number.NaN);
  private lastSkip = NONE;

  /** @param k at least 1 */
  constructor(tree: KdTree, k: number) {
    this.tree = tree;
    this.rows = new Uint32Array(k);
    this.distances = new Float64Array(k);
    this.stack = new Uint32Array(tree.depth + 2);
    this.bound = new Float64Array(tree.depth + 2);
  }

  /**
   * Depth first, nearer child first. Queries are answered fastest in an order in which each is near the last.
   * @param skip tree row to leave out (a point is not its own neighbour), or `NONE`
   * @param within squared distance beyond which nothing is looked for
   */
  find(x: number, y: number, z: number, skip = NONE, within = this.reachFrom(x, y, z, skip)): void {
    const { stack, bound, distances, last: place } = this;
    place[0] = x;
    place[1] = y;
    place[2] = z;
    this.lastSkip = skip;
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

  /**
   * What the last query found lies, seen from here, at most that far plus the way between the two places. A
   * point that is left out now may be among them; then the one left out before takes its place.
   */
  private reachFrom(x: number, y: number, z: number, skip: number): number {
    const { distances, last: place } = this;
    if (skip !== NONE && this.lastSkip === NONE) return Infinity;
    const way = Math.sqrt((x - place[0]!) ** 2 + (y - place[1]!) ** 2 + (z - place[2]!) ** 2);
    const reach = (Math.sqrt(distances[distances.length - 1]!) + way) ** 2 * (1 + ROUNDING);
    return reach > 0 ? reach : Infinity;
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

/** The one nearest of one query at a time: what `KdSearch` does with k = 1, without its lists. */
export class NearestSearch {
  readonly tree: KdTree;
  /** Squared distance of what was found last, otherwise `within`. */
  distance = Infinity;
  private readonly stack: Uint32Array;
  private readonly bound: Float64Array;

  constructor(tree: KdTree) {
    this.tree = tree;
    this.stack = new Uint32Array(tree.depth + 2);
    this.bound = new Float64Array(tree.depth + 2);
  }

  /**
   * @param within squared distance from which on nothing is looked for
   * @returns the tree row of the nearest point, or `NONE`
   */
  find(x: number, y: number, z: number, within = Infinity): number {
    const { stack, bound } = this;
    const { points, starts, boxes, depth } = this.tree;
    const firstLeaf = 2 ** depth - 1;
    let nearest = NONE;
    let least = within;
    let top = 0;
    let node = 0;
    for (;;) {
      while (node < firstLeaf) {
        const left = boxDistance(boxes, 2 * node + 1, x, y, z);
        const right = boxDistance(boxes, 2 * node + 2, x, y, z);
        const leftFirst = left <= right;
        const further = leftFirst ? right : left;
        if (further < least) {
          stack[top] = leftFirst ? 2 * node + 2 : 2 * node + 1;
          bound[top++] = further;
        }
        node = leftFirst ? 2 * node + 1 : 2 * node + 2;
        if ((leftFirst ? left : right) >= least) break;
      }
      if (node >= firstLeaf) {
        const end = starts[node - firstLeaf + 1]!;
        for (let i = starts[node - firstLeaf]!; i < end; i++) {
          const dx = points[3 * i]! - x;
          const dy = points[3 * i + 1]! - y;
          const dz = points[3 * i + 2]! - z;
          const distance = dx * dx + dy * dy + dz * dz;
          if (distance < least) {
            least = distance;
            nearest = i;
          }
        }
      }
      do {
        if (top === 0) {
          this.distance = least;
          return nearest;
        }
        top--;
      } while (bound[top]! >= least);
      node = stack[top]!;
    }
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
  const search = new NearestSearch(tree);
  const count = queries.length / 3;
  const found = { rows: new Uint32Array(count), distances: new Float64Array(count) };
  for (let i = 0; i < count; i++) {
    found.rows[i] = tree.order[search.find(queries[3 * i]!, queries[3 * i + 1]!, queries[3 * i + 2]!)]!;
    found.distances[i] = Math.sqrt(search.distance);
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
