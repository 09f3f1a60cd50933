/** Points as text: XYZ, TXT, CSV, PTS, ASC; any separator, with or without header and count line. */

import { FormatError } from '../core/errors.ts';
import { type Column, ColumnStore, type ColumnTarget, columnRoles } from './columns.ts';
import type { RawCloud } from './finishCloud.ts';
import { guessColumnGroups } from './guessColumns.ts';
import { progressTicker, type ReadHooks, UnreadableRows } from './report.ts';
import { sniffTextLayout, type TextLayout } from './textLayout.ts';
import { TextScanner } from './textScanner.ts';

const QUOTE = 34;

/**
 * @param extension in lower case without dot; .pts decides on its own column order
 * @throws FormatError when most rows are unreadable or fewer follow than a count line declares
 */
export function readText(file: string, bytes: Uint8Array, extension: string, hooks: ReadHooks): RawCloud {
  const layout = sniffTextLayout(file, bytes);
  const columns = textColumns(layout);
  const capacity = maxRows(bytes, layout);
  const store = new ColumnStore(columns, columnRoles(columns), capacity, false);
  const reader = new RowReader(bytes, layout, store);
  const tick = progressTicker(hooks, 'reading text', bytes.length);
  const bad = new UnreadableRows();
  let { declared } = layout;
  let rows = 0;
  while (reader.scanner.nextLine()) {
    tick(rows, reader.scanner.nextLineStart);
    if (rows < capacity && reader.plainRow(rows)) {
      rows++;
      continue;
    }
    if (reader.isComment()) continue;
    // A PTS file may hold several scans, each with its count line.
    if (declared !== null && reader.isCountLine()) {
      declared += reader.scanner.value;
      continue;
    }
    if (rows >= capacity || !reader.row(rows)) {
      if (rows < capacity) store.spoil(rows);
      bad.add(reader.scanner.line);
    }
    rows++;
  }
  const warnings = [...bad.warnings(file, rows), ...reader.warnings()];
  if (declared !== null && declared > rows)
    throw new FormatError(
      file,
      `line ${reader.scanner.line}`,
      `the file is cut off: its count line declares ${declared} points, ${rows} rows follow`,
    );
  if (declared !== null && declared < rows)
    warnings.push(`the count line declares ${declared} points, ${rows} rows follow: all were kept`);
  const raw = store.toRawCloud('text', rows, { faces: null, skipped: bad.count, warnings });
  const numeric = { ...raw, attributes: reader.numericOnly(raw.attributes, rows) };
  return layout.hasHeader ? numeric : guessColumnGroups(numeric, extension);
}

function textColumns({ names, position }: TextLayout): Column[] {
  return names.map((name, i) => {
    const axis = position.indexOf(i);
    const plain = axis >= 0 ? 'xyz'[axis]! : name;
    // Another column that is called x must not take the place of the one chosen.
    const clash = axis < 0 && /^[xyz]$/i.test(plain);
    return { name: clash || plain === '' ? `column ${i + 1}` : plain, kind: 'text', keep: true };
  });
}

/**
 * No more rows than lines. A readable row takes a byte per column and three digits, so when the lines are
 * less than half as long on average, most are unreadable: a file of short lines cannot claim memory.
 */
function maxRows(bytes: Uint8Array, { columns, bodyStart }: TextLayout): number {
  let lines = 1;
  const newline = bytes.includes(10) ? 10 : 13;
  for (let at = bytes.indexOf(newline, bodyStart); at >= 0; at = bytes.indexOf(newline, at + 1)) lines++;
  return Math.min(lines, Math.floor((2 * (bytes.length - bodyStart)) / (columns + 2)) + 16);
}

class RowReader {
  readonly scanner: TextScanner;
  private readonly layout: TextLayout;
  private readonly targets: readonly (ColumnTarget | null)[];
  private readonly required: readonly boolean[];
  /** Per column: fields that were no numbers. */
  private readonly notNumeric: Uint32Array;
  private readonly values: Float64Array;
  private longRows = 0;

