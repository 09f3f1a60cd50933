/** The labels and pins of the open scans: read back, changed step by step, every step kept at once. */

import { toErrorValue } from '../../core/errors.ts';
import {
  assignClass,
  DEFAULT_CLASSES,
  difference,
  type LabelClass,
  withNewClass,
} from '../../core/labels/labelSet.ts';
import type { JournalStep } from '../../io/labelJournal.ts';
import { type LabelFile, labelsFor, readLabels } from '../../io/readLabels.ts';
import { summaryOf } from '../judgement.ts';
import { LabelJournals, play } from '../labelJournals.ts';
import { freshLabels, type LabelState, type ScanLabels } from '../labelState.ts';
import { activeScan } from '../state.ts';
import { formatCount } from '../units.ts';
import type { Context } from './context.ts';

export class LabelDesk {
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
    const before = this.state.scans.get(scan)?.set;
    this.update({ scans: new Map(this.state.scans).set(scan, labels) });
    const { classOf, classes } = labels.set;
    if (before?.classOf !== classOf || before.classes !== classes) this.judgeAgain(scan);
  }

  /** What was accepted as normal, or is no longer, changes the verdict. */
  private judgeAgain(hash: string): void {
    const state = this.ctx.state();
    for (const { id, cloud, analysis } of state.scans)
      if (cloud?.id === hash && analysis !== null)
        this.ctx.updateScan(id, { summary: summaryOf(state, analysis) });
  }

  /** Reads back what was kept for a scan; does nothing, and keeps nothing, where there is nothing. */
  async openKept(scanId: string): Promise<void> {
    const cloud = this.ctx.state().scans.find(({ id }) => id === scanId)?.cloud ?? null;
    if (cloud === null || this.state.scans.has(cloud.id)) return;
    try {
      if (!(await this.journals.has(cloud.id))) return;
    } catch (error) {
      // What cannot be kept is told of when there is something to keep.
      this.ctx.log('warning', `Kept labels could not be looked for: ${toErrorValue(error).message}`);
      return;
    }
    await this.open(scanId);
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

  /** Remembers that suggested points are no defect, or are suggested again. @param rejected [N] */
  reject(rejected: Uint8Array): void {
    const here = this.current();
    const edit = here === null ? null : difference(here.labels.set.rejected, rejected);
    if (here !== null && edit !== null) this.step(here.cloud.id, here.labels, { kind: 'reject', edit });
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
