/** The list of open scans as the user wants to see it: order, filters, and how far the queue has come. */

import type { ScanGroup, ScanListState, ScanOrder } from './scanListState.ts';
import type { Scan, StudioState } from './state.ts';

export function groupOf({ status, summary }: Scan): ScanGroup | null {
  switch (status.kind) {
    case 'failed':
      return 'failed';
    case 'waiting':
    case 'working':
      // One that is only read again keeps its verdict.
      return verdictGroup(summary) ?? 'waiting';
    case 'scored':
    case 'released':
      return verdictGroup(summary);
    case 'shown':
    case 'cancelled':
      return null;
    default:
      return status satisfies never;
  }
}

function verdictGroup(summary: Scan['summary']): 'ok' | 'not-ok' | null {
  return summary?.verdict === 'ok' || summary?.verdict === 'not-ok' ? summary.verdict : null;
}

/** Worst first; what has no verdict lies behind what has one. */
function rankOf(scan: Scan): number {
  const group = groupOf(scan);
  if (group === 'not-ok') return 0;
  if (group === 'ok') return 2;
  return group === 'failed' ? 3 : scan.summary === null ? 4 : 1;
}

/** Object score as it is shown, in the unit of the scan. @returns null before it is scored */
export function shownScore({ summary, radius }: Scan): number | null {
  return summary === null ? null : summary.objectScore * (radius ?? 1);
}

function pointsOf({ summary, report }: Scan): number | null {
  return summary?.points ?? report?.points ?? null;
}

const NAMES = new Intl.Collator('en', { numeric: true, sensitivity: 'base' });

/** Values that are not known yet come last in both directions. */
function compareValues(a: number | null, b: number | null, descending: boolean): number {
  if (a === null || b === null) return Number(a === null) - Number(b === null);
  return descending ? b - a : a - b;
}

function compareScans(order: ScanOrder, descending: boolean): ((a: Scan, b: Scan) => number) | null {
  const sign = descending ? -1 : 1;
  const byScore = (a: Scan, b: Scan) => compareValues(shownScore(a), shownScore(b), descending);
  switch (order) {
    case 'opened':
      return null;
    case 'name':
      return (a, b) => sign * NAMES.compare(a.name, b.name);
    case 'score':
      return byScore;
    case 'verdict':
      // Within a verdict the worst ones first.
      return (a, b) => sign * (rankOf(a) - rankOf(b)) || compareValues(shownScore(a), shownScore(b), true);
    case 'points':
      return (a, b) => compareValues(pointsOf(a), pointsOf(b), descending);
    default:
      return order satisfies never;
  }
}

/** Scans as they are listed; those that compare equal stay in the order they were opened in. */
export function listedScans(scans: readonly Scan[], list: ScanListState): readonly Scan[] {
  const { order, descending, text, group } = list;
  const wanted = text.trim().toLocaleLowerCase('en');
  const found =
    wanted === '' && group === null
      ? scans
      : scans.filter(
          (scan) =>
            (group === null || groupOf(scan) === group) && scan.name.toLocaleLowerCase('en').includes(wanted),
        );
  const compare = compareScans(order, descending);
  if (compare !== null) return found.toSorted(compare);
  return descending ? found.toReversed() : found;
}

/** The next scan in a direction of the list that can be shown. @returns null at either end */
export function neighbourScan(listed: readonly Scan[], from: string | null, step: 1 | -1): Scan | null {
  const found = listed.findIndex((scan) => scan.id === from);
  // From one that is filtered out, the list is entered at the end one comes from.
  let at = found >= 0 ? found + step : step === 1 ? 0 : listed.length - 1;
  for (; at >= 0 && at < listed.length; at += step) {
    const scan = listed[at]!;
    const { kind } = scan.status;
    if (scan.cloud !== null || (kind !== 'failed' && kind !== 'cancelled')) return scan;
  }
  return null;
}

export function stepInList({ scans, scanList, wantedId, activeId }: StudioState, step: 1 | -1): Scan | null {
  return neighbourScan(listedScans(scans, scanList), wantedId ?? activeId, step);
}

export interface QueueCount {
  readonly total: number;
  readonly pending: number;
  readonly failed: number;
  readonly cancelled: number;
  readonly groups: Readonly<Record<ScanGroup, number>>;
}

export function countQueue(scans: readonly Scan[]): QueueCount {
  const groups = { 'not-ok': 0, ok: 0, failed: 0, waiting: 0 };
  let [pending, cancelled] = [0, 0];
  for (const scan of scans) {
    const group = groupOf(scan);
    if (group !== null) groups[group]++;
    const { kind } = scan.status;
    if (kind === 'waiting' || kind === 'working') pending++;
    else if (kind === 'cancelled') cancelled++;
  }
  return { total: scans.length, pending, failed: groups.failed, cancelled, groups };
}
