/** Commands for a second scan beside the one in the viewport. */

import type { EngineClient } from '../../engine/client.ts';
import { goodScanOf, sameSource, sampleOfGood, scanBeside } from '../compareState.ts';
import { neighbourScan } from '../scanList.ts';
import { activeScan, heatmapScale, type ScanOrigin } from '../state.ts';
import type { Context } from './context.ts';
import type { Queue } from './queue.ts';
import { newScan } from './scans.ts';

export interface CompareCommands {
  /** @param scanId null = the one in the viewport has the view for itself */
  compareWith(scanId: string | null): void;
  /** Beside the first of the good scans that it is judged by, which is opened if need be. */
  compareWithGood(): void;
  /** The two scans change places. */
  swapCompared(): void;
  /** Which way the offsets of the scan beside it point, unless that is known. */
  signBeside(): Promise<void>;
  /** Off; or on, beside its good scan or else another open one. */
  toggleCompare(): void;
}

export function createCompareCommands(
  ctx: Context,
  queue: Queue,
  client: () => EngineClient | null,
  showScan: (id: string) => void,
): CompareCommands {
  const compareWith = (scanId: string | null) => {
    ctx.update({ besideId: scanId });
    const scan = ctx.state().scans.find(({ id }) => id === scanId);
    if (scan === undefined) return;
    const { kind } = scan.status;
    const again = kind === 'released' || ((kind === 'failed' || kind === 'cancelled') && scan.cloud === null);
    if (again) ctx.updateScan(scan.id, { status: { kind: 'waiting' } });
    queue.pump();
  };

  const compareWithGood = () => {
    const state = ctx.state();
    const [scan, good] = [activeScan(state), goodScanOf(state)];
    if (scan === null || good === null) return;
    const open = state.scans.find(({ origin }) => sameSource(good.origin, origin));
    if (open !== undefined) {
      compareWith(open.id);
      return;
    }
    const origin = originOf(good.origin, good.name, scan.origin);
    if (origin === null) return;
    const added = newScan(ctx, good.name, origin, scan, false);
    ctx.update({ scans: [...ctx.state().scans, added] });
    compareWith(added.id);
  };

  return {
    compareWith,
    compareWithGood,
    swapCompared() {
      const { besideId } = ctx.state();
      if (besideId !== null) showScan(besideId);
    },
    async signBeside() {
      const scan = scanBeside(ctx.state());
      const engine = client();
      if (scan === null || scan.cloud === null || scan.analysis === null || engine === null) return;
      const { score, offsets } = scan.analysis.map;
      const known = ctx.state().regions.besideSigned;
      if (known?.scanId === scan.id && known.signed.length === score.length) return;
      const { id, positions, normals } = scan.cloud;
      const outcome = await engine.call('findRegions', {
        points: { id, positions, normals },
        score,
        offsets,
        threshold: heatmapScale(ctx.state()).threshold,
        leastPoints: score.length,
      });
      if (outcome.ok) {
        const { signed } = outcome.value;
        ctx.update({ regions: { ...ctx.state().regions, besideSigned: { scanId: scan.id, signed } } });
      } else if (outcome.error.kind !== 'cancelled')
        ctx.log(
          'error',
          `Bulges and dents of ${scan.name} could not be told apart: ${outcome.error.message}`,
        );
    },
    toggleCompare() {
      const { besideId, scans, activeId } = ctx.state();
      const other = neighbourScan(scans, activeId, 1) ?? neighbourScan(scans, activeId, -1);
      if (besideId !== null) compareWith(null);
      else if (goodScanOf(ctx.state()) !== null) compareWithGood();
      else if (activeId !== null && other !== null) compareWith(other.id);
      else ctx.log('info', 'Nothing to compare with: open a second scan, or give a good one');
    },
  };
}

/** @param checked origin of the scan that it is compared with */
function originOf(
  good: ScanOrigin | { readonly kind: 'bundled'; readonly file: string },
  name: string,
  checked: ScanOrigin,
): ScanOrigin | null {
  if (good.kind !== 'bundled') return good;
  if (checked.kind !== 'sample') return null;
  return { kind: 'sample', sample: sampleOfGood(name, good.file, checked.sample) };
}
