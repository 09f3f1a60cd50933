/** Bend: a protruding end of the part is bent aside, as a whole, both of its faces the same way. */

import { randomDirection } from '../rotation.ts';
import type { Vec3 } from '../types.ts';
import { type DefectEffect, type DefectSite, rowOf, tangential } from './types.ts';

/** Distance from the middle of an end to its tip, as a share of the reach, from which it is a tab or a rod. */
const SLENDER = 0.3;

/** Mean position of the patch, which lies behind its tip. */
function middle({ points, patch }: DefectSite): Vec3 {
  const sum: [number, number, number] = [0, 0, 0];
  for (const row of patch.rows) for (let d = 0; d < 3; d++) sum[d]! += points[3 * row + d]!;
  return [sum[0] / patch.rows.length, sum[1] / patch.rows.length, sum[2] / patch.rows.length];
}

export function bend(site: DefectSite): DefectEffect {
  const { points, normals, patch, height, random } = site;
  const tip = rowOf(points, patch.spine[0]!);
  const root = middle(site);
  const axis: Vec3 = [tip[0] - root[0], tip[1] - root[1], tip[2] - root[2]];
  const slender = Math.sqrt(axis[0] ** 2 + axis[1] ** 2 + axis[2] ** 2) > SLENDER * patch.reach;
  // A blunt end moved sideways would look as before; it lifts along its normal instead.
  const along = tangential(axis, [0, 0, 0]);
  const towards = slender ? tangential(randomDirection(random), along) : rowOf(normals, patch.spine[0]!);
  const shift = new Float64Array(3 * patch.rows.length);
  patch.rows.forEach((_, i) => {
    const by = height * (1 - patch.distance[i]! / patch.reach) ** 2;
    for (let d = 0; d < 3; d++) shift[3 * i + d] = by * towards[d]!;
  });
  return { shift, removed: null };
}
