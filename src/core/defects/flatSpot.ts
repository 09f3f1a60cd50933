/** Flat spot: the surface ground off down to a plane below the patch's centre. */

import { type DefectEffect, type DefectSite, rowOf } from './types.ts';

/** Share of the patch, at its rim, over which the cut runs out. */
const RUN_OUT = 0.2;

export function flatSpot({ points, normals, patch, height }: DefectSite): DefectEffect {
  const centre = rowOf(points, patch.spine[0]!);
  const normal = rowOf(normals, patch.spine[0]!);
  const shift = new Float64Array(3 * patch.rows.length);
  patch.rows.forEach((row, i) => {
    const above = normal.reduce((sum, n, d) => sum + n * (points[3 * row + d]! - centre[d]!), height);
    const t = patch.distance[i]! / patch.reach;
    const fade = Math.min(1, (1 - t) / RUN_OUT);
    // Hollow patches stand higher at the rim than at the centre; no point goes deeper than the height.
    const by = -Math.min(height, Math.max(0, above)) * fade;
    for (let d = 0; d < 3; d++) shift[3 * i + d] = by * normal[d]!;
  });
  return { shift, removed: null };
}
