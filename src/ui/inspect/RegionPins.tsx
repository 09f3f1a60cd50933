/** A numbered pin on every region in the 3D view, and the close-up of the one that was chosen. */

import { useEffect, useRef } from 'react';
import type { DefectRegion } from '../../studio/regionState.ts';
import { useActiveScan } from '../useHeatmap.ts';
import { useCommands, useStudio } from '../useStudio.ts';
import { useViewer } from '../useViewer.ts';
import { useRegions } from './useRegions.ts';

/** More pins would cover the scan. */
const MOST_PINS = 12;
/** A close-up shows at least this share of the scan's radius. */
const LEAST_EXTENT = 0.12;

interface Props {
  readonly regions: readonly DefectRegion[];
  /** Whether a region has a pin; all have one when left out. */
  readonly pinned?: (at: number) => boolean;
  /** Whether a region was accepted as normal. */
  readonly accepted?: (region: DefectRegion) => boolean;
}

export function RegionPins({ regions, pinned, accepted }: Props) {
  const viewer = useViewer();
  const shown = useStudio((state) => state.regions.shown);
  const { showRegion } = useCommands();
  const layer = useRef<HTMLElement>(null);
  const first = regions.slice(0, MOST_PINS);
  useEffect(() => {
    const place = () => {
      for (const pin of layer.current?.children ?? []) {
        if (!(pin instanceof HTMLElement)) continue;
        const region = regions[Number(pin.dataset.region)];
        const spot = region === undefined ? null : viewer.current?.locate(region.centre, region.normal);
        if (spot == null) continue;
        pin.style.transform = `translate(${spot.x.toFixed(1)}px, ${spot.y.toFixed(1)}px)`;
        pin.classList.toggle('behind', !spot.facing);
      }
    };
    place();
    return viewer.current?.onDraw(place);
  });
  return (
    <section className="pins" ref={layer} aria-label="Pins of the defect regions">
      {first.map((region, at) =>
        pinned === undefined || pinned(at) ? (
          <button
            key={region.peak}
            type="button"
            className={accepted?.(region) === true ? 'pin accepted' : 'pin'}
            data-region={at}
            aria-label={`Pin of region ${at + 1}`}
            aria-pressed={at === shown}
            onClick={() => showRegion(at)}
          >
            {at + 1}
          </button>
        ) : null,
      )}
    </section>
  );
}

/** Goes to the region that was chosen. */
export function useCloseUp(): void {
  const viewer = useViewer();
  const found = useRegions();
  const shown = useStudio((state) => state.regions.shown);
  const radius = useActiveScan()?.radius ?? 1;
  useEffect(() => {
    const region = shown === null ? undefined : found?.regions[shown];
    if (region === undefined) return;
    viewer.current?.closeUp(region.centre, region.normal, Math.max(region.extent, LEAST_EXTENT * radius));
  }, [viewer, found, shown, radius]);
}
