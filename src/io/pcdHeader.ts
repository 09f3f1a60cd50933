/** The header of a PCD file (Point Cloud Library, versions .5 to .7). */

import { FormatError } from '../core/errors.ts';
import * as scalars from './scalarTypes.ts';
import { TextScanner } from './textScanner.ts';

export type PcdData = 'ascii' | 'binary' | 'binary_compressed';

export interface PcdField {
  readonly name: string;
  readonly type: scalars.ScalarType;
  /** Values per point. */
  readonly count: number;
}

export interface PcdHeader {
  readonly fields: readonly PcdField[];
  readonly points: number;
  readonly data: PcdData;
  /** First byte behind the header, and the number of its lines. */
  readonly bodyStart: number;
  readonly lines: number;
  readonly warnings: readonly string[];
}

const TYPES: Readonly<Record<string, scalars.ScalarType>> = {
  I1: scalars.INT8,
  I2: scalars.INT16,
  I4: scalars.INT32,
  I8: scalars.INT64,
  U1: scalars.UINT8,
  U2: scalars.UINT16,
  U4: scalars.UINT32,
  U8: scalars.UINT64,
  F4: scalars.FLOAT32,
  F8: scalars.FLOAT64,
};

const DATA: readonly string[] = ['ascii', 'binary', 'binary_compressed'];

interface Entry {
  readonly words: readonly string[];
  readonly line: number;
}

/** @throws FormatError with the header line that is wrong or missing */
export function parsePcdHeader(file: string, bytes: Uint8Array): PcdHeader {
  const scanner = new TextScanner(bytes);
  const entries = new Map<string, Entry>();
  while (!entries.has('DATA')) {
    if (!scanner.nextLine() || scanner.line > 1000)
      throw new FormatError(file, `line ${scanner.line}`, 'the PCD header has no DATA line');
    if (scanner.atLineEnd()) continue;
    const keyword = scanner.word().toUpperCase();
    const words = scanner
      .restOfLine()
      .trim()
      .split(/\s+/)
      .filter((w) => w !== '');
    // Versions before .6 called the fields columns.
    entries.set(keyword === 'COLUMNS' ? 'FIELDS' : keyword, { words, line: scanner.line });
  }
  const warnings: string[] = [];
  const data = entries.get('DATA')!;
  const encoding = data.words[0]?.toLowerCase() ?? '';
  if (!DATA.includes(encoding))
    throw new FormatError(file, `line ${data.line}`, `unknown DATA "${encoding}"`);
  return {
    fields: parseFields(file, entries),
    points: parsePoints(file, entries, warnings),
    data: encoding as PcdData, // checked in the line above
    bodyStart: scanner.nextLineStart,
    lines: scanner.line,
    warnings,
  };
}

function parseFields(file: string, entries: ReadonlyMap<string, Entry>): PcdField[] {
  const fields = entries.get('FIELDS');
  if (fields === undefined) throw new FormatError(file, '', 'the PCD header has no FIELDS line');
  const column = (keyword: string, fallback: string): readonly string[] => {
    const entry = entries.get(keyword);
    if (entry === undefined) return fields.words.map(() => fallback);
    if (entry.words.length !== fields.words.length)
      throw new FormatError(
        file,
        `line ${entry.line}`,
        `${keyword} has ${entry.words.length} entries for ${fields.words.length} fields`,
      );
    return entry.words;
  };
  const sizes = column('SIZE', '4');
  const types = column('TYPE', 'F');
  const counts = column('COUNT', '1');
  return fields.words.map((name, i) => {
    const key = `${types[i]!.toUpperCase()}${sizes[i]!}`;
    const type = Object.hasOwn(TYPES, key) ? TYPES[key] : undefined;
    const count = Number(counts[i]!);
    if (type === undefined)
      throw new FormatError(
        file,
        `line ${fields.line}`,
        `field ${name}: no type ${types[i]} of size ${sizes[i]}`,
      );
    // PCL itself reads a count of zero as one.
    if (!Number.isSafeInteger(count) || count < 0)
      throw new FormatError(file, `line ${fields.line}`, `field ${name}: COUNT ${counts[i]} is no count`);
    return { name, type, count: Math.max(1, count) };
  });
}

/** POINTS rules; WIDTH x HEIGHT stands in when it is missing. */
function parsePoints(file: string, entries: ReadonlyMap<string, Entry>, warnings: string[]): number {
  const number = (keyword: string): number | null => {
    const entry = entries.get(keyword);
    if (entry === undefined) return null;
    const value = Number(entry.words[0] ?? Number.NaN);
    if (!Number.isSafeInteger(value) || value < 0)
      throw new FormatError(file, `line ${entry.line}`, `${keyword} "${entry.words.join(' ')}" is no count`);
    return value;
  };
  const width = number('WIDTH');
  const grid = width === null ? null : width * (number('HEIGHT') ?? 1);
  const points = number('POINTS');
  if (points === null && grid === null)
    throw new FormatError(file, '', 'the PCD header has neither POINTS nor WIDTH');
  if (points !== null && grid !== null && points !== grid)
    warnings.push(`POINTS says ${points}, WIDTH x HEIGHT ${grid}: POINTS was believed`);
  return points ?? grid!;
}
