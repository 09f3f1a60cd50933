/** Share mode over the 3D view: the scan is cut as it will be in what is shared. */

import { useSectionPlanes } from '../view/useSections.ts';

export function ShareOverlay() {
  useSectionPlanes();
  return null;
}
