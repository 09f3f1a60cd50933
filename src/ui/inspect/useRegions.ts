/** Keeps the defect regions those of the scan and threshold in force. */

import { useEffect } from 'react';
import { type FoundRegions, regionsOf } from '../../studio/regionState.ts';
import { useActiveScan, useHeatmapScale, useRim } from '../useHeatmap.ts';
import { useCommands, useStudio } from '../useStudio.ts';

/** A threshold that is being dragged is waited for, milliseconds. */
const REST = 180;

/** Once per page: finds them anew when something they depend on has come to rest. */
export function useFreshRegions(): void {
  const analysis = useActiveScan()?.analysis ?? null;
  const { threshold } = useHeatmapScale();
  const rim = useRim();
  const { findRegions } = useCommands();
  // biome-ignore lint/correctness/useExhaustiveDependencies: found anew when result, threshold or rim change
  useEffect(() => {
    if (analysis === null) return;
    const timer = setTimeout(() => void findRegions(), REST);
    return () => clearTimeout(timer);
  }, [analysis, threshold, rim, findRegions]);
}

export function useRegions(): FoundRegions | null {
  return useStudio((state) => regionsOf(state.regions, state.activeId));
}
