/** How large the scan in the viewport is. */

import { useMemo } from 'react';
import { type Box, boxOf } from '../../core/sections.ts';
import type { PointCloud } from '../../core/types.ts';
import { useActiveScan } from '../useHeatmap.ts';

/** One pass over the points per scan, however many components ask. */
const BOXES = new WeakMap<Float32Array, Box>();

function knownBox({ positions }: PointCloud): Box | null {
  const known = BOXES.get(positions) ?? boxOf(positions);
  if (known !== null) BOXES.set(positions, known);
  return known;
}

/** The box around the scan in the viewport; null while there is none. */
export function useBox(): Box | null {
  const cloud = useActiveScan()?.cloud ?? null;
  return useMemo(() => (cloud === null ? null : knownBox(cloud)), [cloud]);
}
