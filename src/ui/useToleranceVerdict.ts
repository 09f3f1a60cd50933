/** The verdict against the tolerance, for the panel and for saved pictures. */

import { type ToleranceVerdict, toleranceVerdict } from '../studio/deviations.ts';
import { regionsOf } from '../studio/regionState.ts';
import { isMetrology } from '../studio/state.ts';
import { useAcceptedPoints, useActiveScan, useHeatmapScale } from './useHeatmap.ts';
import { useStudio } from './useStudio.ts';

/** @returns null while scores are looked at, nothing is known, or the scan does not lie on its good ones */
export function useToleranceVerdict(): ToleranceVerdict | null {
  const scan = useActiveScan();
  const on = useStudio(isMetrology);
  const found = useStudio((state) => regionsOf(state.regions, state.activeId));
  const accepted = useAcceptedPoints();
  const { threshold } = useHeatmapScale();
  if (!on || scan?.analysis == null || scan.summary?.verdict === 'not-aligned') return null;
  return toleranceVerdict(found, threshold, accepted);
}
