/** The 3D view, wired to the store: every part of the state that is drawn goes to the viewer here. */

import { useEffect, useRef } from 'react';
import { Viewer } from '../../viewer/viewer.ts';
import { ColourBar } from '../legend/ColourBar.tsx';
import { IconButton } from '../parts/IconButton.tsx';
import { useTheme } from '../theme.ts';
import {
  useActiveScan,
  useColourTable,
  useHeatmapScale,
  useSignedOffsets,
  useTrainingStage,
} from '../useHeatmap.ts';
import { useCommands, useStudio } from '../useStudio.ts';
import { useViewer, type ViewerRef } from '../useViewer.ts';
import { EmptyState } from './EmptyState.tsx';
import { PlacingChip } from './PlacingChip.tsx';
import { drawTriad, Triad } from './Triad.tsx';
import { VIEWPORT_ID } from './viewportId.ts';

/** What legend, tools and triad cover; the layouts are those of styles/viewport.css. */
const NARROW = '(max-width: 820px)';
const INSETS = {
  wide: { left: 104, right: 52, top: 0, bottom: 0 },
  narrow: { left: 0, right: 0, top: 52, bottom: 60 },
} as const;

export function Viewport() {
  const viewer = useViewer();
  const host = useRef<HTMLDivElement>(null);
  const triad = useRef<SVGSVGElement>(null);
  const name = useActiveScan()?.name;
  useViewerLife(viewer, host, triad);
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
      <Triad ref={triad} />
    </>
  );
}

function ViewTools() {
  const viewer = useViewer();
  const { toggleHeatmap } = useCommands();
  const heatmap = useStudio((state) => state.view.heatmap);
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
      <IconButton icon="heatmap" label="Heatmap" keys="Tab" pressed={heatmap} onClick={toggleHeatmap} />
    </div>
  );
}

/** Makes the viewer when the viewport appears and releases it with it. */
function useViewerLife(
  viewer: ViewerRef,
  host: React.RefObject<HTMLDivElement | null>,
  triad: React.RefObject<SVGSVGElement | null>,
): void {
  const { report } = useCommands();
  useEffect(() => {
    if (host.current === null) return;
    try {
      viewer.current = new Viewer(host.current, {
        onFrame: (rotation) => drawTriad(triad.current, rotation),
        onContextLost: (lost) => {
          if (lost)
            report({
              tone: 'warning',
              title: 'The picture was lost',
              where: 'WebGL2',
              cause: 'The browser took the graphics context away.',
              next: 'It comes back by itself as soon as the browser gives it back; scores are not affected.',
              action: null,
            });
        },
      });
    } catch (error) {
      report({
        tone: 'error',
        title: 'Scans cannot be drawn here',
        where: 'WebGL2',
        cause: error instanceof Error ? error.message : String(error),
        next: 'Verdicts and numbers still work. Switch hardware acceleration on or use a current browser.',
        action: null,
      });
    }
    return () => {
      viewer.current?.dispose();
      viewer.current = null;
    };
  }, [viewer, host, triad, report]);
}

/** One effect per thing that is drawn: moving a slider touches a uniform and nothing else. */
function useViewerState(viewer: ViewerRef): void {
  const scan = useActiveScan();
  const stage = useTrainingStage();
  const cloud = stage?.cloud ?? scan?.cloud ?? null;
  const score = stage === null ? (scan?.analysis?.map.score ?? null) : stage.score;
  const up = stage === null ? (scan?.up ?? '+z') : '+z';
  const { heatmap, pointScale, shading } = useStudio((state) => state.view);
  const { threshold, range } = useHeatmapScale();
  const table = useColourTable();
  const signed = useSignedOffsets();
  const drawn = stage === null ? (signed ?? score) : score;
  const low = signed === null ? range.low : -range.high;
  const theme = useTheme();

  // biome-ignore lint/correctness/useExhaustiveDependencies: the style sheet answers for the theme in force
  useEffect(() => {
    // The layout effect of the theme has run: the style sheet's values are those of this theme.
    const style = getComputedStyle(document.documentElement);
    viewer.current?.setTheme({
      backgroundTop: style.getPropertyValue('--view-top'),
      backgroundBottom: style.getPropertyValue('--view-bottom'),
      neutral: style.getPropertyValue('--view-neutral'),
    });
  }, [viewer, theme]);
  useEffect(() => {
    const narrow = matchMedia(NARROW);
    const setInsets = () => viewer.current?.setInsets(narrow.matches ? INSETS.narrow : INSETS.wide);
    setInsets();
    narrow.addEventListener('change', setInsets);
    return () => narrow.removeEventListener('change', setInsets);
  }, [viewer]);
  useEffect(() => viewer.current?.setShading(shading), [viewer, shading]);
  useEffect(() => viewer.current?.setPointScale(pointScale), [viewer, pointScale]);
  useEffect(
    () => viewer.current?.setHeatmap({ on: heatmap, table, low, high: range.high, threshold }),
    [viewer, heatmap, table, low, range.high, threshold],
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
    if (score !== null && modelThreshold > 0) viewer.current?.faceWorst(score, modelThreshold);
  }, [viewer, score, modelThreshold]);
}
