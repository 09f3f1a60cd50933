/** Commands for the list of scans: open, choose, retry, remove. */

import { toErrorValue } from '../../core/errors.ts';
import { scaleCloud } from '../../core/scaleCloud.ts';
import type { MeshUse } from '../../engine/protocol.ts';
import { type ArchivedScan, scansIn } from '../archives.ts';
import { isArchive, looksLikeScan } from '../formats.ts';
import { VERTICES, whereMesh } from '../meshChoice.ts';
import { knownPlacing, type Placing, placingKey, UNPLACED, withPlacing } from '../placing.ts';
import { listedScans, neighbourScan, stepInList } from '../scanList.ts';
import type { ScanListState } from '../scanListState.ts';
import { activeScan, type Scan, type ScanOrigin } from '../state.ts';
import type { Context } from './context.ts';
import type { PlacedFile } from './evaluation.ts';
import type { Queue } from './queue.ts';
import { judgedAgain } from './references.ts';
import { giveRole } from './trainingStore.ts';

export interface ScanCommands {
  /** Puts files into the queue; the first one is shown as soon as it is read. */
  openFiles(files: readonly File[]): void;
  /** Like `openFiles` for a whole folder: files that are no scans are passed over with a line in the log. */
  openFolder(files: readonly PlacedFile[]): void;
  /** Opens a bundled sample, or shows it again when it is open. @returns false for an unknown id */
  openSample(id: string): boolean;
  showScan(id: string): void;
  /** @param step +1 next, -1 previous in the list as it is ordered and filtered */
  stepScan(step: 1 | -1): void;
  /** How the scans are listed. */
  setScanList(patch: Partial<ScanListState>): void;
  /** Stops the scan under way and all that wait; they stay in the list. */
  stopQueue(): void;
  /** What was stopped waits again. */
  goOnWithQueue(): void;
  retryScan(id: string): void;
  removeScan(id: string): void;
  /**
   * In which unit a scan is, and which axis points up. Remembered for its folder, and by its format for a file
   * that came alone; scans of that folder follow, and open ones of which the same was to be asked.
   */
  placeScan(scanId: string, placing: Partial<Placing>): void;
  /** Shows the scan so, and goes on asking: `placeScan` is the answer. */
  tryPlacing(scanId: string, placing: Partial<Placing>): void;
  /**
   * A mesh as its vertices or as points of its surface: reads the scan again and judges it again; not while it is
   * being read. Meshes that are opened next are used in the same way.
   */
  useMesh(scanId: string, mesh: MeshUse): void;
  /** The scan is in another unit than its good scans: multiplies its coordinates and judges it again. */
  scaleScan(scanId: string, factor: number): void;
}

/** So many files at once are a queue, which the list of scans is opened for. */
const A_QUEUE = 5;

/** Makes a scan the one in the viewport. */
export function activate(ctx: Context, scan: Scan): void {
  const { activeId, besideId, samples } = ctx.state();
  // The one beside it comes into its place: the two change sides.
  const beside = besideId === scan.id ? activeId : besideId;
  ctx.update({ activeId: scan.id, wantedId: null, besideId: beside });
  const sample = scan.origin.kind === 'sample' ? scan.origin.sample.id : null;
  // Good scans that samples are compared with have no entry that a link could name.
  const listed = samples?.entries.some(({ id }) => id === sample) ?? false;
  ctx.services.location.showSample(listed ? sample : null);
}

export function createScanCommands(ctx: Context, queue: Queue): ScanCommands {
  const openAll = (files: readonly ArchivedScan[]) => {
    const added = files.map(({ file, ...rest }) => {
      const origin: ScanOrigin = { kind: 'file', file, ...rest };
      const known = knownPlacing(ctx.state().placings, origin);
      return newScan(ctx, file.name, origin, known ?? UNPLACED, known === null);
    });
    const { scans, mode, panels } = ctx.state();
    ctx.update({ scans: [...scans, ...added] });
    // Files that are opened here are meant to be learned from.
    if (mode === 'train') for (const { id } of added) giveRole(ctx, id, 'train');
    if (added.length > 1) ctx.log('info', `${added.length} files put into the queue`);
    // A queue is followed in the list.
    if (mode === 'inspect' && added.length >= A_QUEUE) ctx.update({ panels: { ...panels, samples: true } });
    if (added[0] !== undefined) show(ctx, queue, added[0].id);
  };
  const open = (files: readonly ArchivedScan[]) => {
    const plain = files.filter(({ file }) => !isArchive(file.name));
    if (plain.length > 0) openAll(plain);
    for (const { file } of files) if (isArchive(file.name)) void openArchive(ctx, file, openAll);
  };
  return {
    openFiles: (files) => open(files.map((file) => ({ file }))),
    openFolder(files) {
      const scans = files.filter(({ file: { name } }) => looksLikeScan(name) || isArchive(name));
      const passed = files.length - scans.length;
      const text = `${passed} of ${files.length} files in the folder are no scans and were passed over`;
      if (passed > 0) ctx.log('warning', text);
      open(scans.map(({ path, file }) => ({ file, ...folderOf(path) })));
    },
    openSample: (id) => openSample(ctx, queue, id),
    showScan: (id) => show(ctx, queue, id),
    stepScan(step) {
      const next = stepInList(ctx.state(), step);
      if (next !== null) show(ctx, queue, next.id);
    },
    setScanList: (patch) => ctx.update({ scanList: { ...ctx.state().scanList, ...patch } }),
    stopQueue: queue.stopAll,
    goOnWithQueue: queue.goOn,
    retryScan(id) {
      ctx.updateScan(id, { status: { kind: 'waiting' } });
      show(ctx, queue, id);
    },
    removeScan: (id) => removeScan(ctx, queue, id),
    scaleScan(scanId, factor) {
      const scan = ctx.state().scans.find(({ id }) => id === scanId);
      if (scan === undefined || !(factor > 0)) return;
      const cloud = scan.cloud === null ? null : scaleCloud(scan.cloud, factor);
      ctx.updateScan(scanId, { ...judgedAgain(scan), cloud, scale: scan.scale * factor });
      queue.pump();
    },
    useMesh(scanId, mesh) {
      const scan = ctx.state().scans.find(({ id }) => id === scanId);
      if (scan === undefined || scan.status.kind === 'working') return;
      ctx.update({ meshUse: mesh });
      ctx.savePreferences();
      const status = { kind: 'waiting' } as const;
      ctx.updateScan(scanId, { status, cloud: null, analysis: null, summary: null, mesh });
      show(ctx, queue, scanId);
    },
    placeScan: (scanId, placing) => placeScan(ctx, scanId, placing),
    tryPlacing: (scanId, placing) => ctx.updateScan(scanId, placing),
  };
}

