/**
 * Pseudo-defects on a good cloud: each on a patch of its own, grown over the surface. Rows that a hole or a
 * missing piece took away are left out of the result. Source: METHOD "What the original leaves on the table".
 */

import { InvalidInputError } from '../errors.ts';
import type { FloatArray } from '../floatArray.ts';
import { RandomStream } from '../random.ts';
import type { TrainingSample } from '../types.ts';
import { SurfaceGraph } from './graph.ts';
import { type GrownPatch, growPatch } from './grow.ts';
import { type DefectPlan, heightFor, MIN_DEFECT_POINTS } from './mix.ts';
import { DEFECT_SHAPES } from './shapes.ts';
import type { DefectEffect, Growth } from './types.ts';

/** The rows that are left, with their pseudo-anomalies. */
export interface DefectedCloud extends Omit<TrainingSample, 'seed'> {
  /** [kept] rows of the good cloud that are still there, ascending; row i of the sample was row `kept[i]`. */
  readonly kept: Uint32Array;
}

/** A patch smaller than this has no shape. */
const MIN_PATCH = 8;
/** Other places that are tried when a loose piece of the cloud is too small for the patch. */
const ATTEMPTS = 4;

/** The largest of a few tries: a small loose piece of the cloud, or a gap between defects, holds no patch. */
function place(
  graph: SurfaceGraph,
  growth: Growth,
  size: number,
  taken: Uint8Array,
  random: RandomStream,
): GrownPatch {
  let best = growPatch(graph, growth, size, taken, random);
  for (let attempt = 1; attempt < ATTEMPTS && best.rows.length < size; attempt++) {
    const next = growPatch(graph, growth, size, taken, random);
    if (next.rows.length > best.rows.length) best = next;
  }
  return best;
}

/** Works on the whole cloud, all rows still there. */
class Workpiece {
  readonly displaced: Float32Array;
  readonly taken: Uint8Array;
  readonly gone: Uint8Array;
  private readonly original: Float32Array;
  private readonly graph: SurfaceGraph;

  constructor(points: Float32Array, normals: Float32Array) {
    this.original = points;
    this.displaced = points.slice();
    this.taken = new Uint8Array(points.length / 3);
    this.gone = new Uint8Array(points.length / 3);
    this.graph = new SurfaceGraph(points, normals);
  }

  add({ family, share, height, heights, key }: DefectPlan): void {
    const random = new RandomStream(key);
    const { growth, apply } = DEFECT_SHAPES[family];
    const size = Math.max(MIN_PATCH, Math.round(share * this.taken.length));
    const patch = place(this.graph, growth, size, this.taken, random);
    // Nothing is left where a patch would fit: the sample has one defect fewer.
    if (patch.rows.length < MIN_PATCH) return;
    const { points, normals } = this.graph;
    const high = heightFor(heights, patch.reach, height);
    this.write(patch, apply({ points, normals, patch, height: high, random }));
  }

  private write({ rows }: GrownPatch, { shift, removed }: DefectEffect): void {
    rows.forEach((row, i) => {
      this.taken[row] = 1;
      this.gone[row] = removed?.[i] ?? 0;
      for (let d = 0; d < 3; d++)
        this.displaced[3 * row + d] = this.original[3 * row + d]! + shift[3 * i + d]!;
    });
  }

  result(): DefectedCloud {
    const kept = Uint32Array.from(this.gone.keys()).filter((row) => this.gone[row] === 0);
    const points = new Float32Array(3 * kept.length);
    const targetOffsets = new Float32Array(3 * kept.length);
    const patch: number[] = [];
    kept.forEach((row, i) => {
      let moved = false;
      for (let d = 0; d < 3; d++) {
        const value = this.displaced[3 * row + d]!;
        points[3 * i + d] = value;
        // The target is the exact difference of what the network sees.
        targetOffsets[3 * i + d] = value - this.original[3 * row + d]!;
        moved ||= targetOffsets[3 * i + d] !== 0;
      }
      if (moved) patch.push(i);
    });
    return { points, targetOffsets, patch: Uint32Array.from(patch), kept };
  }
}

/**
 * @param points [3N] model units; @param normals [3N] unit normals
 * @param plans from `drawDefects`; the same arguments give the same bits
 * @throws InvalidInputError for fewer than 128 points
 */
export function applyDefects(
  points: FloatArray,
  normals: FloatArray,
  plans: readonly DefectPlan[],
): DefectedCloud {
  if (points.length / 3 < MIN_DEFECT_POINTS)
    throw new InvalidInputError(
      'pseudo-defects',
      `${points.length / 3} points are too few: needs at least ${MIN_DEFECT_POINTS}`,
    );
  const piece = new Workpiece(Float32Array.from(points), Float32Array.from(normals));
  for (const plan of plans) piece.add(plan);
  return piece.result();
}
