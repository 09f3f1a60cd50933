/** Where a scan lies in the world of a view: alone it fills the unit sphere, beside another it lies like that. */

import { IDENTITY, type Pose, turnVector } from '../core/registration/pose.ts';
import { dot, type Plane } from '../core/sections.ts';
import type { Bounds } from './spacing.ts';

export interface Placement {
  /** Becomes the unit sphere; in the units that the pose leads to. */
  readonly bounds: Bounds;
  /** From the scan's positions to those of the scan it is beside. */
  readonly pose: Pose;
}

/**
 * `laid`: moved onto the other. `in-place`: both have the same coordinates. `middles`: moved so that the
 * middles meet, not turned. `own-size`: of quite another size, drawn as large as the other.
 */
export type BesideKind = 'laid' | 'in-place' | 'middles' | 'own-size';

/** Middles further apart, in radii of the larger scan, are no common coordinates. */
const COMMON = 0.5;
/** Beyond this ratio of sizes one of the two would be a speck. */
const COMPARABLE = 5;

/** @param pose that lays the second on the first, null where it is not known */
export function placeBeside(
  first: Bounds,
  second: Bounds,
  pose: Pose | null,
): { readonly kind: BesideKind; readonly placement: Placement } {
  if (pose !== null) return { kind: 'laid', placement: { bounds: first, pose } };
  const [small, large] = [first.radius, second.radius].sort((a, b) => a - b) as [number, number];
  if (large > COMPARABLE * small) return { kind: 'own-size', placement: { bounds: second, pose: IDENTITY } };
  const translation = [0, 1, 2].map((d) => first.centre[d]! - second.centre[d]!) as [number, number, number];
  if (Math.hypot(...translation) <= COMMON * large)
    return { kind: 'in-place', placement: { bounds: first, pose: IDENTITY } };
  return { kind: 'middles', placement: { bounds: first, pose: { ...IDENTITY, translation } } };
}

/** The same plane in the positions that the pose starts from. */
export function planeBefore({ rotation: r, translation }: Pose, { normal, offset }: Plane): Plane {
  const back = turnVector([r[0], r[3], r[6], r[1], r[4], r[7], r[2], r[5], r[8]], normal);
  return { normal: back, offset: offset - dot(normal, translation) };
}
