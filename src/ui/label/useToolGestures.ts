/** The pointer over the 3D view while a tool is in hand: left acts, right turns, Shift adds, Ctrl removes. */

import { useEffect, useRef, useState } from 'react';
import { selectBall } from '../../core/labels/surfaceSelection.ts';
import type { SelectionMode } from '../../studio/labelState.ts';
import { VIEWPORT_ID } from '../shell/viewportId.ts';
import { useActiveScan } from '../useHeatmap.ts';
import { useCommands, useStudio } from '../useStudio.ts';
import { useViewer } from '../useViewer.ts';
import { catchShape, type Place, type Shape } from './gesture.ts';

/** Places closer than this to the last one add nothing, CSS pixels. */
const CLOSE = 2;

function modeOf(
  event: { shiftKey: boolean; ctrlKey: boolean; metaKey: boolean },
  plain: SelectionMode,
): SelectionMode {
  if (event.ctrlKey || event.metaKey) return 'remove';
  return event.shiftKey ? 'add' : plain;
}

export interface ToolGestures {
  /** What is being drawn now. */
  readonly shape: Shape | null;
  /** Where the brush is, for its outline. */
  readonly pointer: Place | null;
  /** A polygon is open: Enter closes it, Escape drops it. */
  readonly open: boolean;
  close(): void;
  drop(): void;
}

export function useToolGestures(): ToolGestures {
  const viewer = useViewer();
  const cloud = useActiveScan()?.cloud ?? null;
  const options = useStudio((state) => state.labels);
  const classOf = cloud === null ? undefined : options.scans.get(cloud.id)?.set.classOf;
  const { catchPoints, spreadSelection } = useCommands();
  const [shape, setShape] = useState<Shape | null>(null);
  const [pointer, setPointer] = useState<Place | null>(null);
  /** Corners of an open polygon, and how its catch will count. */
  const corners = useRef<{ readonly places: readonly Place[]; readonly mode: SelectionMode } | null>(null);
  const { tool, brushRadius, sphereRadius, visibleOnly, hidden } = options;
  const ready = cloud !== null && classOf !== undefined && tool !== null;

  const finish = (drawn: Shape, mode: SelectionMode) => {
    setShape(null);
    if (viewer.current === null || cloud === null || classOf === undefined) return;
    const caught = catchShape(viewer.current, cloud, drawn, { visibleOnly, classOf, hidden });
    if (caught !== null) catchPoints(caught, mode);
  };

  const closePolygon = () => {
    const open = corners.current;
    corners.current = null;
    setShape(null);
    if (open !== null && open.places.length >= 3)
      finish({ kind: 'outline', corners: open.places }, open.mode);
  };
  const dropPolygon = () => {
    corners.current = null;
    setShape(null);
  };

  /** Tools that act on the point under the pointer. */
  const actAt = (place: Place, mode: SelectionMode) => {
    const row = viewer.current?.pointAt(...place) ?? -1;
    if (row < 0 || cloud === null) return;
    if (tool === 'sphere') {
      const at = [0, 1, 2].map((axis) => cloud.positions[3 * row + axis]!) as [number, number, number];
      catchPoints(selectBall(cloud.positions, at, sphereRadius * radiusOf(cloud.positions)), mode);
    } else if (tool === 'flood-score' || tool === 'flood-normal')
      void spreadSelection({ kind: tool, seed: row }, mode);
  };

  const onDown = (event: PointerEvent, host: HTMLElement) => {
    if (event.button !== 0) return;
    const place: Place = [event.offsetX, event.offsetY];
    const plain: SelectionMode = tool === 'brush' ? 'add' : 'replace';
    const mode = modeOf(event, plain);
    if (tool === 'polygon') {
      const before = corners.current;
      corners.current = { places: [...(before?.places ?? []), place], mode: before?.mode ?? mode };
      setShape({ kind: 'outline', corners: corners.current.places });
      return;
    }
    if (tool === 'sphere' || tool === 'flood-score' || tool === 'flood-normal') {
      actAt(place, mode);
      return;
    }
    host.setPointerCapture(event.pointerId);
    follow(host, event.pointerId, place, mode);
  };

  /** Draws from a press to the release. */
  const follow = (host: HTMLElement, pointerId: number, start: Place, mode: SelectionMode) => {
    let places: readonly Place[] = [start];
    const drawn = (): Shape => {
      if (tool === 'rectangle') return { kind: 'rectangle', from: start, to: places.at(-1)! };
      if (tool === 'brush') return { kind: 'stroke', places, radius: brushRadius };
      return { kind: 'outline', corners: places };
    };
    const listening = new AbortController();
    const { signal } = listening;
    const move = (event: PointerEvent) => {
      if (event.pointerId !== pointerId) return;
      const place: Place = [event.offsetX, event.offsetY];
      const last = places.at(-1)!;
      if (Math.hypot(place[0] - last[0], place[1] - last[1]) < CLOSE) return;
      places = [...places, place];
      setShape(drawn());
    };
    const end = (event: PointerEvent) => {
      if (event.pointerId !== pointerId) return;
      listening.abort();
      if (event.type === 'pointerup') finish(drawn(), mode);
      else setShape(null);
    };
    setShape(drawn());
    host.addEventListener('pointermove', move, { signal });
    host.addEventListener('pointerup', end, { signal });
    host.addEventListener('pointercancel', end, { signal });
  };

  const onMove = (event: PointerEvent) => {
    const place: Place = [event.offsetX, event.offsetY];
    if (tool === 'brush') setPointer(place);
    if (tool === 'polygon' && corners.current !== null)
      setShape({ kind: 'outline', corners: [...corners.current.places, place] });
  };

  const handlers = useRef({ onDown, onMove, closePolygon });
  useEffect(() => {
    handlers.current = { onDown, onMove, closePolygon };
  });
  useEffect(() => {
    const host = document.getElementById(VIEWPORT_ID);
    viewer.current?.setToolInHand(ready);
    if (host === null || !ready) return;
    const listening = new AbortController();
    const { signal } = listening;
    host.addEventListener('pointerdown', (event) => handlers.current.onDown(event, host), { signal });
    host.addEventListener('pointermove', (event) => handlers.current.onMove(event), { signal });
    host.addEventListener('pointerleave', () => setPointer(null), { signal });
    host.addEventListener('dblclick', () => handlers.current.closePolygon(), { signal });
    host.classList.add('tool-in-hand');
    return () => {
      listening.abort();
      host.classList.remove('tool-in-hand');
      viewer.current?.setToolInHand(false);
      corners.current = null;
      setShape(null);
      setPointer(null);
    };
  }, [viewer, ready]);

  return {
    shape,
    pointer,
    open: tool === 'polygon' && shape !== null,
    close: closePolygon,
    drop: dropPolygon,
  };
}

/** Half of the longest edge of the bounding box: what the ball's size is a share of. */
function radiusOf(positions: Float32Array): number {
  let longest = 0;
  for (let axis = 0; axis < 3; axis++) {
    let low = Infinity;
    let high = -Infinity;
    for (let i = axis; i < positions.length; i += 3) {
      low = Math.min(low, positions[i]!);
      high = Math.max(high, positions[i]!);
    }
    longest = Math.max(longest, high - low);
  }
  return longest / 2;
}
