/** Distances and angles between picked points. */

import { dot, unit } from './sections.ts';
import type { Vec3 } from './types.ts';

export function between(from: Vec3, to: Vec3): Vec3 {
  return [to[0] - from[0], to[1] - from[1], to[2] - from[2]];
}

export function distance(a: Vec3, b: Vec3): number {
  return Math.hypot(...between(a, b));
}

/** @returns degrees at `corner` between the ways to a and b; NaN when one of them is the corner itself */
export function angleAt(corner: Vec3, a: Vec3, b: Vec3): number {
  const first = unit(between(corner, a));
  const second = unit(between(corner, b));
  if (first === null || second === null) return Number.NaN;
  return (Math.acos(Math.min(1, Math.max(-1, dot(first, second)))) * 180) / Math.PI;
}

/** Lengths of a scale bar are 1, 2 or 5 times a power of ten. @returns the longest that is at most `most` */
export function roundLength(most: number): number {
  const power = 10 ** Math.floor(Math.log10(most));
  const step = [5, 2, 1].find((candidate) => candidate * power <= most * (1 + 1e-9)) ?? 1;
  return step * power;
}
