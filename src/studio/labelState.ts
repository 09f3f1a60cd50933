/** What Label mode knows: the labels of each scan, what is selected, and how the tools work. */

import { DEFAULT_CLASSES, emptyLabels, type LabelClass, type LabelSet } from '../core/labels/labelSet.ts';
import type { LabelOperation } from '../core/labels/operations.ts';
import { emptyHistory, type History } from './history.ts';

export { LABEL_FORMATS, type LabelFormat } from '../io/writeLabels.ts';

const LABEL_TOOLS = [
  'rectangle',
  'lasso',
  'polygon',
  'brush',
  'sphere',
  'flood-score',
  'flood-normal',
] as const;

export type LabelTool = (typeof LABEL_TOOLS)[number];

/** Where the labels of a scan are kept. */
export type LabelStorage =
  | { readonly kind: 'kept' }
  | { readonly kind: 'keeping' }
  /** The browser keeps nothing: they last until the page is closed. */
  | { readonly kind: 'failed'; readonly why: string };

export interface ScanLabels {
  readonly set: LabelSet;
  readonly history: History<LabelOperation>;
  readonly storage: LabelStorage;
}

/** Points chosen on one scan, not yet given a class. */
export interface PointSelection {
  /** Content hash of the scan. */
  readonly scan: string;
  /** [N] 1 = selected; replaced, never written. */
  readonly points: Uint8Array;
  readonly count: number;
}

export interface LabelState {
  /** By content hash, so that labels follow the scan whatever its file is called. */
  readonly scans: ReadonlyMap<string, ScanLabels>;
  readonly selection: PointSelection | null;
  /** null: the mouse turns the view. */
  readonly tool: LabelTool | null;
  /** The class that tools give when they label at once, and that Enter gives. */
  readonly activeClass: number;
  /** What a tool catches becomes labels, without a selection between. */
  readonly atOnce: boolean;
  readonly visibleOnly: boolean;
  readonly noOverwrite: boolean;
  readonly locked: ReadonlySet<number>;
  readonly hidden: ReadonlySet<number>;
  /** CSS pixels. */
  readonly brushRadius: number;
  /** Share of the scan's radius. */
  readonly sphereRadius: number;
  /** Between neighbours, degrees. */
  readonly floodAngle: number;
  /** The engine is spreading a selection over the surface. */
  readonly spreading: boolean;
}

export const INITIAL_LABELS: LabelState = {
  scans: new Map(),
  selection: null,
  tool: null,
  activeClass: 1,
  atOnce: false,
  visibleOnly: true,
  noOverwrite: false,
  locked: new Set(),
  hidden: new Set(),
  brushRadius: 16,
  sphereRadius: 0.08,
  floodAngle: 12,
  spreading: false,
};

/** @param classes those last used, so that a second scan begins with the classes of the first */
export function freshLabels(points: number, classes: readonly LabelClass[] = DEFAULT_CLASSES): ScanLabels {
  return { set: emptyLabels(points, classes), history: emptyHistory(), storage: { kind: 'kept' } };
}

export function selectionOf(scan: string, points: Uint8Array): PointSelection | null {
  let count = 0;
  for (let i = 0; i < points.length; i++) count += points[i]!;
  return count === 0 ? null : { scan, points, count };
}

/** What a further catch of a tool does to the selection. */
export type SelectionMode = 'replace' | 'add' | 'remove';

/** @returns a new selection; the given ones stay as they are */
export function combine(had: Uint8Array | null, caught: Uint8Array, how: SelectionMode): Uint8Array {
  if (how === 'replace' || had === null) return how === 'remove' ? new Uint8Array(caught.length) : caught;
  return had.map((selected, i) => (how === 'add' ? selected | caught[i]! : selected & (1 - caught[i]!)));
}
