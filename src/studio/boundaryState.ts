/** Points at the rim of scans, which can be left out of score and verdict. */

import type { Boundary } from '../core/boundary.ts';

export interface BoundaryState {
  /** Rims are left out. */
  readonly on: boolean;
  /** What was found, by cloud; of open clouds only. */
  readonly found: ReadonlyMap<string, Boundary>;
}

export const INITIAL_BOUNDARY: BoundaryState = { on: false, found: new Map() };

/** @returns [N] 1 = at the rim; null while rims count, and before this one is known */
export function rimOf({ on, found }: BoundaryState, cloudId: string): Uint8Array | null {
  const boundary = on ? found.get(cloudId) : undefined;
  return boundary === undefined || boundary.count === 0 ? null : boundary.mask;
}
