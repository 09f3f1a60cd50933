/** Cuts the scan in the viewport along the sections that are on. */

import { useEffect, useMemo } from 'react';
import { cuttingPlanes } from '../../studio/viewToolState.ts';
import { useKeyActions } from '../keyActions.ts';
import { useCommands, useStudio } from '../useStudio.ts';
import { useViewer } from '../useViewer.ts';
import { useBox } from './useBox.ts';

export function useSectionPlanes(): void {
  const viewer = useViewer();
  const box = useBox();
  const sections = useStudio((state) => state.viewTools.sections);
  const planes = useMemo(() => (box === null ? [] : cuttingPlanes(sections, box)), [sections, box]);
  useEffect(() => {
    viewer.current?.setSections(planes);
    return () => viewer.current?.setSections([]);
  }, [viewer, planes]);
}

/** Gives their keys a meaning as well. */
export function useSections(): void {
  useSectionPlanes();
  const { toggleSection } = useCommands();
  useKeyActions({
    'section-x': () => toggleSection('x'),
    'section-y': () => toggleSection('y'),
    'section-z': () => toggleSection('z'),
  });
}