  constructor(bytes: Uint8Array, layout: TextLayout, store: ColumnStore) {
    this.scanner = new TextScanner(bytes, layout.bodyStart, layout.lines);
    this.scanner.decimal = layout.decimal;
    this.layout = layout;
    this.targets = layout.names.map((_, i) => store.target(i));
    this.required = layout.names.map((_, i) => layout.position.includes(i));
    this.notNumeric = new Uint32Array(layout.columns);
    this.values = new Float64Array(layout.columns);
  }

  /** Reads the current line if it is plain. @returns false, having read nothing, for any other */
  plainRow(row: number): boolean {
    const { scanner, targets, values } = this;
    if (!scanner.readPlainRow(values, this.layout.separator)) return false;
    for (let c = 0; c < values.length; c++) {
      const target = targets[c] ?? null;
      if (target !== null) target.array[row * target.stride + target.offset] = values[c]!;
    }
    return true;
  }

  /** Empty lines too. */
  isComment(): boolean {
    if (this.scanner.atLineEnd()) return true;
    const { bytes, pos } = this.scanner;
    return bytes[pos] === 37 || bytes[pos] === 33 || (bytes[pos] === 47 && bytes[pos + 1] === 47);
  }

  /** A line of nothing but one whole number, which is left in `scanner.value`. */
  isCountLine(): boolean {
    const start = this.scanner.pos;
    if (this.scanner.readInteger() && this.scanner.atLineEnd()) return true;
    this.scanner.pos = start;
    return false;
  }

  /** Reads the current line. @returns false when a coordinate or a column is missing */
  row(row: number): boolean {
    const { scanner, targets, required } = this;
    const { separator, columns } = this.layout;
    for (let c = 0; c < columns; c++) {
      const number = this.field();
      if (!number) {
        if (required[c]) return false;
        // A missing last field is a short row; with separators it may be empty.
        if (separator === 0 && scanner.atLineEnd()) return false;
        this.notNumeric[c]!++;
        this.skipField();
      }
      const target = targets[c] ?? null;
      if (target !== null)
        target.array[row * target.stride + target.offset] = number ? scanner.value : Number.NaN;
      if (!this.nextField(c === columns - 1)) return false;
    }
    if (!scanner.atLineEnd()) this.longRows++;
    return true;
  }

  warnings(): string[] {
    return this.longRows === 0 ? [] : [`${this.longRows} rows have more than ${this.layout.columns} columns`];
  }

  /** Leaves out columns that hold no numbers at all (names, dates). */
  numericOnly(attributes: ReadonlyMap<string, Float32Array>, rows: number): Map<string, Float32Array> {
    const words = new Set<Float32Array['buffer']>();
    this.notNumeric.forEach((count, c) => {
      const target = this.targets[c] ?? null;
      if (count > 0 && count === rows && target !== null) words.add(target.array.buffer);
    });
    return new Map([...attributes].filter(([, values]) => !words.has(values.buffer)));
  }

  /** A number, perhaps in quotes, up to the separator or a blank. */
  private field(): boolean {
    const { scanner } = this;
    scanner.skipBlanks();
    const quoted = scanner.peek() === QUOTE;
    if (quoted) scanner.pos++;
    if (!scanner.readNumber()) return false;
    if (!quoted) return true;
    scanner.skipBlanks();
    if (scanner.peek() !== QUOTE) return false;
    scanner.pos++;
    return true;
  }

  private skipField(): void {
    const { scanner } = this;
    const { separator } = this.layout;
    if (separator === 0) {
      scanner.word();
      return;
    }
    let quoted = false;
    for (let byte = scanner.peek(); byte !== -1 && (quoted || byte !== separator); byte = scanner.peek()) {
      if (byte === QUOTE) quoted = !quoted;
      scanner.pos++;
    }
  }

  /** Steps over the separator. @returns false when something else stands there or the line ends too early */
  private nextField(last: boolean): boolean {
    const { scanner } = this;
    const { separator } = this.layout;
    if (separator === 0) return true;
    scanner.skipBlanks();
    if (scanner.peek() === separator) {
      scanner.pos++;
      return true;
    }
    return last && scanner.atLineEnd();
  }
}
