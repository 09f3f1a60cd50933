/**
 * Which places of a good part a scan from one side could see: what it could not see is not missing from it.
 */

import { buildKdTree } from './kdTree.ts';
import { RangeSearch } from './rangeSearch.ts';
import type { Vec3 } from './types.ts';

/** A surface that is steeper against the line of sight may have been left out. Cosine. */
const FACING = 0.5;
/** Mean normals of scans from one side are longer. */
const ONE_SIDED = 0.3;
/** Lines of sight begin this many spacings off the surface, and end outside of every part in the unit sphere. */
const OFF = 3;
const FAR = 2;
/** Places whose neighbours tell the spacing, and how far those are looked for, in cells. */
const ASKED = 256;
const AROUND = 5;

/** @param normals [3N] unit, outward @returns towards the scanner; null where the scan shows sides that face each other */
function towardsScanner(normals: Float32Array): Vec3 | null {
  const sum = [0, 0, 0];
  for (let i = 0; i < normals.length; i++) sum[i % 3]! += normals[i]!;
  const [x, y, z] = sum as [number, number, number];
  const length = Math.hypot(x, y, z);
  return length < (ONE_SIDED * normals.length) / 3 ? null : [x / length, y / length, z / length];
}

/**
 * Typical spacing of places on a surface, however they were thinned: a single scan is sparser than the cells.
 * @param points [3P], P >= 1; @param cell they were thinned to
 */
export function probeSpacing(points: Float32Array, cell: number): number {
  const count = points.length / 3;
  const radius = AROUND * cell;
  const search = new RangeSearch(buildKdTree(points), count);
  const step = Math.max(1, Math.floor(count / ASKED));
  const found = Array.from({ length: Math.ceil(count / step) }, (_, i) => {
    const at = 3 * i * step;
    return search.find(points[at]!, points[at + 1]!, points[at + 2]!, radius);
  });
  const usual = found.sort((a, b) => a - b)[found.length >> 1]!;
  return Math.max(cell, Math.sqrt(Math.PI / usual) * radius);
}

export class SeenSide {
  private readonly places: { readonly points: Float32Array; readonly normals: Float32Array };
  private readonly spacing: number;
  private readonly towards: Vec3 | null;
  private readonly search: RangeSearch;

  /**
   * @param normals [3N] of the scan, in the frame of the good part; its radius is 1
   * @param places of the good part, all sides; @param spacing between them
   */
  constructor(
    normals: Float32Array,
    places: { readonly points: Float32Array; readonly normals: Float32Array },
    spacing: number,
  ) {
    this.places = places;
    this.spacing = spacing;
    this.towards = towardsScanner(normals);
    this.search = new RangeSearch(buildKdTree(places.points), 1);
  }

  /** Whether a place faces the scanner and nothing of the part stands between. */
  couldSee(row: number): boolean {
    const { towards, places, spacing } = this;
    if (towards === null) return false;
    const [dx, dy, dz] = towards;
    const { points, normals } = places;
    const at = 3 * row;
    if (normals[at]! * dx + normals[at + 1]! * dy + normals[at + 2]! * dz <= FACING) return false;
    for (let t = OFF * spacing; t < FAR; t += spacing) {
      const [x, y, z] = [points[at]! + t * dx, points[at + 1]! + t * dy, points[at + 2]! + t * dz];
      if (this.search.find(x, y, z, spacing) > 0) return false;
    }
    return true;
  }
}
