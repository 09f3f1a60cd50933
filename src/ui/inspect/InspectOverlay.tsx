/** Inspect mode over the 3D view: a numbered pin on every defect region, comments, the keys that walk through them. */

import { useEffect } from 'react';
import { isAccepted } from '../../studio/judgement.ts';
import type { DefectRegion } from '../../studio/regionState.ts';
import { rgb } from '../../viewer/rgb.ts';
import { useKeyActions } from '../keyActions.ts';
import { useTheme } from '../theme.ts';
import { useAcceptedPoints, useActiveScan, useHeatmapScale } from '../useHeatmap.ts';
import { useCommands, useStudio } from '../useStudio.ts';
import { useViewer } from '../useViewer.ts';
import { ViewOverlay } from '../view/ViewOverlay.tsx';
import { arrowsOf } from './arrows.ts';
import { BesideView } from './BesideView.tsx';
import { PinOverlay } from './PinOverlay.tsx';
import { RegionPins, useCloseUp } from './RegionPins.tsx';
import { useFreshRegions, useRegions } from './useRegions.ts';
import { useRimMarks } from './useRimMarks.ts';

const NONE: readonly DefectRegion[] = [];

export function InspectOverlay() {
  useFreshRegions();
  useCloseUp();
  useOffsets();
  useRimMarks();
  const {
    stepRegion,
    toggleArrows,
    toggleSigned,
    toggleMetrology,
    toggleBoundary,
    acceptRegion,
    rejectRegion,
  } = useCommands();
  const regions = useRegions()?.regions ?? NONE;
  const heatmap = useStudio((state) => state.view.heatmap);
  const shown = useStudio((state) => state.regions.shown);
  const accepted = useAcceptedPoints();
  const acceptOrNot = () => {
    const region = shown === null ? undefined : regions[shown];
    if (shown === null || region === undefined) return;
    void (isAccepted(region, accepted) ? rejectRegion(shown) : acceptRegion(shown));
  };
  useKeyActions({
    'next-region': () => stepRegion(1),
    'previous-region': () => stepRegion(-1),
    'toggle-arrows': toggleArrows,
    'toggle-signed': toggleSigned,
    'accept-region': acceptOrNot,
    'toggle-metrology': toggleMetrology,
    'toggle-boundary': () => void toggleBoundary(),
  });
  return (
    <>
      {heatmap && <RegionPins regions={regions} accepted={(region) => isAccepted(region, accepted)} />}
      <PinOverlay />
      <ViewOverlay />
      <BesideView />
    </>
  );
}

/** Restore and arrows; offsets are uploaded only when one of them is wanted. */
function useOffsets(): void {
  const viewer = useViewer();
  const scan = useActiveScan();
  const { restore, arrows } = useStudio((state) => state.regions);
  const { threshold } = useHeatmapScale();
  const theme = useTheme();
  const cloud = scan?.cloud ?? null;
  const analysis = scan?.analysis ?? null;
  const radius = analysis?.frame.radius ?? 1;
  const moved = restore > 0;
  useEffect(() => {
    if (cloud === null || analysis === null || !moved) return;
    viewer.current?.setOffsets(analysis.map.offsets);
    return () => viewer.current?.setOffsets(null);
  }, [viewer, cloud, analysis, moved]);
  useEffect(() => {
    viewer.current?.setRestore(restore, radius);
    return () => viewer.current?.setRestore(0, radius);
  }, [viewer, restore, radius]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the style sheet answers for the theme in force
  useEffect(() => {
    if (cloud === null || analysis === null || !arrows) return;
    const colour = getComputedStyle(document.documentElement).getPropertyValue('--accent');
    const { map, frame } = analysis;
    const set = arrowsOf(cloud.positions, map.offsets, map.score, threshold, frame.radius);
    viewer.current?.setArrows({ ...set, colour: rgb(colour) });
    return () => viewer.current?.setArrows(null);
  }, [viewer, cloud, analysis, arrows, threshold, theme]);
}
