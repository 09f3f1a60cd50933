/** Defect regions of the scan in the viewport, and what is shown of its offsets. */

import type { DefectRegion } from '../core/defectRegions.ts';

export type { DefectRegion, RegionKind } from '../core/defectRegions.ts';

/** Regions found for one result at one threshold. */
export interface FoundRegions {
  readonly scanId: string;
  /** Model units. */
  readonly threshold: number;
  /** [N] points at the rim that were left out; null = none. */
  readonly rim: Uint8Array | null;
  readonly regions: readonly DefectRegion[];
  /** [N] offset along the outward normal, model units. */
  readonly signed: Float32Array;
}

export interface RegionState {
  /** null before the first; stays while newer ones are on their way. */
  readonly found: FoundRegions | null;
  readonly finding: boolean;
  /** [N] offset along the outward normal of the scan beside it, model units; null while nobody asked. */
  readonly besideSigned: { readonly scanId: string; readonly signed: Float32Array } | null;
  /** Index of the one that is looked at. */
  readonly shown: number | null;
  /** Share of the way back to the good surface that points are drawn at, 0 to 1. */
  readonly restore: number;
  readonly arrows: boolean;
}

export const INITIAL_REGIONS: RegionState = {
  found: null,
  finding: false,
  besideSigned: null,
  shown: null,
  restore: 0,
  arrows: false,
};

/** Those of the scan that is shown; null while they are not known. */
export function regionsOf({ found }: RegionState, scanId: string | null): FoundRegions | null {
  return found !== null && found.scanId === scanId ? found : null;
}
