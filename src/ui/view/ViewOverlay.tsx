/** Tools for looking closely, over the 3D view: sections with their profile, measuring. */

import { MeasureOverlay } from './MeasureOverlay.tsx';
import { ProfilePanel } from './ProfilePanel.tsx';
import { useSections } from './useSections.ts';

export function ViewOverlay() {
  useSections();
  return (
    <>
      <MeasureOverlay />
      <ProfilePanel />
    </>
  );
}
