/** Shear: the two sides of a line through the patch have slid past each other, one up and one down. */

import { randomDirection } from '../rotation.ts';
import { alongNormals, bump, type DefectEffect, type DefectSite, rowOf, tangential } from './types.ts';

/** Width of the transition, as a share of the patch's reach. */
const TRANSITION = 0.15;

export function shear(site: DefectSite): DefectEffect {
  const { points, normals, patch, height, random } = site;
  const centre = rowOf(points, patch.spine[0]!);
  const across = tangential(randomDirection(random), rowOf(normals, patch.spine[0]!));
  return alongNormals(site, (i, t) => {
    const row = patch.rows[i]!;
    const s = across.reduce((sum, a, d) => sum + a * (points[3 * row + d]! - centre[d]!), 0);
    return height * Math.tanh(s / (TRANSITION * patch.reach)) * Math.sqrt(bump(t));
  });
}
