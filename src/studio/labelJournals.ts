/**
 * Keeps the labels of each scan in the browser's files as they are made. Each step is a file of its own, so
 * that a killed tab can tear the last one at most; opening a scan plays them back and packs them into one.
 */

import type { LabelClass } from '../core/labels/labelSet.ts';
import { applyOperation, invertOperation } from '../core/labels/operations.ts';
import type { FileStore } from '../io/fileStore.ts';
import {
  type JournalHead,
  type JournalStep,
  journalRecord,
  journalStart,
  readJournalFile,
} from '../io/labelJournal.ts';
import { record, stepBack, stepForward } from './history.ts';
import { freshLabels, type ScanLabels } from './labelState.ts';

const FOLDER = 'labels';

/** Names that sort in the order they were written. */
function fileName(sequence: number): string {
  return String(sequence).padStart(8, '0');
}

/** Plays one step on labels and history; undo and redo beyond the ends change nothing. */
export function play({ set, history, storage }: ScanLabels, step: JournalStep): ScanLabels {
  if (step.kind !== 'undo' && step.kind !== 'redo')
    return { set: applyOperation(set, step), history: record(history, step), storage };
  const moved = step.kind === 'undo' ? stepBack(history) : stepForward(history);
  if (moved === null) return { set, history, storage };
  const operation = step.kind === 'undo' ? invertOperation(moved.edit) : moved.edit;
  return { set: applyOperation(set, operation), history: moved.history, storage };
}

const EMPTY = new Uint8Array();

export class LabelJournals {
  private readonly files: FileStore;
  private readonly next = new Map<string, number>();
  /** Writes go out one after another, so that no step overtakes another. */
  private tail: Promise<void> = Promise.resolve();

  constructor(files: FileStore) {
    this.files = files;
  }

  /** Whether anything was kept for a scan. @throws StorageError */
  async has(scan: string): Promise<boolean> {
    return (await this.files.list(`${FOLDER}/${scan}`)).length > 0;
  }

  /**
   * The labels of a scan as they were left, or fresh ones.
   * @param classes of fresh ones
   * @throws StorageError, FormatError for a journal of another version
   */
  async open(scan: string, points: number, classes: readonly LabelClass[]): Promise<ScanLabels> {
    const folder = `${FOLDER}/${scan}`;
    const names = await this.files.list(folder);
    this.next.set(scan, names.length === 0 ? 0 : Number(names.at(-1)) + 1);
    const found = await this.readAll(folder, names, points);
    const head = found.head?.points === points ? found.head : { scan, points, classes };
    const steps = head === found.head ? found.steps : [];
    let labels = freshLabels(points, head.classes);
    for (const step of steps) labels = play(labels, step);
    // Packed into one file, and whatever was torn left out: later steps must follow whole ones.
    if (names.length !== 1 || !found.whole) {
      const packed = concatenate([journalStart(head), ...steps.map(journalRecord)]);
      await this.append(scan, packed, names);
    }
    return labels;
  }

  /** A whole file with a head stands for all before it: those are about to be removed. */
  private async readAll(folder: string, names: readonly string[], points: number) {
    let head: JournalHead | null = null;
    let steps: JournalStep[] = [];
    for (const name of names) {
      const bytes = await this.files.read(`${folder}/${name}`);
      const file = readJournalFile(`${folder}/${name} in the browser’s storage`, bytes ?? EMPTY, points);
      if (file.head !== null && (file.whole || head === null)) {
        head = file.head;
        steps = [...file.steps];
      } else if (file.head === null) steps.push(...file.steps);
      if (!file.whole) return { head, steps, whole: false };
    }
    return { head, steps, whole: true };
  }

  /** @throws StorageError */
  async keep(scan: string, step: JournalStep): Promise<void> {
    await this.append(scan, journalRecord(step), []);
  }

  /** Forgets the labels of a scan. @throws StorageError */
  async forget(scan: string): Promise<void> {
    await this.inOrder(() => this.files.remove(`${FOLDER}/${scan}`));
    this.next.delete(scan);
  }

  /** Writes a file behind the others and then removes those it stands for. */
  private append(scan: string, bytes: Uint8Array<ArrayBuffer>, replaced: readonly string[]): Promise<void> {
    const sequence = this.next.get(scan) ?? 0;
    this.next.set(scan, sequence + 1);
    const folder = `${FOLDER}/${scan}`;
    return this.inOrder(async () => {
      await this.files.write(`${folder}/${fileName(sequence)}`, bytes);
      for (const name of replaced) await this.files.remove(`${folder}/${name}`);
    });
  }

  private inOrder(work: () => Promise<void>): Promise<void> {
    const done = this.tail.then(work);
    // A write that failed is reported to its caller; the next one is tried all the same.
    this.tail = done.catch(() => undefined);
    return done;
  }
}

function concatenate(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}
