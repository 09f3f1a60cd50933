/** The 3D view, wired to the store: every part of the state that is drawn goes to the viewer here. */

import { useEffect, useRef } from 'react';
import { IN_TOLERANCE } from '../../core/toleranceColours.ts';
import { scanBeside } from '../../studio/compareState.ts';
import { ColourBar } from '../legend/ColourBar.tsx';
import { IconButton } from '../parts/IconButton.tsx';
import {
  useActiveScan,
  useColourTable,
  useHeatmapScale,
  useJudgedScore,
  useSignedOffsets,
  useToleranceColours,
  useTrainingStage,
} from '../useHeatmap.ts';
import { useInsets } from '../useInsets.ts';
import { useCommands, useStudio } from '../useStudio.ts';
import { useViewer, type ViewerRef } from '../useViewer.ts';
import { makeViewer, useViewerLook } from '../viewerLife.ts';
import { EmptyState } from './EmptyState.tsx';
import { PlacingChip } from './PlacingChip.tsx';
import { drawCube, ViewCube } from './ViewCube.tsx';
import { VIEWPORT_ID } from './viewportId.ts';

export function Viewport() {
  const viewer = useViewer();
  const host = useRef<HTMLDivElement>(null);
  const cube = useRef<SVGSVGElement>(null);
  const name = useActiveScan()?.name;
  useViewerLife(viewer, host, cube);
  useViewerState(viewer);
  return (
    <>
      <div
        id={VIEWPORT_ID}
        ref={host}
        className="canvas-host"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: the 3D view is operated with the keyboard
        tabIndex={0}
        role="application"
        aria-label={name === undefined ? '3D view, empty' : `3D view of ${name}`}
        aria-describedby="viewport-hint"
      />
      <p id="viewport-hint" className="visually-hidden">
        Drag to turn, right drag to move, wheel to zoom, double click to set the pivot. Shift and arrow keys
        turn, plus and minus zoom, Tab switches the heatmap; Shift and Tab leave the view. Question mark shows
        all keys.
      </p>
      <EmptyState />
      <ColourBar />
      <PlacingChip />
      <ViewTools />
      <ViewCube ref={cube} />
    </>
  );
}

function ViewTools() {
  const viewer = useViewer();
  const { toggleHeatmap, toggleParallel } = useCommands();
  const { heatmap, parallel } = useStudio((state) => state.view);
  return (
    <div className="view-tools" role="toolbar" aria-label="View" aria-orientation="vertical">
      <IconButton icon="frame" label="Frame the scan" keys="F" onClick={() => viewer.current?.frame()} />
      <IconButton
        icon="home"
        label="Reset the view"
        keys="Shift+F"
        onClick={() => viewer.current?.lookFrom('home')}
      />
      {(['front', 'right', 'top'] as const).map((view) => (
        <button
          key={view}
          type="button"
          className="icon-button view-name"
          aria-label={`View from the ${view}`}
          title={`View from the ${view}`}
          onClick={() => viewer.current?.lookFrom(view)}
        >
          {view}
        </button>
      ))}
      <IconButton
        icon="parallel"
        label="Without perspective"
        keys="T"
        pressed={parallel}
        onClick={toggleParallel}
      />
      <IconButton icon="heatmap" label="Heatmap" keys="Tab" pressed={heatmap} onClick={toggleHeatmap} />
    </div>
  );
}

/** Makes the viewer when the viewport appears and releases it with it. */
function useViewerLife(
  viewer: ViewerRef,
  host: React.RefObject<HTMLDivElement | null>,
  cube: React.RefObject<SVGSVGElement | null>,
): void {
  const { report } = useCommands();
  useEffect(() => {
    if (host.current === null) return;
    viewer.current = makeViewer(host.current, report, (rotation) => drawCube(cube.current, rotation));
    return () => {
      viewer.current?.dispose();
      viewer.current = null;
    };
  }, [viewer, host, cube, report]);
}

/** One effect per thing that is drawn: moving a slider touches a uniform and nothing else. */
function useViewerState(viewer: ViewerRef): void {
  const scan = useActiveScan();
  const stage = useTrainingStage();
  const cloud = stage?.cloud ?? scan?.cloud ?? null;
  const judged = useJudgedScore();
  const score = stage === null ? judged : stage.score;
  // Accepting a region turns nothing.
  const found = stage === null ? (scan?.analysis?.map.score ?? null) : stage.score;
  const up = stage === null ? (scan?.up ?? '+z') : '+z';
  const { heatmap } = useStudio((state) => state.view);
  const { threshold, range } = useHeatmapScale();
  const table = useColourTable();
  const signed = useSignedOffsets();
  const inside = useToleranceColours() === null ? undefined : IN_TOLERANCE;
  const drawn = stage === null ? (signed ?? score) : score;
  const low = signed === null ? range.low : -range.high;

  useViewerLook(viewer);
  useInsets(viewer, useStudio(scanBeside) === null ? 'alone' : 'first');
  useEffect(
    () => viewer.current?.setHeatmap({ on: heatmap, table, low, high: range.high, threshold, inside }),
    [viewer, heatmap, table, low, range.high, threshold, inside],
  );
  useEffect(() => viewer.current?.setUp(up), [viewer, up]);
  useEffect(() => {
    viewer.current?.setCloud(cloud);
    viewer.current?.setScore(drawn);
  }, [viewer, cloud, drawn]);
  const ownThreshold = scan?.analysis?.map.threshold ?? Number.NaN;
  // The view turns to a new pseudo-defect; it stays while a preview changes.
  const modelThreshold = stage === null ? ownThreshold : stage.kind === 'defect' ? threshold : Number.NaN;
  useEffect(() => {
    if (found !== null && modelThreshold > 0) viewer.current?.faceWorst(found, modelThreshold);
  }, [viewer, found, modelThreshold]);
}
