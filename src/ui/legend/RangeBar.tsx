/** The strip between the ends of the colour scale: takes both along, with the mouse and with the arrow keys. */

import { type KeyboardEvent, type PointerEvent, useRef } from 'react';
import type { ScoreRange } from '../../studio/heatmapScale.ts';
import { type Axis, toPixels } from './axis.ts';
import { keyTarget } from './Handle.tsx';

interface Props {
  readonly axis: Axis;
  /** Model units. */
  readonly range: ScoreRange;
  /** Both ends with their unit, read aloud. */
  readonly text: string;
  readonly onChange: (range: ScoreRange) => void;
}

export function RangeBar({ axis, range, text, onChange }: Props) {
  /** Where it was gripped: pointer and range at that moment. */
  const grip = useRef<{ readonly x: number; readonly range: ScoreRange } | null>(null);
  const { low, high } = range;
  const left = toPixels(axis, low);
  const width = high - low;
  const moveTo = (from: number) => {
    const start = Math.min(axis.max - width, Math.max(0, from));
    if (start >= 0) onChange({ low: start, high: start + width });
  };
  const onPointerDown = (event: PointerEvent<HTMLDivElement>) => {
    event.currentTarget.setPointerCapture(event.pointerId);
    event.currentTarget.focus();
    grip.current = { x: event.clientX, range };
  };
  const onPointerMove = (event: PointerEvent<HTMLDivElement>) => {
    if (grip.current === null || !event.currentTarget.hasPointerCapture(event.pointerId)) return;
    const perPixel = (axis.max - axis.min) / axis.width;
    moveTo(grip.current.range.low + (event.clientX - grip.current.x) * perPixel);
  };
  const onKeyDown = (event: KeyboardEvent<HTMLDivElement>) => {
    const target = event.shiftKey ? null : keyTarget(event.key, low, axis.max);
    if (target === null) return;
    event.preventDefault();
    moveTo(target);
  };
  return (
    <div
      className="range-bar"
      role="slider"
      tabIndex={0}
      aria-label="Range of the colours, both ends"
      aria-valuemin={0}
      aria-valuemax={axis.max - width}
      aria-valuenow={low}
      aria-valuetext={text}
      aria-orientation="horizontal"
      style={{ left: `${left}px`, width: `${Math.max(0, toPixels(axis, high) - left)}px` }}
      onPointerDown={onPointerDown}
      onPointerMove={onPointerMove}
      onKeyDown={onKeyDown}
    />
  );
}
