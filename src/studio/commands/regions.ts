/** Commands for defect regions: find them at the threshold, walk through them, restore, arrows. */

import type { EngineClient } from '../../engine/client.ts';
import { rimOf } from '../boundaryState.ts';
import { acceptedPoints, isAccepted, withoutPoints } from '../judgement.ts';
import { type RegionState, regionsOf } from '../regionState.ts';
import { activeScan, heatmapScale } from '../state.ts';
import type { Context } from './context.ts';

export interface RegionCommands {
  /** Finds the regions of the scan in the viewport at the threshold in force, unless they are known. */
  findRegions(): Promise<void>;
  /** @param index null = none */
  showRegion(index: number | null): void;
  /** Those that were accepted are passed over. @param step +1 next, -1 previous; around at the ends */
  stepRegion(step: 1 | -1): void;
  /** @param share 0: as scanned, 1: as on a good part */
  setRestore(share: number): void;
  toggleArrows(): void;
}

/** Fewer points are noise; of a large scan a share of the points. */
function leastPoints(points: number): number {
  return Math.max(4, Math.round(points / 4000));
}

export function createRegionCommands(ctx: Context, client: () => EngineClient | null): RegionCommands {
  const state = () => ctx.state().regions;
  const update = (patch: Partial<RegionState>) => ctx.update({ regions: { ...state(), ...patch } });
  let asked = 0;

  return {
    async findRegions() {
      const scan = activeScan(ctx.state());
      const engine = client();
      const { threshold } = heatmapScale(ctx.state());
      const known = regionsOf(state(), scan?.id ?? null);
      if (scan === null || scan.cloud === null || scan.analysis === null || engine === null) return;
      const { score, offsets } = scan.analysis.map;
      const rim = rimOf(ctx.state().boundary, scan.cloud.id);
      const same = known?.threshold === threshold && known.rim === rim;
      if (same && known?.signed.length === score.length) return;
      const ask = ++asked;
      update({ finding: true });
      const { id, positions, normals } = scan.cloud;
      const outcome = await engine.call('findRegions', {
        points: { id, positions, normals },
        score: withoutPoints(score, rim),
        offsets,
        threshold,
        leastPoints: leastPoints(score.length),
      });
      // A later question is on its way: its answer counts.
      if (ask !== asked) return;
      if (outcome.ok)
        update({ found: { scanId: scan.id, threshold, rim, ...outcome.value }, finding: false, shown: null });
      else {
        update({ finding: false });
        if (outcome.error.kind !== 'cancelled')
          ctx.log('error', `Defect regions could not be found: ${outcome.error.message}`);
      }
    },
    showRegion: (shown) => update({ shown }),
    stepRegion(step) {
      const regions = regionsOf(state(), ctx.state().activeId)?.regions ?? [];
      const cloudId = activeScan(ctx.state())?.cloud?.id ?? '';
      const accepted = acceptedPoints(ctx.state().labels.scans.get(cloudId)?.set);
      const open = regions.flatMap((region, at) => (isAccepted(region, accepted) ? [] : [at]));
      if (open.length === 0) return;
      const { shown } = state();
      const further = shown === null ? open : open.filter((at) => (step === 1 ? at > shown : at < shown));
      // Around at the ends.
      const next = step === 1 ? (further[0] ?? open[0]) : (further.at(-1) ?? open.at(-1));
      update({ shown: next ?? null });
    },
    setRestore: (share) => update({ restore: Math.min(1, Math.max(0, share)) }),
    toggleArrows: () => update({ arrows: !state().arrows }),
  };
}
