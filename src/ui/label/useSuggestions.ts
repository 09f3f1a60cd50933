/** The regions above the threshold as suggestions, with what became of each. */

import { useMemo } from 'react';
import { type Suggestion, suggestionsOf } from '../../studio/suggestions.ts';
import { useRegions } from '../inspect/useRegions.ts';
import { useActiveScan } from '../useHeatmap.ts';
import { useStudio } from '../useStudio.ts';

export function useSuggestions(): readonly Suggestion[] {
  const id = useActiveScan()?.cloud?.id;
  const set = useStudio((state) => (id === undefined ? undefined : state.labels.scans.get(id)?.set));
  const found = useRegions();
  return useMemo(() => suggestionsOf(set, found), [set, found]);
}
