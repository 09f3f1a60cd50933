/** All points of a kd-tree within a radius of a place; `kdSearch` finds the k nearest instead. */

import { boxDistance } from './kdSearch.ts';
import type { KdTree } from './kdTree.ts';

/** Reusable, with its scratch; results are valid until the next search. */
export class RangeSearch {
  readonly tree: KdTree;
  /** Rows of the cloud, in tree order; only as many as `find` returned are filled. */
  readonly rows: Uint32Array;
  /** Squared distances of `rows`. */
  readonly distances: Float64Array;
  private readonly stack: Uint32Array;

  /** @param most points one search returns at most: those met first in tree order */
  constructor(tree: KdTree, most: number) {
    this.tree = tree;
    this.rows = new Uint32Array(most);
    this.distances = new Float64Array(most);
    this.stack = new Uint32Array(tree.depth + 2);
  }

  /** @returns how many points lie closer than `radius` */
  find(x: number, y: number, z: number, radius: number): number {
    const { points, order, starts, boxes, depth } = this.tree;
    const { rows, distances, stack } = this;
    const firstLeaf = 2 ** depth - 1;
    const reach = radius * radius;
    let count = 0;
    stack[0] = 0;
    let top = 1;
    while (top > 0) {
      const node = stack[--top]!;
      if (boxDistance(boxes, node, x, y, z) >= reach) continue;
      if (node < firstLeaf) {
        stack[top++] = 2 * node + 2;
        stack[top++] = 2 * node + 1;
        continue;
      }
      for (let i = starts[node - firstLeaf]!; i < starts[node - firstLeaf + 1]!; i++) {
        const dx = points[3 * i]! - x;
        const dy = points[3 * i + 1]! - y;
        const dz = points[3 * i + 2]! - z;
        const d = dx * dx + dy * dy + dz * dz;
        if (d >= reach || count === rows.length) continue;
        distances[count] = d;
        rows[count++] = order[i]!;
      }
    }
    return count;
  }
}
