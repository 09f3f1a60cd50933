/** Inspect mode over the 3D view: a numbered pin on every defect region, comments, the keys that walk through them. */

import { useEffect, useRef } from 'react';
import { isAccepted } from '../../studio/judgement.ts';
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
import { useFreshRegions, useRegions } from './useRegions.ts';

/** More pins would cover the scan. */
const MOST_PINS = 12;
/** A close-up shows at least this share of the scan's radius. */
const LEAST_EXTENT = 0.12;

export function InspectOverlay() {
  useFreshRegions();
  useCloseUp();
  useOffsets();
  const { stepRegion, toggleArrows, toggleSigned, toggleMetrology, acceptRegion, rejectRegion } =
    useCommands();
  const found = useRegions();
  const shown = useStudio((state) => state.regions.shown);
  const accepted = useAcceptedPoints();
  const acceptOrNot = () => {
    const region = shown === null ? undefined : found?.regions[shown];
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
  });
  return (
    <>
      <Pins />
      <PinOverlay />
      <ViewOverlay />
      <BesideView />
    </>
  );
}

function Pins() {
  const viewer = useViewer();
  const regions = useRegions()?.regions.slice(0, MOST_PINS);
  const heatmap = useStudio((state) => state.view.heatmap);
  const shown = useStudio((state) => state.regions.shown);
  const { showRegion } = useCommands();
  const accepted = useAcceptedPoints();
  const layer = useRef<HTMLElement>(null);
  useEffect(() => {
    const place = () => {
      regions?.forEach(({ centre, normal }, at) => {
        const pin = layer.current?.children[at];
        const spot = viewer.current?.locate(centre, normal);
        if (!(pin instanceof HTMLElement) || spot == null) return;
        pin.style.transform = `translate(${spot.x.toFixed(1)}px, ${spot.y.toFixed(1)}px)`;
        pin.classList.toggle('behind', !spot.facing);
      });
    };
    place();
    return viewer.current?.onDraw(place);
  }, [viewer, regions]);
  if (regions === undefined || !heatmap) return null;
  return (
    <section className="pins" ref={layer} aria-label="Pins of the defect regions">
      {regions.map((region, at) => (
        <button
          key={region.peak}
          type="button"
          className={isAccepted(region, accepted) ? 'pin accepted' : 'pin'}
          aria-label={`Pin of region ${at + 1}`}
          aria-pressed={at === shown}
          onClick={() => showRegion(at)}
        >
          {at + 1}
        </button>
      ))}
    </section>
  );
}

/** Goes to the region that was chosen. */
function useCloseUp(): void {
  const viewer = useViewer();
  const found = useRegions();
  const shown = useStudio((state) => state.regions.shown);
  const radius = useActiveScan()?.radius ?? 1;
  useEffect(() => {
    const region = shown === null ? undefined : found?.regions[shown];
    if (region === undefined) return;
    viewer.current?.closeUp(region.centre, region.normal, Math.max(region.extent, LEAST_EXTENT * radius));
  }, [viewer, found, shown, radius]);
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
