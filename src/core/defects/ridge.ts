/** Ridge, trench and scratch: a raised or sunk line over the surface; a scratch is narrow, with steep flanks. */

import { alongNormals, bump, type DefectEffect, type DefectSite } from './types.ts';

export const ridge = (site: DefectSite): DefectEffect => alongNormals(site, (_, t) => site.height * bump(t));
export const trench = (site: DefectSite): DefectEffect =>
  alongNormals(site, (_, t) => -site.height * bump(t));
export const scratch = (site: DefectSite): DefectEffect =>
  alongNormals(site, (_, t) => -site.height * (1 - t * t));
