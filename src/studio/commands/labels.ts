/** Commands of Label mode: select, give a class, undo, classes, import and export; every step is kept at once. */

import { GOOD, type LabelClass, withNewClass } from '../../core/labels/labelSet.ts';
import type { EngineClient } from '../../engine/client.ts';
import type { SurfaceSelection } from '../../engine/protocol.ts';
import { LABEL_EXTENSIONS, type LabelFormat, writeLabels } from '../../io/writeLabels.ts';
import { combine, type LabelState, type SelectionMode, selectionOf } from '../labelState.ts';
import { activeScan, heatmapScale } from '../state.ts';
import type { Context } from './context.ts';
import type { LabelDesk } from './labelDesk.ts';

/** From where a selection spreads; thresholds and angles are those of the state. */
export type Spread =
  | { readonly kind: 'flood-score'; readonly seed: number }
  | { readonly kind: 'flood-normal'; readonly seed: number }
  | { readonly kind: 'grow' }
  | { readonly kind: 'shrink' };

/** What the tools' options are. */
export type LabelOptions = Pick<
  LabelState,
  | 'tool'
  | 'activeClass'
  | 'atOnce'
  | 'visibleOnly'
  | 'noOverwrite'
  | 'brushRadius'
  | 'sphereRadius'
  | 'floodAngle'
>;

export interface LabelCommands {
  setLabelOptions(options: Partial<LabelOptions>): void;
  /**
   * Reads back what was kept for a scan, or begins with everything good.
   * @param scanId the scan in the viewport when left out
   */
  openLabels(scanId?: string): Promise<void>;
  /**
   * What a tool caught on the scan in the viewport. It becomes the selection, or labels where the tools label at
   * once (then `remove` makes good).
   * @param caught [N] 1 = caught
   */
  catchPoints(caught: Uint8Array, how: SelectionMode): void;
  /** Spreads over the surface in the engine: a flood from a point, or the selection grown or shrunk. */
  spreadSelection(how: Spread, mode: SelectionMode): Promise<void>;
  /** @param selected [N]; null = nothing */
  selectPoints(selected: Uint8Array | null): void;
  /** Gives the selection a class; the selection goes away. */
  labelSelection(number: number): void;
  undoLabel(): void;
  redoLabel(): void;
  addClass(name: string): void;
  changeClass(number: number, patch: Partial<Pick<LabelClass, 'name' | 'colour'>>): void;
  /** Does nothing for "good" and for a class that points still have. */
  removeClass(number: number): void;
  toggleClassLock(number: number): void;
  toggleClassHidden(number: number): void;
  showAllClasses(): void;
  /** Takes the labels of a file for the scan in the viewport; one step that can be undone. */
  importLabels(file: File): Promise<void>;
  /** @returns null when no scan is open */
  exportLabels(
    format: LabelFormat,
  ): { readonly name: string; readonly bytes: Uint8Array<ArrayBuffer> } | null;
}

function toggled(set: ReadonlySet<number>, number: number): ReadonlySet<number> {
  const next = new Set(set);
  if (!next.delete(number)) next.add(number);
  return next;
}

/** What the engine needs to know; null where there is nothing to spread. */
function surfaceSelection(ctx: Context, how: Spread, selected: Uint8Array | null): SurfaceSelection | null {
  switch (how.kind) {
    case 'grow':
    case 'shrink':
      return selected === null ? null : { kind: how.kind, selected };
    case 'flood-normal':
      return {
        kind: how.kind,
        seed: how.seed,
        angle: (ctx.state().labels.floodAngle * Math.PI) / 180,
      };
    case 'flood-score': {
      const score = activeScan(ctx.state())?.analysis?.map.score;
      if (score === undefined) return null;
      return { kind: how.kind, seed: how.seed, score, threshold: heatmapScale(ctx.state()).threshold };
    }
    default:
      return how satisfies never;
  }
}

export function createLabelCommands(
  ctx: Context,
  client: () => EngineClient | null,
  desk: LabelDesk,
): LabelCommands {
  const select = (points: Uint8Array | null) => {
    const here = desk.current();
    desk.update({ selection: here === null || points === null ? null : selectionOf(here.cloud.id, points) });
  };
  const selected = (): Uint8Array | null => {
    const { selection } = desk.state;
    return selection !== null && selection.scan === desk.current()?.cloud.id ? selection.points : null;
  };
  const stepOf = (kind: 'undo' | 'redo') => {
    const here = desk.current();
    if (here !== null) desk.step(here.cloud.id, here.labels, { kind });
  };

  const spread = async (how: Spread, mode: SelectionMode) => {
    const here = desk.current();
    const engine = client();
    const wanted = surfaceSelection(ctx, how, selected());
    if (here === null || engine === null || wanted === null || desk.state.spreading) return;
    desk.update({ spreading: true });
    const { id, positions, normals } = here.cloud;
    const points = { id, positions, normals };
    const outcome = await engine.call('selectOnSurface', { points, how: wanted });
    desk.update({ spreading: false });
    // Another scan may have come into the viewport meanwhile.
    if (outcome.ok && desk.current()?.cloud.id === id) catchPoints(outcome.value.selected, mode);
    else if (!outcome.ok && outcome.error.kind !== 'cancelled')
      ctx.log('error', `The selection could not be spread: ${outcome.error.message}`);
  };
  const catchPoints = (caught: Uint8Array, how: SelectionMode) => {
    const { atOnce, activeClass } = desk.state;
    if (atOnce) desk.label(caught, how === 'remove' ? GOOD : activeClass);
    else select(combine(selected(), caught, how));
  };

  return {
    setLabelOptions: (options) => desk.update(options),
    openLabels: (scanId) => desk.open(scanId),
    catchPoints,
    spreadSelection: spread,
    selectPoints: select,
    labelSelection(number) {
      const points = selected();
      if (points === null) return;
      desk.label(points, number);
      select(null);
    },
    undoLabel: () => stepOf('undo'),
    redoLabel: () => stepOf('redo'),
    addClass: (name) => desk.changeClasses((classes) => withNewClass(classes, name)),
    changeClass: (number, patch) =>
      desk.changeClasses((classes) =>
        classes.map((known) => (known.number === number ? { ...known, ...patch } : known)),
      ),
    removeClass(number) {
      const used = desk.current()?.labels.set.classOf.includes(number) ?? true;
      if (number === GOOD || used) return;
      desk.changeClasses((classes) => classes.filter((known) => known.number !== number));
    },
    toggleClassLock: (number) => desk.update({ locked: toggled(desk.state.locked, number) }),
    toggleClassHidden: (number) => desk.update({ hidden: toggled(desk.state.hidden, number) }),
    showAllClasses: () => desk.update({ hidden: new Set() }),
    importLabels: (file) => desk.importFrom(file),
    exportLabels(format) {
      const here = desk.current();
      if (here === null) return null;
      const stem = here.cloud.name.replace(/\.[^.]*$/, '');
      const suffix = LABEL_EXTENSIONS[format] === 'txt' ? '' : '_labelled';
      return {
        name: `${stem}${suffix}.${LABEL_EXTENSIONS[format]}`,
        bytes: writeLabels(here.cloud, here.labels.set.classOf, format),
      };
    },
  };
}
