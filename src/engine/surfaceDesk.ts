/** Selections and regions that follow the surface. The neighbours of the last scan are kept: a user asks often about one. */

import { findBoundary } from '../core/boundary.ts';
import { findDefectRegions } from '../core/defectRegions.ts';
import { estimateNormals } from '../core/estimateNormals.ts';
import { kNearest, type Neighbours } from '../core/knn.ts';
import { floodByNormal, floodByScore, grow, shrink } from '../core/labels/surfaceSelection.ts';
import type { LabelCalls, SurfacePoints } from './labelProtocol.ts';

/** Enough that a region does not break at a thin place, few enough that it does not jump over a gap. */
const NEIGHBOURS = 8;

export class SurfaceDesk {
  private known: {
    readonly id: string;
    readonly neighbours: Neighbours;
    normals: Float32Array | null;
  } | null = null;

  select({ points, how }: LabelCalls['selectOnSurface']['params']): LabelCalls['selectOnSurface']['result'] {
    const { neighbours } = this.of(points);
    switch (how.kind) {
      case 'flood-score':
        return { selected: floodByScore(neighbours, how.score, how.seed, how.threshold) };
      case 'flood-normal':
        return { selected: floodByNormal(neighbours, this.normalsOf(points), how.seed, how.angle) };
      case 'grow':
        return { selected: grow(neighbours, how.selected) };
      case 'shrink':
        return { selected: shrink(neighbours, how.selected) };
      default:
        return how satisfies never;
    }
  }

  regions({
    points,
    score,
    offsets,
    threshold,
    leastPoints,
  }: LabelCalls['findRegions']['params']): LabelCalls['findRegions']['result'] {
    const normals = this.normalsOf(points);
    const { neighbours } = this.of(points);
    const { positions } = points;
    const signed = score.map((_, i) => {
      let dot = 0;
      for (let axis = 3 * i; axis < 3 * i + 3; axis++) dot += offsets[axis]! * normals[axis]!;
      return dot;
    });
    const input = { positions, score, offsets, normals, neighbours, threshold, leastPoints };
    return { regions: findDefectRegions(input), signed };
  }

  boundary({ points }: LabelCalls['findBoundary']['params']): LabelCalls['findBoundary']['result'] {
    return findBoundary(points.positions);
  }

  private of(points: SurfacePoints) {
    if (this.known?.id !== points.id) {
      const neighbours = kNearest(points.positions, NEIGHBOURS);
      this.known = { id: points.id, neighbours, normals: points.normals };
    }
    return this.known;
  }

  private normalsOf(points: SurfacePoints): Float32Array {
    const known = this.of(points);
    known.normals ??= estimateNormals(points.positions);
    return known.normals;
  }
}
