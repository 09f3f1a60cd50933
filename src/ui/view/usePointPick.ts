/** Clicks on the 3D view that take points of the scan, while a tool is in hand. */

import { useEffect, useRef, useState } from 'react';
import { VIEWPORT_ID } from '../shell/viewportId.ts';
import { useActiveScan } from '../useHeatmap.ts';
import { useViewer } from '../useViewer.ts';

/** A press that moves further than this turns the view, CSS pixels. */
const CLICK = 4;
/** In larger scans the point under the cursor is looked for on a click only. */
const LIVE_POINTS = 1_500_000;

export interface PointPick {
  /** Row of the point under the cursor, null over none. */
  readonly candidate: number | null;
  /** Takes the point in the middle of the view. */
  takeMiddle(): void;
}

/** @param take gets the row of the point that was clicked */
export function usePointPick(take: (row: number) => void): PointPick {
  const viewer = useViewer();
  const cloud = useActiveScan()?.cloud ?? null;
  const [candidate, setCandidate] = useState<number | null>(null);

  const rowAt = (x: number, y: number): number | null => {
    const row = viewer.current?.pointAt(x, y) ?? -1;
    return cloud === null || row < 0 ? null : row;
  };
  const takeAt = (x: number, y: number) => {
    const row = rowAt(x, y);
    if (row !== null) take(row);
  };
  const handlers = useRef({ rowAt, takeAt });
  useEffect(() => {
    handlers.current = { rowAt, takeAt };
  });
  const live = cloud !== null && cloud.positions.length <= 3 * LIVE_POINTS;
  useEffect(() => {
    const host = document.getElementById(VIEWPORT_ID);
    if (host === null) return;
    const listening = new AbortController();
    const { signal } = listening;
    let pressed: readonly [number, number] | null = null;
    host.addEventListener(
      'pointerdown',
      (event) => {
        pressed = event.isPrimary && event.button === 0 ? [event.offsetX, event.offsetY] : null;
      },
      { signal },
    );
    host.addEventListener(
      'pointerup',
      ({ offsetX, offsetY }) => {
        const from = pressed;
        pressed = null;
        if (from === null || Math.hypot(offsetX - from[0], offsetY - from[1]) > CLICK) return;
        handlers.current.takeAt(offsetX, offsetY);
      },
      { signal },
    );
    if (live)
      host.addEventListener(
        'pointermove',
        ({ offsetX, offsetY, buttons }) =>
          setCandidate(buttons === 0 ? handlers.current.rowAt(offsetX, offsetY) : null),
        { signal },
      );
    host.addEventListener('pointerleave', () => setCandidate(null), { signal });
    host.classList.add('tool-in-hand');
    return () => {
      listening.abort();
      host.classList.remove('tool-in-hand');
    };
  }, [live]);

  return {
    candidate,
    takeMiddle() {
      const middle = viewer.current?.middle();
      if (middle !== undefined) takeAt(...middle);
    },
  };
}
