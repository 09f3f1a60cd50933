/**
 * Finds out how a text file of points is laid out, from its first lines: separator, decimal sign, header,
 * count line, number of columns. Strings are fine here; the rows themselves are read from the bytes.
 */

import { FormatError } from '../core/errors.ts';

export interface TextLayout {
  /** Separator byte of the fields, 0 for runs of blanks and tabs. */
  readonly separator: number;
  /** '.' or ','. */
  readonly decimal: number;
  /** Names from a header line, "" where it has none; as many as there are columns. */
  readonly names: readonly string[];
  readonly hasHeader: boolean;
  /** Columns of x, y and z. */
  readonly position: readonly [number, number, number];
  readonly columns: number;
  /** What a count line declares, null without one. */
  readonly declared: number | null;
  /** First byte of the first row, and the lines before it. */
  readonly bodyStart: number;
  readonly lines: number;
}

const SAMPLE_BYTES = 0x10000;
const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$|^[+-]?(nan|inf|infinity)$/i;
const NUMBER_BEGINS = /(^|[\s,;"])[+-]?\.?\d/g;
const INTEGER = /^\d+$/;
const COMMENT = /^\s*(#|\/\/|%|!)/;

const AXES: readonly (readonly string[])[] = [
  ['x', 'px', 'pos_x', 'position_x', 'coord_x', 'x_coord', 'xcoord', 'points:0', 'easting', '/x'],
  ['y', 'py', 'pos_y', 'position_y', 'coord_y', 'y_coord', 'ycoord', 'points:1', 'northing', '/y'],
  ['z', 'pz', 'pos_z', 'position_z', 'coord_z', 'z_coord', 'zcoord', 'points:2', 'elevation', 'height'],
];

interface Line {
  readonly text: string;
  /** First byte, and number from 1. */
  readonly start: number;
  readonly number: number;
}

/** @throws FormatError when no line looks like a point, or it is another kind of text file */
export function sniffTextLayout(file: string, bytes: Uint8Array): TextLayout {
  const lines = sampleLines(bytes);
  refuseOtherText(file, lines);
  const candidates = lines.filter((l) => l.text.trim() !== '' && !COMMENT.test(l.text));
  const { separator, decimal } = sniffSeparator(candidates.map((l) => l.text));
  const split = (text: string): string[] => splitLine(text, separator);
  const isNumber = (field: string): boolean => NUMBER.test(decimal === 44 ? field.replace(',', '.') : field);
  const numbers = (line: Line): number => split(line.text).filter(isNumber).length;
  const first = candidates.find((l) => numbers(l) >= 3) ?? candidates.find((l) => numbers(l) >= 2);
  if (first === undefined)
    throw new FormatError(file, 'line 1', 'no points: no line with three numbers was found');
  const enough = Math.min(numbers(first), 3);
  const rows = candidates
    .filter((l) => l.number >= first.number && numbers(l) >= enough)
    .slice(0, 100)
    .map((l) => split(l.text));
  const columns = mostCommon(rows.map((fields) => fields.length));
  const before = lines.filter((l) => l.number < first.number && l.text.trim() !== '');
  const header = findHeader(before, columns, separator);
  const position = findPosition(
    header,
    rows.map((fields) => fields.map(isNumber)),
  );
  if (columns < 3 || position === null)
    throw new FormatError(
      file,
      `line ${first.number}`,
      `no points: the rows have ${columns} columns, x, y and z are needed${header === null ? '' : ` (header: ${header.join(', ')})`}`,
    );
  const count = before.map((l) => l.text.trim()).find((t) => INTEGER.test(t));
  return {
    separator,
    decimal,
    names: Array.from({ length: columns }, (_, i) => header?.[i] ?? ''),
    hasHeader: header !== null,
    position,
    columns,
    declared: count === undefined ? null : Number(count),
    bodyStart: first.start,
    lines: first.number - 1,
  };
}

/** The lines that begin within the sample; a cut last one is left out unless it is the only one. */
function sampleLines(bytes: Uint8Array): Line[] {
  const sample = bytes.subarray(0, SAMPLE_BYTES);
  const newline = sample.includes(10) || !sample.includes(13) ? 10 : 13;
  const lines: Line[] = [];
  const decoder = new TextDecoder();
  for (let start = 0; start < sample.length; ) {
    const found = sample.indexOf(newline, start);
    const end = found < 0 ? sample.length : found;
    if (found < 0 && bytes.length > sample.length && lines.length > 0) break;
    lines.push({ text: decoder.decode(sample.subarray(start, end)), start, number: lines.length + 1 });
    start = end + 1;
  }
  return lines;
}

/** Texts full of numbers that are no point lists would otherwise be misread. */
function refuseOtherText(file: string, lines: readonly Line[]): void {
  if (/^\s*ncols\s+\d+/i.test(lines[0]?.text ?? ''))
    throw new FormatError(file, 'line 1', 'this is an ESRI grid (a raster), not a list of points');
}

/** Semicolon before comma before blanks; a comma between digits is a decimal sign when something else separates. */
function sniffSeparator(lines: readonly string[]): { separator: number; decimal: number } {
  const data = lines.filter((l) => (l.match(NUMBER_BEGINS)?.length ?? 0) >= 2).slice(0, 50);
  const all = (test: (line: string) => boolean): boolean => data.length > 0 && data.every(test);
  const decimalComma =
    all((l) => !l.includes('.') && !/,\D|\D,|,\d+,/.test(l)) && data.some((l) => l.includes(','));
  if (all((l) => l.includes(';'))) return { separator: 59, decimal: decimalComma ? 44 : 46 };
  const otherwiseSeparated = all((l) => l.trim().split(/\s+/).length >= 3);
  if (decimalComma && otherwiseSeparated) return { separator: 0, decimal: 44 };
  return { separator: all((l) => l.includes(',')) ? 44 : 0, decimal: 46 };
}

/** @returns the fields without blanks and quotes around them; a separator in quotes separates nothing */
function splitLine(text: string, separator: number): string[] {
  const trimmed = text.trim();
  if (trimmed === '') return [];
  const fields = separator === 0 ? trimmed.split(/\s+/) : splitAt(trimmed, String.fromCharCode(separator));
  // A separator behind the last value is no further column.
  if (fields.length > 1 && fields.at(-1)!.trim() === '') fields.pop();
  return fields.map((f) =>
    f
      .trim()
      .replace(/^"(.*)"$/, '$1')
      .replaceAll('""', '"')
      .trim(),
  );
}

function splitAt(text: string, separator: string): string[] {
  if (!text.includes('"')) return text.split(separator);
  const fields: string[] = [];
  let start = 0;
  let quoted = false;
  for (let i = 0; i < text.length; i++) {
    if (text[i] === '"') quoted = !quoted;
    else if (text[i] === separator && !quoted) {
      fields.push(text.slice(start, i));
      start = i + 1;
    }
  }
  fields.push(text.slice(start));
  return fields;
}

function mostCommon(values: readonly number[]): number {
  const counts = new Map<number, number>();
  for (const v of values) counts.set(v, (counts.get(v) ?? 0) + 1);
  return [...counts].reduce((best, entry) => (entry[1] > best[1] ? entry : best), [0, 0])[0];
}

/** The last line in front of the rows that names as many columns, also as a comment ("# x y z label"). */
function findHeader(before: readonly Line[], columns: number, separator: number): string[] | null {
  for (const { text } of before.toReversed()) {
    const plain = text.replace(COMMENT, '');
    const byItsOwn = plain.includes(';') ? 59 : plain.includes(',') ? 44 : 0;
    // Blanks may belong to the names when tabs separate them.
    const fields = plain.includes('\t')
      ? splitLine(plain.replace(/\t/g, ';'), 59)
      : [separator, byItsOwn].map((s) => splitLine(plain, s)).find((f) => f.length === columns);
    const named = fields?.length === columns && fields.every((f) => !NUMBER.test(f));
    // A comment may be about anything: it is a header only when it names the axes.
    if (named && (!COMMENT.test(text) || axisOf(fields) !== null)) return fields;
  }
  return null;
}

/** Units behind a name do not belong to it: "X (mm)", "z[m]". */
function plainName(name: string): string {
  return name
    .replace(/\s*[([].*$/, '')
    .trim()
    .toLowerCase();
}

function axisOf(header: readonly string[]): [number, number, number] | null {
  const found = AXES.map((names) => header.findIndex((h) => names.includes(plainName(h))));
  return found.includes(-1) ? null : [found[0]!, found[1]!, found[2]!];
}

/** Columns of x, y, z: by name; with other names or none, the first three that hold numbers. */
function findPosition(
  header: readonly string[] | null,
  rows: readonly (readonly boolean[])[],
): [number, number, number] | null {
  const named = header === null ? null : axisOf(header);
  if (named !== null) return named;
  const width = rows[0]?.length ?? 0;
  const numeric = Array.from({ length: width }, (_, c) => c).filter(
    (c) => rows.filter((r) => r[c] === true).length * 2 > rows.length,
  );
  const [x, y, z] = numeric;
  return x === undefined || y === undefined || z === undefined ? null : [x, y, z];
}
