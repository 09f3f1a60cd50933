/**
 * Missing piece: a protruding end of the part has broken off. Some of its points come back as the fracture:
 * a rough plane where the end began; the rest is gone. The rim gives way towards the break.
 */

import type { Vec3 } from '../types.ts';
import { type DefectEffect, type DefectSite, rowOf } from './types.ts';

/** Share of the patch's reach that breaks off. */
const BROKEN = 0.8;

/** Mean of the points where the break runs, and the unit direction from there to the tip. */
function fracture({ points, patch }: DefectSite): { readonly at: Vec3; readonly outward: Vec3 } {
  const at: [number, number, number] = [0, 0, 0];
  let count = 0;
  patch.rows.forEach((row, i) => {
    if (patch.distance[i]! < BROKEN * patch.reach) return;
    count++;
    for (let d = 0; d < 3; d++) at[d]! += points[3 * row + d]!;
  });
  for (let d = 0; d < 3; d++) at[d]! /= count;
  const tip = rowOf(points, patch.spine[0]!);
  const axis: Vec3 = [tip[0] - at[0], tip[1] - at[1], tip[2] - at[2]];
  const length = Math.sqrt(axis[0] ** 2 + axis[1] ** 2 + axis[2] ** 2);
  return { at, outward: length > 0 ? [axis[0] / length, axis[1] / length, axis[2] / length] : [0, 0, 1] };
}

export function missingPiece(site: DefectSite): DefectEffect {
  const { points, patch, height, random } = site;
  const { at, outward } = fracture(site);
  const scanned = random.range(0, 0.8);
  const removed = new Uint8Array(patch.rows.length);
  const shift = new Float64Array(3 * patch.rows.length);
  patch.rows.forEach((row, i) => {
    const t = patch.distance[i]! / patch.reach;
    const above = outward.reduce((sum, o, d) => sum + o * (points[3 * row + d]! - at[d]!), 0);
    let by: number;
    if (t < BROKEN) {
      const rough = 0.1 * height * random.range(-1, 1);
      by = -above + rough;
      // A deeper break shows no surface that these points could be on.
      if (random.uniform() >= scanned || Math.abs(by) > height) {
        removed[i] = 1;
        return;
      }
    } else by = (-0.3 * height * (1 - t)) / (1 - BROKEN);
    for (let d = 0; d < 3; d++) shift[3 * i + d] = by * outward[d]!;
  });
  return { shift, removed };
}
