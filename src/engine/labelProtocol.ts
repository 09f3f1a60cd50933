/** What page and worker say to each other about what follows the surface: selections and defect regions. */

import type { Boundary } from '../core/boundary.ts';
import type { DefectRegion } from '../core/defectRegions.ts';

/** How a selection spreads over neighbours. */
export type SurfaceSelection =
  /** The connected region around `seed` with scores above the threshold. @param score [N] model units */
  | {
      readonly kind: 'flood-score';
      readonly seed: number;
      readonly score: Float32Array;
      readonly threshold: number;
    }
  /** The face around `seed`: normals of neighbours differ by no more than the angle. @param angle radians */
  | { readonly kind: 'flood-normal'; readonly seed: number; readonly angle: number }
  | { readonly kind: 'grow' | 'shrink'; readonly selected: Uint8Array };

/** The scan, as far as a selection needs it. */
export interface SurfacePoints {
  /** Content hash: neighbours are kept for the scan that was asked about last. */
  readonly id: string;
  /** [3N] */
  readonly positions: Float32Array;
  /** [3N] null: estimated when they are needed. */
  readonly normals: Float32Array | null;
}

export interface LabelCalls {
  /** Connected regions above the threshold, the worst first. */
  findRegions: {
    params: {
      readonly points: SurfacePoints;
      /** [N] and [3N] model units. */
      readonly score: Float32Array;
      readonly offsets: Float32Array;
      readonly threshold: number;
      readonly leastPoints: number;
    };
    result: {
      readonly regions: readonly DefectRegion[];
      /** [N] offset along the outward normal, model units: positive = bulge. */
      readonly signed: Float32Array;
    };
  };
  /** Where the surface ends: the rim of an open scan, and of holes. */
  findBoundary: { params: { readonly points: SurfacePoints }; result: Boundary };
  selectOnSurface: {
    params: { readonly points: SurfacePoints; readonly how: SurfaceSelection };
    /** [N] 1 = selected. */
    result: { readonly selected: Uint8Array };
  };
}
