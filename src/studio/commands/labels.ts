/** Commands of Label mode: select, give a class, undo, classes, import and export; every step is kept at once. */

import { toErrorValue } from '../../core/errors.ts';
import {
  assignClass,
  DEFAULT_CLASSES,
  difference,
  GOOD,
  type LabelClass,
  withNewClass,
} from '../../core/labels/labelSet.ts';
import type { EngineClient } from '../../engine/client.ts';
import type { SurfaceSelection } from '../../engine/protocol.ts';
import type { JournalStep } from '../../io/labelJournal.ts';
import { type LabelFile, labelsFor, readLabels } from '../../io/readLabels.ts';
import { LABEL_EXTENSIONS, type LabelFormat, writeLabels } from '../../io/writeLabels.ts';
import { LabelJournals, play } from '../labelJournals.ts';
import {
  combine,
  freshLabels,
  type LabelState,
  type ScanLabels,
  type SelectionMode,
  selectionOf,
} from '../labelState.ts';
import { activeScan, heatmapScale } from '../state.ts';
import { formatCount } from '../units.ts';
import type { Context } from './context.ts';

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

class LabelDesk {
  private readonly ctx: Context;
  private readonly journals: LabelJournals;
  private readonly opening = new Map<string, Promise<void>>();

  constructor(ctx: Context) {
    this.ctx = ctx;
    this.journals = new LabelJournals(ctx.services.files);
  }

  get state(): LabelState {
    return this.ctx.state().labels;
  }

  update(patch: Partial<LabelState>): void {
    this.ctx.update({ labels: { ...this.state, ...patch } });
  }

  private put(scan: string, labels: ScanLabels): void {
    this.update({ scans: new Map(this.state.scans).set(scan, labels) });
  }

  /** The scan in the viewport and its labels; null while either is missing. */
  current() {
    const cloud = activeScan(this.ctx.state())?.cloud ?? null;
    const labels = cloud === null ? undefined : this.state.scans.get(cloud.id);
    return cloud === null || labels === undefined ? null : { cloud, labels };
  }

  async open(scanId?: string): Promise<void> {
    const { scans } = this.ctx.state();
    const scan = scanId === undefined ? activeScan(this.ctx.state()) : scans.find(({ id }) => id === scanId);
    const cloud = scan?.cloud ?? null;
    if (cloud === null || this.state.scans.has(cloud.id)) return;
    const under = this.opening.get(cloud.id);
    if (under !== undefined) return under;
    const work = this.read(cloud.id, cloud.positions.length / 3);
    this.opening.set(cloud.id, work);
    await work;
    this.opening.delete(cloud.id);
  }

  private async read(scan: string, points: number): Promise<void> {
    const classes = this.lastClasses();
    try {
      this.put(scan, await this.journals.open(scan, points, classes));
    } catch (error) {
      const { message } = toErrorValue(error);
      this.put(scan, { ...freshLabels(points, classes), storage: { kind: 'failed', why: message } });
      this.tellNotKept(message);
    }
  }

  /** A further scan begins with the classes of the one before it. */
  private lastClasses(): readonly LabelClass[] {
    return [...this.state.scans.values()].at(-1)?.set.classes ?? DEFAULT_CLASSES;
  }

  private tellNotKept(cause: string): void {
    this.ctx.notify({
      tone: 'warning',
      title: 'Labels are not kept',
      where: 'browser storage',
      cause,
      next: 'They last until this page is closed. Export them to keep them.',
      action: null,
    });
  }

  /** Does a step and keeps it. */
  step(scan: string, labels: ScanLabels, step: JournalStep): void {
    const next = play(labels, step);
    if (next.set === labels.set) return;
    const failed = labels.storage.kind === 'failed';
    this.put(scan, failed ? next : { ...next, storage: { kind: 'keeping' } });
    if (failed) return;
    const { revision } = next.set;
    this.journals.keep(scan, step).then(
      () => this.settle(scan, revision, { kind: 'kept' }),
      (error: unknown) => {
        const { message } = toErrorValue(error);
        this.settle(scan, revision, { kind: 'failed', why: message });
        this.tellNotKept(message);
      },
    );
  }

  private settle(scan: string, revision: number, storage: ScanLabels['storage']): void {
    const labels = this.state.scans.get(scan);
    if (labels === undefined) return;
    // A later step is still on its way.
    if (storage.kind === 'kept' && labels.set.revision !== revision) return;
    this.put(scan, { ...labels, storage });
  }

  label(selected: Uint8Array, number: number): void {
    const here = this.current();
    if (here === null) return;
    const { noOverwrite, locked } = this.state;
    const edit = assignClass(here.labels.set, selected, number, { noOverwrite, locked });
    if (edit !== null) this.step(here.cloud.id, here.labels, { kind: 'edit', edit });
  }

  changeClasses(change: (classes: readonly LabelClass[]) => readonly LabelClass[]): void {
    const here = this.current();
    if (here === null) return;
    const before = here.labels.set.classes;
    const after = change(before);
    if (after !== before) this.step(here.cloud.id, here.labels, { kind: 'classes', before, after });
  }

  async importFrom(file: File): Promise<void> {
    const here = this.current();
    if (here === null) return;
    try {
      const read = readLabels(file.name, new Uint8Array(await file.arrayBuffer()));
      this.take(here.cloud.id, labelsFor(here.cloud, read), read);
    } catch (error) {
      const { where, message } = toErrorValue(error);
      this.ctx.notify({
        tone: 'error',
        title: `The labels of “${file.name}” were not taken`,
        where,
        cause: message,
        next: 'The labels of the scan are as they were.',
        action: null,
      });
    }
  }

  private take(scan: string, wanted: Uint8Array, { name }: LabelFile): void {
    const unknown = [...new Set(wanted)].filter(
      (number) => !this.state.scans.get(scan)?.set.classes.some((known) => known.number === number),
    );
    if (unknown.length > 0)
      this.changeClasses((classes) => unknown.reduce((all, number) => named(all, number), classes));
    const labels = this.state.scans.get(scan);
    const edit = labels === undefined ? null : difference(labels.set.classOf, wanted);
    if (labels !== undefined && edit !== null) this.step(scan, labels, { kind: 'edit', edit });
    const labelled = wanted.reduce((sum, number) => sum + (number > 0 ? 1 : 0), 0);
    const added = unknown.length === 0 ? '' : `, classes added: ${unknown.join(', ')}`;
    this.ctx.log('info', `${name}: ${formatCount(labelled)} points labelled${added}`);
  }
}

/** A class that only a file knows, under its number. */
function named(classes: readonly LabelClass[], number: number): readonly LabelClass[] {
  const grown = withNewClass(classes, `class ${number}`);
  return grown
    .map((known) => (classes.some((old) => old.number === known.number) ? known : { ...known, number }))
    .sort((a, b) => a.number - b.number);
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

export function createLabelCommands(ctx: Context, client: () => EngineClient | null): LabelCommands {
  const desk = new LabelDesk(ctx);
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
