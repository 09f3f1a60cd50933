/** What the page keeps in memory of open scans: those looked at last, up to a budget. */

import { type Scan, type StudioState, scanBytes } from '../state.ts';
import type { Context } from './context.ts';

/**
 * Clouds and results of scans that are not on screen. A queue of hundreds goes through with a fraction of what a
 * tab may have, and going back and forth between the last few scans reads nothing again.
 */
const BUDGET = 400e6;

export class ScanMemory {
  /** Latest last. */
  private readonly looked = new Set<string>();

  /** Notes what is looked at now. */
  touch({ activeId }: StudioState): void {
    if (activeId === null) return;
    this.looked.delete(activeId);
    this.looked.add(activeId);
  }

  /** Lets go of what does not fit: first what nobody looked at, then what was looked at longest ago. */
  release(ctx: Context, budget = BUDGET): void {
    const state = ctx.state();
    this.touch(state);
    const recency = new Map([...this.looked].map((id, at) => [id, at]));
    const candidates = state.scans
      .filter((scan) => mayGo(state, scan))
      .map((scan) => ({ scan, bytes: scanBytes(scan), at: recency.get(scan.id) ?? -1 }))
      .sort((a, b) => a.at - b.at);
    let total = candidates.reduce((sum, { bytes }) => sum + bytes, 0);
    const gone = new Set<string>();
    for (const { scan, bytes } of candidates) {
      if (total <= budget) break;
      total -= bytes;
      gone.add(scan.id);
    }
    if (gone.size > 0)
      ctx.update({ scans: ctx.state().scans.map((scan) => (gone.has(scan.id) ? released(scan) : scan)) });
    for (const id of this.looked) if (!state.scans.some((scan) => scan.id === id)) this.looked.delete(id);
  }
}

function mayGo({ activeId, wantedId, besideId, mode }: StudioState, scan: Scan): boolean {
  if (scan.cloud === null || [activeId, wantedId, besideId].includes(scan.id)) return false;
  const { kind } = scan.status;
  if (kind === 'waiting' || kind === 'working') return false;
  // Train mode draws its pseudo-defects on what was read for it.
  return kind !== 'shown' || mode !== 'train';
}

/** What is shown of it in the list stays; a scan without its data is read again when it is looked at. */
function released(scan: Scan): Scan {
  const { kind } = scan.status;
  const status = kind === 'scored' || kind === 'shown' ? ({ kind: 'released' } as const) : scan.status;
  return { ...scan, status, cloud: null, analysis: null };
}
