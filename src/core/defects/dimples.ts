/** Dimples: several small pits in one patch. */

import { alongNormals, bump, type DefectEffect, type DefectSite } from './types.ts';

export function dimples(site: DefectSite): DefectEffect {
  const { points, patch, height, random } = site;
  const count = 3 + random.below(5);
  const pits = Array.from({ length: count }, () => ({
    // Well inside the patch, so that a pit ends before the patch does.
    row: patch.rows[random.below(Math.ceil(0.6 * patch.rows.length))]!,
    radius: random.range(0.2, 0.4) * patch.reach,
  }));
  return alongNormals(site, (i) => {
    const row = patch.rows[i]!;
    const depths = pits.map((pit) => {
      const [dx, dy, dz] = [0, 1, 2].map((d) => points[3 * row + d]! - points[3 * pit.row + d]!);
      return bump(Math.sqrt(dx! * dx! + dy! * dy! + dz! * dz!) / pit.radius);
    });
    return -height * Math.max(...depths);
  });
}
