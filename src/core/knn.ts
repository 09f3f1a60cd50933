/**
 * Exact k nearest neighbours of every point of a cloud, float64 distances. Twin of the search in
 * `shaders/normals/plane_fit`.
 */

import { buildKdTree, type KdTree } from './kdTree.ts';

export interface Neighbours {
  /** Neighbours of each point: what was asked for, or N - 1 in a smaller cloud. */
  readonly k: number;
  /** [N k] rows, nearest first; a point is not its own neighbour. */
  readonly rows: Uint32Array;
}

/**
 * The k nearest found so far, by insertion. Between points at exactly the same distance the first one met
 * in tree order stays: defined, and a cloud of duplicates does not make the search look at all of them.
 */
class Nearest {
  readonly rows: Uint32Array;
  private readonly distance: Float64Array;
  constructor(k: number) {
    this.rows = new Uint32Array(k);
    this.distance = new Float64Array(k);
  }
  /** Squared distance that a further neighbour has to beat. */
  get reach(): number {
    return this.distance[this.distance.length - 1]!;
  }
  clear(): void {
    this.distance.fill(Infinity);
  }
  add(row: number, distance: number): void {
    let at = this.distance.length - 1;
    while (at > 0 && this.distance[at - 1]! > distance) {
      this.distance[at] = this.distance[at - 1]!;
      this.rows[at] = this.rows[at - 1]!;
      at--;
    }
    this.distance[at] = distance;
    this.rows[at] = row;
  }
}

/** @returns squared distance from a point to a node's box, 0 inside */
function boxDistance(boxes: Float32Array, node: number, x: number, y: number, z: number): number {
  const b = 6 * node;
  const dx = Math.max(boxes[b]! - x, 0, x - boxes[b + 3]!);
  const dy = Math.max(boxes[b + 1]! - y, 0, y - boxes[b + 4]!);
  const dz = Math.max(boxes[b + 2]! - z, 0, z - boxes[b + 5]!);
  return dx * dx + dy * dy + dz * dz;
}

/** Depth first, nearer child first; `stack` and `bound` are scratch of depth + 2. */
function search(
  { points, starts, boxes, depth }: KdTree,
  query: number,
  best: Nearest,
  stack: Uint32Array,
  bound: Float64Array,
): void {
  const x = points[3 * query]!;
  const y = points[3 * query + 1]!;
  const z = points[3 * query + 2]!;
  const firstLeaf = 2 ** depth - 1;
  best.clear();
  stack[0] = 0;
  bound[0] = 0;
  let top = 1;
  while (top > 0) {
    const node = stack[--top]!;
    if (bound[top]! >= best.reach) continue;
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
      if (i === query) continue;
      const dx = points[3 * i]! - x;
      const dy = points[3 * i + 1]! - y;
      const dz = points[3 * i + 2]! - z;
      const distance = dx * dx + dy * dy + dz * dz;
      if (distance < best.reach) best.add(i, distance);
    }
  }
}

/** @param points [3N] finite coordinates, N >= 1; @param k at least 1 */
export function kNearest(points: Float32Array, k: number): Neighbours {
  const tree = buildKdTree(points);
  const n = tree.order.length;
  const width = Math.min(k, n - 1);
  const rows = new Uint32Array(n * width);
  if (width === 0) return { k: 0, rows };
  const best = new Nearest(width);
  const stack = new Uint32Array(tree.depth + 2);
  const bound = new Float64Array(tree.depth + 2);
  for (let query = 0; query < n; query++) {
    search(tree, query, best, stack, bound);
    const at = tree.order[query]! * width;
    for (let j = 0; j < width; j++) rows[at + j] = tree.order[best.rows[j]!]!;
  }
  return { k: width, rows };
}
