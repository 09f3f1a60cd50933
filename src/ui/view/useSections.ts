/** Cuts the scan in the viewport along the sections that are on, and gives their keys a meaning. */

import { useEffect, useMemo } from 'react';
import { cuttingPlanes } from '../../studio/viewToolState.ts';
import { useKeyActions } from '../keyActions.ts';
import { useCommands, useStudio } from '../useStudio.ts';
import { useViewer } from '../useViewer.ts';
import { useBox } from './useBox.ts';

export function useSections(): void {
  const viewer = useViewer();
  const box = useBox();
  const sections = useStudio((state) => state.viewTools.sections);
  const planes = useMemo(() => (box === null ? [] : cuttingPlanes(sections, box)), [sections, box]);
  useEffect(() => {
    viewer.current?.setSections(planes);
    return () => viewer.current?.setSections([]);
  }, [viewer, planes]);
  const { toggleSection } = useCommands();
  useKeyActions({
    'section-x': () => toggleSection('x'),
    'section-y': () => toggleSection('y'),
    'section-z': () => toggleSection('z'),
  });
}
