/**
 * The journal of a labelled scan: every step as it is made, so that a killed tab loses nothing that was done.
 * A journal is one or more files, a file one or more records, a record
 *
 *     u32 length of the body, u32 checksum of the body, body
 *
 * little-endian. Reading stops at the first record that is cut off or damaged: what was written before it is
 * whole. The body of the first record of all names version, scan, points and classes; of the others a step.
 */

import { contentHash } from '../core/contentHash.ts';
import { FormatError } from '../core/errors.ts';
import type { LabelClass, LabelEdit } from '../core/labels/labelSet.ts';
import type { LabelOperation } from '../core/labels/operations.ts';
import { LONGEST_COMMENT, MOST_PINS, type Pin } from '../core/labels/pins.ts';

/** The first version knew no rejected suggestions; its journals are read as they are. */
const JOURNAL_VERSION = 2;
const OLDEST_VERSION = 1;

export interface JournalHead {
  /** Content hash of the scan the labels belong to. */
  readonly scan: string;
  readonly points: number;
  /** Those it began with. */
  readonly classes: readonly LabelClass[];
}

/** A step of the user; undo and redo are steps too, so that the whole history comes back. */
export type JournalStep = LabelOperation | { readonly kind: 'undo' } | { readonly kind: 'redo' };

const CODES = { edit: 1, classes: 2, undo: 3, redo: 4, pins: 5, reject: 6 } as const;
const HEAD_BYTES = 8;
/** First byte of a head, which is JSON; no step begins with it. */
const BRACE = 0x7b;

function checksum(body: Uint8Array): number {
  return Number.parseInt(contentHash(body).slice(0, 8), 16);
}

function recordOf(body: Uint8Array): Uint8Array<ArrayBuffer> {
  const record = new Uint8Array(HEAD_BYTES + body.length);
  const view = new DataView(record.buffer);
  view.setUint32(0, body.length, true);
  view.setUint32(4, checksum(body), true);
  record.set(body, HEAD_BYTES);
  return record;
}

/** What a new journal begins with. */
export function journalStart({ scan, points, classes }: JournalHead): Uint8Array<ArrayBuffer> {
  const text = JSON.stringify({ version: JOURNAL_VERSION, scan, points, classes });
  return recordOf(new TextEncoder().encode(text));
}

/** What is appended for one step. */
export function journalRecord(step: JournalStep): Uint8Array<ArrayBuffer> {
  switch (step.kind) {
    case 'edit':
    case 'reject':
      return recordOf(editBody(CODES[step.kind], step.edit));
    case 'classes':
    case 'pins': {
      const text = new TextEncoder().encode(JSON.stringify({ before: step.before, after: step.after }));
      const body = new Uint8Array(1 + text.length);
      body[0] = CODES[step.kind];
      body.set(text, 1);
      return recordOf(body);
    }
    case 'undo':
    case 'redo':
      return recordOf(Uint8Array.of(CODES[step.kind]));
    default:
      return step satisfies never;
  }
}

/** Code, number of rows, the gaps between them as varints, then both classes of each in runs. */
function editBody(code: number, { rows, before, after }: LabelEdit): Uint8Array {
  const bytes: number[] = [code];
  putVarint(bytes, rows.length);
  let previous = -1;
  for (const row of rows) {
    putVarint(bytes, row - previous - 1);
    previous = row;
  }
  for (const classes of [before, after]) putRuns(bytes, classes);
  return Uint8Array.from(bytes);
}

function putVarint(bytes: number[], value: number): void {
  let rest = value;
  while (rest >= 128) {
    bytes.push((rest & 127) | 128);
    rest >>>= 7;
  }
  bytes.push(rest);
}

function putRuns(bytes: number[], values: Uint8Array): void {
  for (let i = 0; i < values.length; ) {
    let end = i + 1;
    while (end < values.length && values[end] === values[i]) end++;
    bytes.push(values[i]!);
    putVarint(bytes, end - i);
    i = end;
  }
}

/** What one file of a journal holds. */
export interface JournalFile {
  /** null in a file of steps that follow on those of an earlier file. */
  readonly head: JournalHead | null;
  readonly steps: readonly JournalStep[];
  /** False when it was cut off or damaged: what is here was written before that. */
  readonly whole: boolean;
}

/** @throws FormatError for a journal of another version */
export function readJournalFile(name: string, bytes: Uint8Array, points: number): JournalFile {
  const bodies = wholeRecords(bytes);
  const head = bodies[0]?.[0] === BRACE ? parseHead(name, bodies[0]) : null;
  const steps: JournalStep[] = [];
  let length = 0;
  for (const body of bodies) {
    const isHead = length === 0 && head !== null;
    const step = isHead ? null : parseStep(body, head?.points ?? points);
    if (step !== null) steps.push(step);
    else if (!isHead) break;
    length += HEAD_BYTES + body.length;
  }
  return { head, steps, whole: length === bytes.length };
}

