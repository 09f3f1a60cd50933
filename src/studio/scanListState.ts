/** How the list of open scans is ordered and filtered. */

export const SCAN_ORDERS = ['opened', 'name', 'score', 'verdict', 'points'] as const;

export type ScanOrder = (typeof SCAN_ORDERS)[number];

export const SCAN_GROUPS = ['not-ok', 'ok', 'failed', 'waiting'] as const;

/** What a scan counts as; null: read or scored without a verdict, or cancelled. */
export type ScanGroup = (typeof SCAN_GROUPS)[number];

export interface ScanListState {
  readonly order: ScanOrder;
  readonly descending: boolean;
  /** Part of the name; empty = all. */
  readonly text: string;
  /** null = all. */
  readonly group: ScanGroup | null;
}

export const INITIAL_SCAN_LIST: ScanListState = { order: 'opened', descending: false, text: '', group: null };
