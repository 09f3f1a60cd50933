/**
 * The neighbour graph of a cloud, made where it is walked: defects touch a few percent of a cloud, and the
 * neighbours of the rest need not be found. Edges lead to the nearest points that face the same way, so that
 * a walk stays on its side of a thin wall and still goes round an edge.
 */

import { KdSearch, treeRows } from '../kdSearch.ts';
import { buildKdTree } from '../kdTree.ts';

const NEIGHBOURS = 8;
/** Cosine between normals below which two points lie on opposite sides. A right angle and a bit passes. */
const OPPOSITE = -0.3;

export class SurfaceGraph {
  readonly points: Float32Array;
  readonly normals: Float32Array;
  private readonly search: KdSearch;
  private readonly inTree: Uint32Array;

  /** @param points [3N] at least 2; @param normals [3N] */
  constructor(points: Float32Array, normals: Float32Array) {
    this.points = points;
    this.normals = normals;
    const tree = buildKdTree(points);
    this.search = new KdSearch(tree, Math.min(NEIGHBOURS, points.length / 3 - 1));
    this.inTree = treeRows(tree);
  }

  get size(): number {
    return this.inTree.length;
  }

  /** Calls `visit` with every neighbour and the length of the edge to it, nearest first. */
  forNeighbours(row: number, visit: (neighbour: number, length: number) => void): void {
    const { points, normals, search } = this;
    const at = 3 * row;
    search.find(points[at]!, points[at + 1]!, points[at + 2]!, this.inTree[row]!);
    for (let j = 0; j < search.rows.length; j++) {
      const other = search.tree.order[search.rows[j]!]!;
      const facing =
        normals[at]! * normals[3 * other]! +
        normals[at + 1]! * normals[3 * other + 1]! +
        normals[at + 2]! * normals[3 * other + 2]!;
      if (facing >= OPPOSITE) visit(other, Math.sqrt(search.distances[j]!));
    }
  }
}