/** @param path below what was dropped: "lot 7/part.ply" */
function folderOf(path: string): { readonly folder?: string } {
  const end = path.lastIndexOf('/');
  return end < 0 ? {} : { folder: path.slice(0, end) };
}

function placeScan(ctx: Context, scanId: string, placing: Partial<Placing>): void {
  const { scans, placings } = ctx.state();
  const placed = scans.find(({ id }) => id === scanId);
  if (placed === undefined) return;
  const { unit, up } = { ...placed, ...placing };
  const key = placingKey(placed.origin);
  const follows = ({ id, origin, unplaced }: Scan) =>
    id === scanId || (key !== null && placingKey(origin) === key && (unplaced || key.startsWith('folder:')));
  ctx.update({
    scans: scans.map((scan) => (follows(scan) ? { ...scan, unit, up, unplaced: false } : scan)),
    placings: key === null ? placings : withPlacing(placings, key, { unit, up }),
  });
  if (key !== null) ctx.savePreferences();
}

async function openArchive(
  ctx: Context,
  archive: File,
  openAll: (scans: readonly ArchivedScan[]) => void,
): Promise<void> {
  try {
    const { scans, passed } = await scansIn(archive);
    if (passed > 0)
      ctx.log('warning', `${passed} files in “${archive.name}” are no scans and were passed over`);
    openAll(scans);
  } catch (error) {
    const { where, message } = toErrorValue(error);
    ctx.notify({
      tone: 'error',
      title: `Could not open “${archive.name}”`,
      where: where || archive.name,
      cause: message,
      next: 'Unpack the archive and open the scans themselves.',
      action: null,
    });
  }
}

export function newScan(
  ctx: Context,
  name: string,
  origin: ScanOrigin,
  { unit, up }: Placing,
  unplaced: boolean,
): Scan {
  return {
    id: `scan-${ctx.nextId()}`,
    name,
    origin,
    unit,
    up,
    unplaced,
    scale: 1,
    mesh: origin.kind === 'file' ? whereMesh(ctx.state().meshUse) : VERTICES,
    status: { kind: 'waiting' },
    cloud: null,
    radius: null,
    report: null,
    analysis: null,
    summary: null,
  };
}

function show(ctx: Context, queue: Queue, id: string): void {
  const scan = ctx.state().scans.find((known) => known.id === id);
  if (scan === undefined) return;
  if (scan.cloud !== null) activate(ctx, scan);
  else ctx.update({ wantedId: id });
  if (scan.status.kind === 'released') ctx.updateScan(id, { status: { kind: 'waiting' } });
  queue.pump();
}

function openSample(ctx: Context, queue: Queue, id: string): boolean {
  const { samples, scans } = ctx.state();
  const sample = samples?.entries.find((entry) => entry.id === id);
  if (sample === undefined) return false;
  const open = scans.find((scan) => scan.origin.kind === 'sample' && scan.origin.sample.id === id);
  if (open?.status.kind === 'failed' || open?.status.kind === 'cancelled')
    ctx.updateScan(open.id, { status: { kind: 'waiting' } });
  const placing = { unit: sample.unit, up: UNPLACED.up };
  const shown = open ?? newScan(ctx, sample.title, { kind: 'sample', sample }, placing, false);
  if (open === undefined) ctx.update({ scans: [...scans, shown] });
  show(ctx, queue, shown.id);
  return true;
}

function removeScan(ctx: Context, queue: Queue, id: string): void {
  const { scans, scanList, activeId, wantedId, besideId } = ctx.state();
  queue.cancelScan(id);
  const listed = listedScans(scans, scanList);
  const next = activeId === id ? (neighbourScan(listed, id, 1) ?? neighbourScan(listed, id, -1)) : null;
  ctx.update({
    scans: scans.filter((scan) => scan.id !== id),
    activeId: activeId === id ? null : activeId,
    wantedId: wantedId === id ? null : wantedId,
    besideId: besideId === id ? null : besideId,
  });
  if (next !== null) show(ctx, queue, next.id);
  else if (activeScan(ctx.state()) === null) ctx.services.location.showSample(null);
}
