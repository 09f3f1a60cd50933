/** The profile that is shown: points of the slab around a section of the scan in the viewport. */

import { useDeferredValue, useMemo } from 'react';
import { type Profile, profileOf } from '../../core/sections.ts';
import type { PointCloud } from '../../core/types.ts';
import { planeOf, type SectionId } from '../../studio/viewToolState.ts';
import { useActiveScan } from '../useHeatmap.ts';
import { useStudio } from '../useStudio.ts';
import { useBox } from './useBox.ts';

/** More points than this are not told apart at the size of the panel. */
const MOST = 40_000;

export interface ShownProfile {
  readonly id: SectionId;
  readonly cloud: PointCloud;
  readonly profile: Profile;
  /** Source units. */
  readonly thickness: number;
  /** The same without thinning, for files. */
  whole(): Profile;
}

export function useProfile(): ShownProfile | null {
  const cloud = useActiveScan()?.cloud ?? null;
  const radius = useActiveScan()?.radius ?? 1;
  const box = useBox();
  const id = useStudio((state) => state.viewTools.profile);
  const section = useStudio((state) => (id === null ? null : state.viewTools.sections[id]));
  const share = useStudio((state) => state.viewTools.thickness);
  // A slider that is dragged does not wait for the points.
  const settled = useDeferredValue(section);
  const thickness = useDeferredValue(share) * radius;
  return useMemo(() => {
    if (id === null || cloud === null || box === null || settled === null) return null;
    const plane = planeOf(settled, box);
    return {
      id,
      cloud,
      thickness,
      profile: profileOf(cloud.positions, plane, thickness, MOST),
      whole: () => profileOf(cloud.positions, plane, thickness),
    };
  }, [id, cloud, box, settled, thickness]);
}
