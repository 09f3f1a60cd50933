/** What the families of pseudo-defects agree on: the site they are given and the change they return. */

import type { RandomStream } from '../random.ts';
import type { Vec3 } from '../types.ts';
import type { GrownPatch } from './grow.ts';

export const DEFECT_FAMILIES = [
  'bulge',
  'dent',
  'ridge',
  'trench',
  'flatSpot',
  'shear',
  'ripple',
  'dimples',
  'scratch',
  'crack',
  'hole',
  'missingPiece',
  'bend',
] as const;

export type DefectFamily = (typeof DEFECT_FAMILIES)[number];

/** Where a defect goes: a patch of a good surface that no other defect has. */
export interface DefectSite {
  /** [3N] model units, the whole good cloud. */
  readonly points: Float32Array;
  /** [3N] unit normals. */
  readonly normals: Float32Array;
  readonly patch: GrownPatch;
  /** Largest displacement, model units. */
  readonly height: number;
  /** For whatever else is random about this defect. */
  readonly random: RandomStream;
}

/** What a defect does to the rows of its patch. */
export interface DefectEffect {
  /** [3 rows] model units. */
  readonly shift: Float64Array;
  /** [rows] 1: no longer there. Null: all stay. */
  readonly removed: Uint8Array | null;
}

/** How a patch is grown: around a point, along a line, or from a protruding end of the part. */
export type Growth =
  | { readonly kind: 'disc' }
  | { readonly kind: 'tip' }
  /** `stretch`: how many times larger a disc as long as the line would be. */
  | { readonly kind: 'line'; readonly stretch: readonly [number, number] };

export interface DefectShape {
  readonly growth: Growth;
  /** Part of the config's range of sizes that this family uses, 0 to 1. */
  readonly sizes: readonly [number, number];
  readonly apply: (site: DefectSite) => DefectEffect;
}

/** Row of a [3N] array. */
export function rowOf(values: ArrayLike<number>, row: number): Vec3 {
  return [values[3 * row]!, values[3 * row + 1]!, values[3 * row + 2]!];
}

/** 1 at 0, level at both ends, 0 from 1 on. */
export const bump = (t: number): number => (t >= 1 ? 0 : 0.5 + 0.5 * Math.cos(Math.PI * t));

/** A displacement of every row along its own normal. @param amount of the i-th row of the patch, model units */
export function alongNormals(
  { normals, patch }: DefectSite,
  amount: (i: number, t: number) => number,
): DefectEffect {
  const shift = new Float64Array(3 * patch.rows.length);
  patch.rows.forEach((row, i) => {
    const by = amount(i, patch.distance[i]! / patch.reach);
    for (let d = 0; d < 3; d++) shift[3 * i + d] = by * normals[3 * row + d]!;
  });
  return { shift, removed: null };
}

/** Unit vector along `v` without its part along the unit vector `n`; zero when nothing is left. */
export function tangential(v: Vec3, n: Vec3): Vec3 {
  const along = v[0] * n[0] + v[1] * n[1] + v[2] * n[2];
  const rest: Vec3 = [v[0] - along * n[0], v[1] - along * n[1], v[2] - along * n[2]];
  const length = Math.sqrt(rest[0] ** 2 + rest[1] ** 2 + rest[2] ** 2);
  return length > 1e-12 ? [rest[0] / length, rest[1] / length, rest[2] / length] : [0, 0, 0];
}
