/** Ripple: waves over the patch, as chatter of a tool or a buckled sheet leaves them. */

import { randomDirection } from '../rotation.ts';
import { alongNormals, bump, type DefectEffect, type DefectSite, rowOf, tangential } from './types.ts';

export function ripple(site: DefectSite): DefectEffect {
  const { points, normals, patch, height, random } = site;
  const centre = rowOf(points, patch.spine[0]!);
  const along = tangential(randomDirection(random), rowOf(normals, patch.spine[0]!));
  const wavelength = random.range(0.5, 1) * patch.reach;
  const phase = random.range(0, 2 * Math.PI);
  return alongNormals(site, (i, t) => {
    const row = patch.rows[i]!;
    const s = along.reduce((sum, a, d) => sum + a * (points[3 * row + d]! - centre[d]!), 0);
    return height * Math.sin((2 * Math.PI * s) / wavelength + phase) * Math.sqrt(bump(t));
  });
}
