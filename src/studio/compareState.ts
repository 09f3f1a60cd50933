/** A second scan beside the one in the viewport: which, and how it has to lie. */

import { invertPose, type Pose, thenMove } from '../core/registration/pose.ts';
import type { Alignment } from '../engine/protocol.ts';
import type { SampleEntry } from './catalogue.ts';
import { type GoodScan, goodSetOf } from './referenceState.ts';
import { activeScan, type Scan, type ScanOrigin, type StudioState } from './state.ts';

/** The scan that is shown beside the one in the viewport; null for none. */
export function scanBeside({ mode, besideId, scans, activeId }: StudioState): Scan | null {
  if (mode !== 'inspect' || besideId === activeId || activeId === null) return null;
  return scans.find(({ id }) => id === besideId) ?? null;
}

function lies(alignment: Alignment | null | undefined): alignment is Alignment {
  return alignment?.verdict === 'aligned' || alignment?.verdict === 'doubtful';
}

/**
 * How the second scan has to be moved to lie like the first, where both were laid on the same good scans.
 * @returns null where that is not known
 */
export function poseBeside(first: Scan, second: Scan): Pose | null {
  const [a, b] = [first.analysis, second.analysis];
  if (a === null || b === null || a.map.modelHash !== b.map.modelHash) return null;
  if (!lies(a.alignment) || !lies(b.alignment)) return null;
  return thenMove(b.alignment.pose, invertPose(a.alignment.pose));
}

/** Whether it will be known how the second lies on the first: until then it would be drawn where it was scanned. */
export function poseToCome(first: Scan, { analysis, status }: Scan): boolean {
  const { kind } = status;
  return analysis === null && (kind === 'waiting' || kind === 'working') && lies(first.analysis?.alignment);
}

/** The good scan that a scan to check is held beside: the first of those it is judged by. */
export function goodScanOf(state: StudioState): GoodScan | null {
  const scan = activeScan(state);
  if (scan === null) return null;
  return goodSetOf(state, scan)?.good.find((good) => !sameSource(good.origin, scan.origin)) ?? null;
}

/** Whether a good scan and an open one are the same file. */
export function sameSource(good: GoodScan['origin'], open: ScanOrigin): boolean {
  if (good.kind === 'file')
    return open.kind === 'file' && good.file === open.file && good.packed === open.packed;
  const file = good.kind === 'sample' ? good.sample.file : good.file;
  return open.kind === 'sample' && open.sample.file === file;
}

/** A good scan that comes with a sample's part, as an entry that can be opened like the others. */
export function sampleOfGood(name: string, file: string, like: SampleEntry): SampleEntry {
  const { part, unit } = like;
  return { id: file, file, title: name, part, kind: 'good', defect: null, thumbnail: null, points: 0, unit };
}
