/** Bulge and dent: the surface pushed out or in around a point, pointed to plateau-like. */

import { alongNormals, bump, type DefectEffect, type DefectSite } from './types.ts';

function pushed(site: DefectSite, sign: 1 | -1): DefectEffect {
  const steepness = site.random.range(0.5, 2);
  return alongNormals(site, (_, t) => sign * site.height * bump(t) ** steepness);
}

export const bulge = (site: DefectSite): DefectEffect => pushed(site, 1);
export const dent = (site: DefectSite): DefectEffect => pushed(site, -1);
