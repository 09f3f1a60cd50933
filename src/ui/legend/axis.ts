/** Geometry of the legend: scores to pixels and back, bars, gradient stops. */

import { COLOUR_TABLE_SIZE, type ColourMapShape, cssColour } from '../../core/colourMaps.ts';
import type { Histogram } from '../../studio/histogram.ts';

/** A horizontal axis from `min` to `max` model units over `width` pixels. */
export interface Axis {
  /** 0, or `-max` for values with a sign. */
  readonly min: number;
  readonly max: number;
  readonly width: number;
}

export function toPixels(axis: Axis, value: number): number {
  const { min, max, width } = axis;
  return ((Math.min(max, Math.max(min, value)) - min) / (max - min)) * width;
}

export function toValue(axis: Axis, pixels: number): number {
  const { min, max, width } = axis;
  return min + (Math.min(width, Math.max(0, pixels)) / width) * (max - min);
}

/** Height of a bar on a logarithmic scale, 0..1: one point must be seen beside ten thousand. */
export function logHeight(count: number, highest: number): number {
  return count === 0 ? 0 : Math.log10(1 + count) / Math.log10(1 + Math.max(1, highest));
}

/** Height of a line of small text, pixels. */
const LINE = 13;

/** @returns powers of ten below the highest bar, so far apart that their labels do not touch */
export function countTicks(highest: number, height: number): number[] {
  const decades = Math.log10(1 + highest);
  const step = Math.max(1, Math.ceil((LINE * decades) / height));
  const count = Math.ceil(Math.log10(Math.max(1, highest)) / step);
  return Array.from({ length: count }, (_, i) => 10 ** (i * step));
}

/** @returns SVG path of the bars, closed, baseline at `height` */
export function barsPath({ counts }: Histogram, width: number, height: number, highest: number): string {
  const step = width / counts.length;
  const parts: string[] = [];
  counts.forEach((count, i) => {
    if (count === 0) return;
    const top = (height * (1 - logHeight(count, highest))).toFixed(1);
    parts.push(`M${(i * step).toFixed(2)} ${height}V${top}H${((i + 1) * step).toFixed(2)}V${height}Z`);
  });
  return parts.join('');
}

export interface Stop {
  readonly offset: number;
  readonly colour: string;
}

/** Stops of an SVG gradient that looks like the map; a stepped map gets two stops at every edge. */
export function gradientStops(table: Uint8Array, { steps, edges }: ColourMapShape): Stop[] {
  if (edges !== undefined)
    return edges.slice(1).flatMap((end, i) => {
      const colour = cssColour(table, (edges[i]! + end) / 2);
      return [
        { offset: edges[i]!, colour },
        { offset: end, colour },
      ];
    });
  if (steps === null)
    return Array.from({ length: 33 }, (_, i) => ({ offset: i / 32, colour: cssColour(table, i / 32) }));
  return Array.from({ length: steps }, (_, i) => {
    const colour = cssColour(table, (i + 0.5) / steps);
    return [
      { offset: i / steps, colour },
      { offset: (i + 1) / steps, colour },
    ];
  }).flat();
}

/** @returns the colours of the map for a CSS gradient, without its direction */
export function cssStops(table: Uint8Array, map: ColourMapShape): string {
  return gradientStops(table, map)
    .map((stop) => `${stop.colour} ${(100 * stop.offset).toFixed(2)}%`)
    .join(', ');
}

/** Bars of the histogram: fine enough to see a second hump, wide enough to see at all. */
export const BINS = COLOUR_TABLE_SIZE / 2;
