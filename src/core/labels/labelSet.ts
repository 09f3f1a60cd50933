/**
 * Per-point labels and the edits that change them. An edit is data: it can be stored, undone and done again
 * without knowing how the user came to it.
 */

import { InvalidInputError } from '../errors.ts';
import type { Pin } from './pins.ts';

/** Class 0 is always "good"; numbers are what label files hold. */
export interface LabelClass {
  /** 0 to 255, unique. */
  readonly number: number;
  readonly name: string;
  /** `#rrggbb` */
  readonly colour: string;
}

export interface LabelSet {
  readonly classes: readonly LabelClass[];
  /** [N] class number of each point; replaced by edits, never written. */
  readonly classOf: Uint8Array;
  /** [N] 1 where a suggested region was rejected; replaced, never written. */
  readonly rejected: Uint8Array;
  readonly pins: readonly Pin[];
  /** Grows by one with every change. */
  readonly revision: number;
}

export const GOOD = 0;

/** Name of the class whose points were taken for defects and are none; fine-tuning holds them still. */
export const NORMAL = 'normal';

/** @returns numbers of the classes that mean "looks like a defect, is none" */
export function normalClasses(classes: readonly LabelClass[]): ReadonlySet<number> {
  const meant = classes.filter(({ name }) => /^(normal|false alarm)$/i.test(name));
  return new Set(meant.map(({ number }) => number));
}

/** Colours that stay apart for the colour-blind (Okabe & Ito 2008), the good class in grey. */
export const DEFAULT_CLASSES: readonly LabelClass[] = [
  { number: GOOD, name: 'good', colour: '#9a9a9a' },
  { number: 1, name: 'defect', colour: '#d55e00' },
];

const FURTHER_COLOURS = ['#0072b2', '#e69f00', '#009e73', '#cc79a7', '#56b4e9', '#f0e442', '#8c510a'];

/** @returns the classes with a new one: the lowest free number, the next colour @throws InvalidInputError at 256 */
export function withNewClass(classes: readonly LabelClass[], name: string): readonly LabelClass[] {
  const taken = new Set(classes.map(({ number }) => number));
  let number = 1;
  while (taken.has(number)) number++;
  if (number > 255) throw new InvalidInputError('classes', 'there can be 255 classes besides good');
  const colour = FURTHER_COLOURS[(number - 2 + FURTHER_COLOURS.length) % FURTHER_COLOURS.length]!;
  return [...classes, { number, name, colour }].sort((a, b) => a.number - b.number);
}

/** @param points N @returns everything good */
export function emptyLabels(points: number, classes: readonly LabelClass[] = DEFAULT_CLASSES): LabelSet {
  return {
    classes,
    classOf: new Uint8Array(points),
    rejected: new Uint8Array(points),
    pins: [],
    revision: 0,
  };
}

/** Rows that change, with the class each had and the one all of them get. */
export interface LabelEdit {
  /** Ascending. */
  readonly rows: Uint32Array;
  readonly before: Uint8Array;
  readonly after: Uint8Array;
}

/** What keeps a point from being changed. */
export interface EditGuards {
  /** Only good points are given a class, as long as the class is not "good" itself. */
  readonly noOverwrite: boolean;
  /** Classes whose points nobody touches. */
  readonly locked: ReadonlySet<number>;
}

export const NO_GUARDS: EditGuards = { noOverwrite: false, locked: new Set() };

/**
 * The edit that gives the selected points a class.
 * @param selected [N] above 0 = selected
 * @returns null when nothing would change
 * @throws InvalidInputError for a selection of another length, or a class that is not in the set
 */
export function assignClass(
  { classes, classOf }: LabelSet,
  selected: Uint8Array,
  number: number,
  { noOverwrite, locked }: EditGuards = NO_GUARDS,
): LabelEdit | null {
  if (selected.length !== classOf.length)
    throw new InvalidInputError('labels', `${selected.length} selected for ${classOf.length} points`);
  if (!classes.some((known) => known.number === number))
    throw new InvalidInputError('labels', `there is no class ${number}`);
  const changes = (row: number): boolean => {
    const had = classOf[row]!;
    if (selected[row] === 0 || had === number || locked.has(had)) return false;
    return !noOverwrite || number === GOOD || had === GOOD;
  };
  let count = 0;
  for (let row = 0; row < classOf.length; row++) if (changes(row)) count++;
  if (count === 0) return null;
  const rows = new Uint32Array(count);
  let at = 0;
  for (let row = 0; row < classOf.length; row++) if (changes(row)) rows[at++] = row;
  return editOf(classOf, rows, new Uint8Array(count).fill(number));
}

/** The edit from one labelling to another, as an import makes it. @returns null when they are equal */
export function difference(classOf: Uint8Array, wanted: Uint8Array): LabelEdit | null {
  if (wanted.length !== classOf.length)
    throw new InvalidInputError('labels', `${wanted.length} labels for ${classOf.length} points`);
  let count = 0;
  for (let row = 0; row < wanted.length; row++) if (wanted[row] !== classOf[row]) count++;
  if (count === 0) return null;
  const rows = new Uint32Array(count);
  let at = 0;
  for (let row = 0; row < wanted.length; row++) if (wanted[row] !== classOf[row]) rows[at++] = row;
  return editOf(
    classOf,
    rows,
    Uint8Array.from(rows, (row) => wanted[row]!),
  );
}

function editOf(classOf: Uint8Array, rows: Uint32Array, after: Uint8Array): LabelEdit {
  return { rows, before: Uint8Array.from(rows, (row) => classOf[row]!), after };
}

/** @returns a new set; the old one stays as it is */
export function applyEdit(set: LabelSet, { rows, after }: LabelEdit): LabelSet {
  return { ...set, classOf: withRows(set.classOf, rows, after), revision: set.revision + 1 };
}

/** The same of what is rejected; `after` is 1 or 0. */
export function applyRejection(set: LabelSet, { rows, after }: LabelEdit): LabelSet {
  return { ...set, rejected: withRows(set.rejected, rows, after), revision: set.revision + 1 };
}

function withRows(values: Uint8Array, rows: Uint32Array, after: Uint8Array): Uint8Array {
  const changed = values.slice();
  rows.forEach((row, i) => {
    changed[row] = after[i]!;
  });
  return changed;
}

/** What undoes an edit. */
export function invertEdit({ rows, before, after }: LabelEdit): LabelEdit {
  return { rows, before: after, after: before };
}

/** Points of each class number that occurs or is known. */
export function countClasses({ classes, classOf }: LabelSet): ReadonlyMap<number, number> {
  const counts = new Uint32Array(256);
  for (const number of classOf) counts[number]!++;
  const known = new Map(classes.map(({ number }) => [number, counts[number]!]));
  counts.forEach((count, number) => {
    if (count > 0) known.set(number, count);
  });
  return known;
}