function wholeRecords(bytes: Uint8Array): Uint8Array[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const bodies: Uint8Array[] = [];
  for (let at = 0; at + HEAD_BYTES <= bytes.length; ) {
    const length = view.getUint32(at, true);
    const body = bytes.subarray(at + HEAD_BYTES, at + HEAD_BYTES + length);
    if (body.length < length || length === 0 || checksum(body) !== view.getUint32(at + 4, true)) break;
    bodies.push(body);
    at += HEAD_BYTES + length;
  }
  return bodies;
}

function parseHead(name: string, body: Uint8Array): JournalHead {
  const fail = (why: string) => new FormatError(name, 'first record', why);
  const value = parseJson(body);
  if (value === null) throw fail('this is no journal of labels');
  const { version, scan, points } = value;
  const classes = parseClasses(value.classes);
  if (version !== JOURNAL_VERSION && version !== OLDEST_VERSION)
    throw fail(
      `written by another version (${String(version)}) of the studio; this one reads ${JOURNAL_VERSION}`,
    );
  if (
    typeof scan !== 'string' ||
    typeof points !== 'number' ||
    !Number.isSafeInteger(points) ||
    classes === null
  )
    throw fail('scan, number of points or classes are missing');
  return { scan, points, classes };
}

function parseJson(bytes: Uint8Array): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(new TextDecoder().decode(bytes));
    return typeof value === 'object' && value !== null ? { ...value } : null;
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

/** @returns null for a body that is no step: an intact checksum over what this version does not write */
function parseStep(body: Uint8Array, points: number): JournalStep | null {
  switch (body[0]) {
    case CODES.edit:
      return parseEdit('edit', body, points);
    case CODES.reject:
      return parseEdit('reject', body, points);
    case CODES.classes: {
      const value = parseJson(body.subarray(1));
      const before = parseClasses(value?.before);
      const after = parseClasses(value?.after);
      return before === null || after === null ? null : { kind: 'classes', before, after };
    }
    case CODES.pins: {
      const value = parseJson(body.subarray(1));
      const before = parsePins(value?.before, points);
      const after = parsePins(value?.after, points);
      return before === null || after === null ? null : { kind: 'pins', before, after };
    }
    case CODES.undo:
      return { kind: 'undo' };
    case CODES.redo:
      return { kind: 'redo' };
    default:
      return null;
  }
}

function parseClasses(value: unknown): LabelClass[] | null {
  if (!Array.isArray(value)) return null;
  const classes = value.map((entry: unknown): LabelClass | null => {
    if (typeof entry !== 'object' || entry === null) return null;
    const { number, name, colour }: Partial<Record<string, unknown>> = { ...entry };
    if (typeof number !== 'number' || typeof name !== 'string' || typeof colour !== 'string') return null;
    return { number, name, colour };
  });
  return classes.every((known) => known !== null) ? classes : null;
}

/** @returns null unless all of them are whole and on points of the scan */
function parsePins(value: unknown, points: number): Pin[] | null {
  if (!Array.isArray(value) || value.length > MOST_PINS) return null;
  const pins = value.map((entry: unknown): Pin | null => {
    if (typeof entry !== 'object' || entry === null) return null;
    const { id, row, text }: Partial<Record<string, unknown>> = { ...entry };
    if (typeof id !== 'number' || typeof row !== 'number' || typeof text !== 'string') return null;
    const onPoint = Number.isSafeInteger(id) && Number.isSafeInteger(row) && row >= 0 && row < points;
    return onPoint && text.length <= LONGEST_COMMENT ? { id, row, text } : null;
  });
  return pins.every((pin) => pin !== null) ? pins : null;
}

/** Reads varints and runs; every read is checked against the end of the body. */
class BodyReader {
  private readonly body: Uint8Array;
  private at = 1;

  constructor(body: Uint8Array) {
    this.body = body;
  }

  byte(): number {
    return this.body[this.at++] ?? Number.NaN;
  }

  /** NaN behind the end, or for more than 32 bits. */
  varint(): number {
    let value = 0;
    for (let shift = 0; shift < 35; shift += 7) {
      const byte = this.byte();
      value += (byte & 127) * 2 ** shift;
      if (Number.isNaN(byte)) return Number.NaN;
      if (byte < 128) return value;
    }
    return Number.NaN;
  }

  runs(length: number): Uint8Array | null {
    const values = new Uint8Array(length);
    for (let i = 0; i < length; ) {
      const value = this.byte();
      const run = this.varint();
      if (!(run > 0 && i + run <= length)) return null;
      values.fill(value, i, i + run);
      i += run;
    }
    return values;
  }
}

function parseEdit(kind: 'edit' | 'reject', body: Uint8Array, points: number): JournalStep | null {
  const reader = new BodyReader(body);
  const count = reader.varint();
  // Checked before anything is made of that length.
  if (!(count <= points)) return null;
  const rows = new Uint32Array(count);
  let row = -1;
  for (let i = 0; i < count; i++) {
    row += reader.varint() + 1;
    if (!(row < points)) return null;
    rows[i] = row;
  }
  const before = reader.runs(count);
  const after = reader.runs(count);
  return before === null || after === null ? null : { kind, edit: { rows, before, after } };
}
