/** Which axis of a scan's file points up: drawing software and scanners disagree. */

export type UpAxis = '+x' | '-x' | '+y' | '-y' | '+z' | '-z';

/** The two that nearly all files have come first. */
export const UP_AXES: readonly UpAxis[] = ['+z', '+y', '-z', '-y', '+x', '-x'];

export function isUpAxis(value: unknown): value is UpAxis {
  return UP_AXES.some((axis) => axis === value);
}
