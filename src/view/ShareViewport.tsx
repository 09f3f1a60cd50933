/** The 3D view of a shared heatmap, with its pins over it. */

import { type RefObject, useEffect, useMemo, useRef, useState } from 'react';
import { colourTable } from '../core/colourMaps.ts';
import type { PointCloud } from '../core/types.ts';
import type { BundlePin, ShareBundle } from '../share/bundle.ts';
import { markPalette, marksOf } from '../ui/label/marks.ts';
import { IconButton } from '../ui/parts/IconButton.tsx';
import type { PointMarks } from '../viewer/pointLayer.ts';
import { Viewer } from '../viewer/viewer.ts';
import type { Look } from './ShareView.tsx';

interface Props {
  readonly bundle: ShareBundle;
  readonly cloud: PointCloud;
  readonly look: Look;
  readonly viewer: RefObject<Viewer | null>;
  readonly onChange: (patch: Partial<Look>) => void;
}

export function ShareViewport({ bundle, cloud, look, viewer, onChange }: Props) {
  const host = useRef<HTMLDivElement>(null);
  const pins = useRef<HTMLOListElement>(null);
  const problem = useViewer(bundle, cloud, viewer, host, pins);
  const table = useMemo(() => colourTable(bundle.view.colourMap), [bundle.view.colourMap]);
  const { low, high } = bundle.view;
  useEffect(() => {
    viewer.current?.setHeatmap({ on: look.heatmap, table, low, high, threshold: look.threshold });
  }, [viewer, look.heatmap, look.threshold, table, low, high]);
  const marks = useMemo(() => marksIn(bundle), [bundle]);
  useEffect(() => viewer.current?.setMarks(look.labels ? marks : null), [viewer, look.labels, marks]);
  const { radius } = bundle.frame;
  useEffect(() => viewer.current?.setRestore(look.restore, radius), [viewer, look.restore, radius]);
  useEffect(() => viewer.current?.setSections(look.cut ? bundle.sections : []), [viewer, look.cut, bundle]);
  if (problem !== null)
    return (
      <p className="view-no-picture" role="alert">
        The heatmap cannot be drawn here: {problem}. Its numbers are on this page; switch hardware
        acceleration on or use another browser to see it.
      </p>
    );
  return (
    <>
      <div
        ref={host}
        className="canvas-host"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: the 3D view is operated with the keyboard
        tabIndex={0}
        role="application"
        aria-label={`3D view of ${bundle.name}. Arrow keys turn, plus and minus zoom, F frames.`}
        onKeyDown={(event) => {
          if (viewer.current !== null && turn(viewer.current, event.key)) event.preventDefault();
        }}
      />
      <ol className="view-pins" ref={pins} aria-hidden="true">
        {bundle.pins.map((pin, i) => (
          <Pin key={`${pin.position.join()}${pin.text}`} pin={pin} number={i + 1} />
        ))}
      </ol>
      <div className="view-tools" role="toolbar" aria-label="View" aria-orientation="vertical">
        <IconButton icon="frame" label="Frame the scan" keys="F" onClick={() => viewer.current?.frame()} />
        <IconButton icon="home" label="Reset the view" onClick={() => restoreView(viewer.current, bundle)} />
        <IconButton
          icon="heatmap"
          label="Heatmap"
          pressed={look.heatmap}
          onClick={() => onChange({ heatmap: !look.heatmap })}
        />
      </div>
    </>
  );
}

function Pin({ pin, number }: { readonly pin: BundlePin; readonly number: number }) {
  return (
    <li className="view-pin" title={pin.text}>
      {number}
    </li>
  );
}

const NONE: ReadonlySet<number> = new Set();

function marksIn({ labels }: ShareBundle): PointMarks | null {
  if (labels === null) return null;
  return { marks: marksOf(labels.classOf, null, NONE), palette: markPalette(labels.classes) };
}

/** Degrees for one press of an arrow key. */
const STEP = 12;

/** @returns whether the key means something here */
function turn(viewer: Viewer, key: string): boolean {
  switch (key) {
    case 'ArrowLeft':
      viewer.orbit(-STEP, 0);
      return true;
    case 'ArrowRight':
      viewer.orbit(STEP, 0);
      return true;
    case 'ArrowUp':
      viewer.orbit(0, STEP);
      return true;
    case 'ArrowDown':
      viewer.orbit(0, -STEP);
      return true;
    case '+':
      viewer.dolly(0.8);
      return true;
    case '-':
      viewer.dolly(1.25);
      return true;
    case 'f':
      viewer.frame();
      return true;
    default:
      return false;
  }
}

/** The camera as it was shared, or facing the worst place. */
function restoreView(viewer: Viewer | null, { camera, score, result, view }: ShareBundle): void {
  if (viewer === null) return;
  if (camera !== null) viewer.setPose(camera);
  else if (result.verdict === 'ok') viewer.lookFrom('home');
  else viewer.faceWorst(score, view.threshold);
}

/** Makes the viewer and shows the scan. @returns why there is no picture, or null */
function useViewer(
  bundle: ShareBundle,
  cloud: PointCloud,
  viewer: RefObject<Viewer | null>,
  host: RefObject<HTMLDivElement | null>,
  pins: RefObject<HTMLOListElement | null>,
): string | null {
  const [problem, setProblem] = useState<string | null>(null);
  useEffect(() => {
    if (host.current === null) return;
    let made: Viewer;
    try {
      made = new Viewer(host.current, {
        onFrame: () => placePins(viewer.current, pins.current, bundle.pins),
        onContextLost: () => undefined,
      });
    } catch (error) {
      setProblem(error instanceof Error ? error.message : String(error));
      return;
    }
    viewer.current = made;
    const setTheme = () => {
      const style = getComputedStyle(document.documentElement);
      made.setTheme({
        backgroundTop: style.getPropertyValue('--view-top'),
        backgroundBottom: style.getPropertyValue('--view-bottom'),
        neutral: style.getPropertyValue('--view-neutral'),
      });
    };
    setTheme();
    const watching = new MutationObserver(setTheme);
    watching.observe(document.documentElement, { attributeFilter: ['data-theme'] });
    made.setShading(bundle.view.shading);
    made.setPointScale(bundle.view.pointScale);
    made.setUp(bundle.view.up);
    made.setParallel(bundle.view.parallel);
    made.setCloud(cloud);
    made.setScore(bundle.score);
    made.setOffsets(bundle.offsets);
    restoreView(made, bundle);
    return () => {
      watching.disconnect();
      made.dispose();
      viewer.current = null;
    };
  }, [bundle, cloud, viewer, host, pins]);
  return problem;
}

/** After every frame: the pins go with the scan. */
function placePins(viewer: Viewer | null, list: HTMLOListElement | null, pins: readonly BundlePin[]): void {
  list?.querySelectorAll('li').forEach((element, i) => {
    const place = viewer?.toScreen(pins[i]!.position) ?? null;
    element.hidden = place === null;
    if (place !== null)
      element.style.transform = `translate(${place[0].toFixed(1)}px, ${place[1].toFixed(1)}px) translate(-50%, -50%)`;
  });
}
