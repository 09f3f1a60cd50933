/** A handle on the legend's axis: dragged with the mouse, moved with the arrow keys. */

import { type KeyboardEvent, type PointerEvent, useRef } from 'react';
import { type Axis, toPixels, toValue } from './axis.ts';

interface Props {
  readonly kind: 'threshold' | 'range';
  readonly label: string;
  readonly axis: Axis;
  /** Model units. */
  readonly value: number;
  /** The value with its unit, read aloud and shown while dragging. */
  readonly text: string;
  readonly onChange: (value: number) => void;
}

/** Part of the axis per key press; ten times as much with Page keys. */
const STEP = 0.01;

/** @returns where a key moves a value on an axis from 0 to `max`; null for a key that moves nothing */
export function keyTarget(key: string, value: number, max: number): number | null {
  const step = STEP * max;
  switch (key) {
    case 'ArrowLeft':
    case 'ArrowDown':
      return value - step;
    case 'ArrowRight':
    case 'ArrowUp':
      return value + step;
    case 'PageDown':
      return value - 10 * step;
    case 'PageUp':
      return value + 10 * step;
    case 'Home':
      return 0;
    case 'End':
      return max;
    default:
      return null;
  }
}

export function Handle({ kind, label, axis, value, text, onChange }: Props) {
  /** Where the handle was gripped: it must not jump under the finger. */
  const grip = useRef(0);
  const left = toPixels(axis, value);

  const onPointerDown = (event: PointerEvent<HTMLDivElement>) => {
    event.currentTarget.setPointerCapture(event.pointerId);
    event.currentTarget.focus();
    grip.current = event.clientX - left;
  };
  const onPointerMove = (event: PointerEvent<HTMLDivElement>) => {
    if (!event.currentTarget.hasPointerCapture(event.pointerId)) return;
    onChange(toValue(axis, event.clientX - grip.current));
  };
  const onKeyDown = (event: KeyboardEvent<HTMLDivElement>) => {
    const target = event.shiftKey ? null : keyTarget(event.key, value, axis.max);
    if (target === null) return;
    event.preventDefault();
    onChange(Math.min(axis.max, Math.max(0, target)));
  };

  return (
    <div
      className={`handle handle-${kind}`}
      role="slider"
      tabIndex={0}
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={axis.max}
      aria-valuenow={value}
      aria-valuetext={text}
      aria-orientation="horizontal"
      style={{ transform: `translateX(${left}px)` }}
      onPointerDown={onPointerDown}
      onPointerMove={onPointerMove}
      onKeyDown={onKeyDown}
    >
      <span className="grip" />
      <span className="handle-text">{text}</span>
    </div>
  );
}
