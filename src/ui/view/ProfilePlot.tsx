/** The drawing in the profile's panel: hover reads a point, wheel zooms, drag moves, double click fits. */

import { type PointerEvent, useEffect, useRef, useState } from 'react';
import { dot } from '../../core/sections.ts';
import { formatLength, formatSignificant } from '../../studio/units.ts';
import { useSize } from '../parts/useSize.ts';
import { useTheme } from '../theme.ts';
import { useActiveScan, useDisplayUnit } from '../useHeatmap.ts';
import {
  drawProfile,
  nearestInProfile,
  type ProfileColours,
  type ProfileWindow,
  profileTexts,
  scaleBar,
  wholeProfile,
  zoomed,
} from './profileDrawing.ts';
import type { ShownProfile } from './useProfile.ts';

/** Pixels around the cursor in which a point is read. */
const REACH = 14;
const ZOOM = 1.25;

interface Props {
  readonly shown: ShownProfile;
  readonly colours: Omit<ProfileColours, 'neutral'>;
}

export function ProfilePlot({ shown, colours }: Props) {
  const { profile, id } = shown;
  const scan = useActiveScan();
  const [host, { width, height }] = useSize<HTMLDivElement>();
  // The user's own window belongs to this section of this scan.
  const key = `${shown.cloud.id} ${id}`;
  const [own, setOwn] = useState<{ readonly key: string; readonly window: ProfileWindow } | null>(null);
  const window = own?.key === key ? own.window : wholeProfile(profile, width, height);
  const setWindow = (next: ProfileWindow | null) => setOwn(next === null ? null : { key, window: next });
  const [hovered, setHovered] = useState(-1);
  const canvas = useDrawn(shown, colours, window, width, height);
  useWheel(host, (factor, x, y) => setWindow(zoomed(window, factor, x, y)));
  const drag = useRef<readonly [x: number, y: number] | null>(null);

  const onMove = (event: PointerEvent<HTMLElement>) => {
    const box = event.currentTarget.getBoundingClientRect();
    const [x, y] = [event.clientX - box.left, event.clientY - box.top];
    if (drag.current !== null) {
      const [fromX, fromY] = drag.current;
      drag.current = [x, y];
      const { left, top, scale } = window;
      setWindow({ left: left - (x - fromX) / scale, top: top + (y - fromY) / scale, scale });
    } else setHovered(nearestInProfile(profile, window, x, y, REACH));
  };
  const onDown = (event: PointerEvent<HTMLElement>) => {
    const box = event.currentTarget.getBoundingClientRect();
    event.currentTarget.setPointerCapture(event.pointerId);
    drag.current = [event.clientX - box.left, event.clientY - box.top];
    setHovered(-1);
  };
  const bar = scaleBar(Math.max(1, width), window);
  const texts = profileTexts(id, profile, scan?.unit ?? 'file', Math.max(1, width))(window);
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset cannot be sized like a drawing
    <div
      ref={host}
      className="profile-plot"
      role="group"
      aria-label={`Drawing of the profile, right is ${texts.across}, up is ${texts.up}. Plus and minus zoom, 0 fits.`}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: zoomed with the keyboard
      tabIndex={0}
      onPointerMove={onMove}
      onPointerDown={onDown}
      onPointerUp={() => {
        drag.current = null;
      }}
      onPointerLeave={() => setHovered(-1)}
      onDoubleClick={() => setWindow(null)}
      onKeyDown={(event) => {
        if (event.key === '+') setWindow(zoomed(window, ZOOM, width / 2, height / 2));
        else if (event.key === '-') setWindow(zoomed(window, 1 / ZOOM, width / 2, height / 2));
        else if (event.key === '0') setWindow(null);
      }}
    >
      <canvas ref={canvas} />
      {profile.total === 0 && (
        <p className="note profile-empty">No points here. Move the section or make it thicker.</p>
      )}
      <span className="profile-axes" aria-hidden="true">
        <b>{texts.up}</b> ↑ <b>{texts.across}</b> →
      </span>
      <span className="scale-bar" style={{ width: bar.pixels }}>
        {texts.bar}
      </span>
      {hovered >= 0 && hovered < profile.rows.length && (
        <Reading shown={shown} score={colours.score} at={hovered} window={window} width={width} />
      )}
    </div>
  );
}

interface ReadingProps {
  readonly shown: ShownProfile;
  readonly score: Float32Array | null;
  readonly at: number;
  readonly window: ProfileWindow;
  readonly width: number;
}

/** What the point under the cursor is. */
function Reading({ shown, score, at, window, width }: ReadingProps) {
  const unit = useDisplayUnit();
  const scan = useActiveScan();
  const { profile, cloud } = shown;
  const x = (profile.u[at]! - window.left) * window.scale;
  const y = (window.top - profile.v[at]!) * window.scale;
  const value = score?.[profile.rows[at]!];
  const place = [
    profile.u[at]! + dot(profile.across, cloud.origin),
    profile.v[at]! + dot(profile.up, cloud.origin),
  ].map((part) => formatSignificant(part, 4));
  return (
    <>
      <span className="profile-cursor" style={{ left: x, top: y }} />
      <output
        className={x > width / 2 ? 'profile-reading at-left' : 'profile-reading'}
        style={{ left: x, top: y }}
      >
        {value !== undefined && <b>{unit.format(value)}</b>}
        <span>
          {place.join(', ')} {scan === null ? '' : formatLength(0, scan.unit).replace(/^0\s/, '')}
        </span>
      </output>
    </>
  );
}

/** The canvas, drawn anew when something it shows has changed. */
function useDrawn(
  { profile }: ShownProfile,
  colours: Props['colours'],
  window: ProfileWindow,
  width: number,
  height: number,
) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const theme = useTheme();
  const { score, table, low, high, threshold } = colours;
  const { left, top, scale } = window;
  // biome-ignore lint/correctness/useExhaustiveDependencies: the style sheet answers for the theme in force
  useEffect(() => {
    const element = canvas.current;
    const context = element?.getContext('2d');
    if (element === null || context == null || width === 0) return;
    const ratio = devicePixelRatio;
    element.width = Math.round(width * ratio);
    element.height = Math.round(height * ratio);
    context.scale(ratio, ratio);
    const neutral = getComputedStyle(document.documentElement).getPropertyValue('--view-neutral');
    drawProfile(context, profile, { score, table, low, high, threshold, neutral }, { left, top, scale });
  }, [profile, score, table, low, high, threshold, left, top, scale, width, height, theme]);
  return canvas;
}

/** React listens to the wheel without being able to keep the page from scrolling. */
function useWheel(
  host: React.RefObject<HTMLElement | null>,
  zoom: (factor: number, x: number, y: number) => void,
): void {
  const current = useRef(zoom);
  useEffect(() => {
    current.current = zoom;
  });
  useEffect(() => {
    const element = host.current;
    if (element === null) return;
    const onWheel = (event: WheelEvent) => {
      event.preventDefault();
      const box = element.getBoundingClientRect();
      const factor = event.deltaY < 0 ? ZOOM : 1 / ZOOM;
      current.current(factor, event.clientX - box.left, event.clientY - box.top);
    };
    element.addEventListener('wheel', onWheel, { passive: false });
    return () => element.removeEventListener('wheel', onWheel);
  }, [host]);
}
