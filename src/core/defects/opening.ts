/**
 * Hole and crack: material is gone along a point or a line, and what lay there was pushed to the rim. The rim
 * points carry the target: back along the surface towards the opening, and out of or into it where the rim
 * stands up as a burr or is sunk.
 */

import type { Vec3 } from '../types.ts';
import { type DefectEffect, type DefectSite, rowOf, tangential } from './types.ts';

/** Spine row nearest in space to a row of the patch. */
function nearestSpine(points: Float32Array, spine: Uint32Array, row: number): Vec3 {
  let nearest = rowOf(points, spine[0]!);
  let least = Infinity;
  for (const candidate of spine) {
    const p = rowOf(points, candidate);
    const distance = p.reduce((sum, v, d) => sum + (v - points[3 * row + d]!) ** 2, 0);
    if (distance < least) [nearest, least] = [p, distance];
  }
  return nearest;
}

/**
 * @param open share of the patch's reach that is gone
 * @param tilt angle of the rim's displacement out of the surface, radians; 0: within it
 */
function opened(site: DefectSite, open: number, tilt: number): DefectEffect {
  const { points, normals, patch, height } = site;
  const removed = new Uint8Array(patch.rows.length);
  const shift = new Float64Array(3 * patch.rows.length);
  patch.rows.forEach((row, i) => {
    const t = patch.distance[i]! / patch.reach;
    if (t < open) {
      removed[i] = 1;
      return;
    }
    const by = height * ((1 - t) / (1 - open)) ** 1.5;
    const normal = rowOf(normals, row);
    const from = nearestSpine(points, patch.spine, row);
    const p = rowOf(points, row);
    const away = tangential([p[0] - from[0], p[1] - from[1], p[2] - from[2]], normal);
    for (let d = 0; d < 3; d++)
      shift[3 * i + d] = by * (Math.cos(tilt) * away[d]! + Math.sin(tilt) * normal[d]!);
  });
  return { shift, removed };
}

/** Half of the rims are clean, half have a burr or are sunk. */
const rimTilt = ({ random }: DefectSite): number => (random.below(2) === 0 ? 0 : random.range(-1, 1));

/** Blind holes have a floor: the material is still there, deeper down, below an upright wall. */
function blind(site: DefectSite, open: number): DefectEffect {
  const { normals, patch, height } = site;
  const shift = new Float64Array(3 * patch.rows.length);
  patch.rows.forEach((row, i) => {
    const t = patch.distance[i]! / patch.reach;
    const by = t < open ? -height : -0.5 * height * ((1 - t) / (1 - open)) ** 2;
    for (let d = 0; d < 3; d++) shift[3 * i + d] = by * normals[3 * row + d]!;
  });
  return { shift, removed: null };
}

export function hole(site: DefectSite): DefectEffect {
  const open = site.random.range(0.5, 0.75);
  const through = site.random.uniform() < 0.65;
  return through ? opened(site, open, rimTilt(site)) : blind(site, open);
}

export function crack(site: DefectSite): DefectEffect {
  return opened(site, site.random.range(0.25, 0.5), rimTilt(site));
}
