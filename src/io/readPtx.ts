/**
 * PTX (Leica Cyclone): scans as grids in text. Ten header lines (columns, rows, where the scanner stood, a
 * transformation), then one row per direction, "0 0 0" where nothing came back. A file may hold several scans.
 * The grid is not believed: files of the wild hold another number of rows.
 */

import { FormatError } from '../core/errors.ts';
import { type Column, ColumnStore, columnRoles } from './columns.ts';
import type { RawCloud } from './finishCloud.ts';
import { progressTicker, type ReadHooks, UnreadableRows } from './report.ts';
import { TextScanner } from './textScanner.ts';

/** Numbers on each header line. */
const HEADER = [1, 1, 3, 3, 3, 3, 4, 4, 4, 4] as const;
const NAMES = ['x', 'y', 'z', 'intensity', 'red', 'green', 'blue'];
const MOST_HEADER_BYTES = 4096;

/** Of [x y z 1] times a 4 x 4 matrix whose last row is the translation. */
type Transformation = readonly number[];

interface Grid {
  readonly columns: number;
  readonly rows: number;
  readonly transformation: Transformation;
}

/** @param head the beginning of a text file */
export function isPtx(head: Uint8Array): boolean {
  return readGrid(new TextScanner(head.subarray(0, MOST_HEADER_BYTES))) !== null;
}

/** @returns null when the next ten lines are no header */
function readGrid(scanner: TextScanner): Grid | null {
  const numbers: number[] = [];
  for (const count of HEADER) {
    if (!scanner.nextLine()) return null;
    for (let k = 0; k < count; k++) {
      if (!scanner.readNumber()) return null;
      numbers.push(scanner.value);
    }
    if (!scanner.atLineEnd()) return null;
  }
  const [columns, rows] = [numbers[0]!, numbers[1]!];
  if (!(Number.isInteger(columns) && Number.isInteger(rows) && columns >= 0 && rows >= 0)) return null;
  return { columns, rows, transformation: numbers.slice(14) };
}

/** @throws FormatError when most rows are unreadable or a later header is */
export function readPtx(file: string, bytes: Uint8Array, hooks: ReadHooks): RawCloud {
  const scanner = new TextScanner(bytes);
  let grid = readGrid(scanner);
  if (grid === null) throw new FormatError(file, 'line 1', 'a PTX file begins with ten lines of numbers');
  const width = firstRowWidth(bytes, scanner);
  const columns = NAMES.slice(0, width).map((name): Column => ({ name, kind: 'text', keep: true }));
  // A row takes a digit and a separator a number; short lines cannot claim memory.
  const capacity = Math.floor(bytes.length / (2 * width)) + 1;
  const store = new ColumnStore(columns, columnRoles(columns), capacity, false);
  const targets = columns.map((_, c) => store.target(c)!);
  const tick = progressTicker(hooks, 'reading PTX', bytes.length);
  const bad = new UnreadableRows();
  const warnings: string[] = [];
  let rows = 0;
  let begun = 0;
  const endScan = ({ columns: across, rows: down }: Grid) => {
    if (rows - begun !== across * down)
      warnings.push(`the header declares a grid of ${across} x ${down}, ${rows - begun} rows follow`);
    begun = rows;
  };
  while (scanner.nextLine()) {
    tick(rows, scanner.nextLineStart);
    if (scanner.atLineEnd()) continue;
    if (isLoneNumber(scanner)) {
      endScan(grid);
      grid = readNextGrid(file, bytes, scanner);
      continue;
    }
    const values = targets.map(() => (scanner.readNumber() ? scanner.value : null));
    if (values.includes(null) || rows >= capacity) {
      store.spoil(rows);
      bad.add(scanner.line);
    } else {
      values.forEach((value, c) => {
        const { array, stride, offset } = targets[c]!;
        array[rows * stride + offset] = value!;
      });
      place(store.coords, 3 * rows, grid.transformation);
    }
    rows++;
  }
  endScan(grid);
  warnings.unshift(...bad.warnings(file, rows));
  return store.toRawCloud('ptx', rows, { faces: null, skipped: bad.count, warnings });
}

/** Four numbers a row, or seven with colours. */
function firstRowWidth(bytes: Uint8Array, { nextLineStart, line }: TextScanner): number {
  const ahead = new TextScanner(bytes, nextLineStart, line);
  let width = 0;
  if (ahead.nextLine()) while (ahead.readNumber()) width++;
  return width >= NAMES.length ? NAMES.length : Math.min(4, Math.max(3, width));
}

/** A line of one whole number begins the next scan; the scanner stays where it is. */
function isLoneNumber(scanner: TextScanner): boolean {
  const start = scanner.pos;
  const lone = scanner.readNumber() && scanner.wasInteger && scanner.atLineEnd();
  scanner.pos = start;
  return lone;
}

function readNextGrid(file: string, bytes: Uint8Array, scanner: TextScanner): Grid {
  const { line } = scanner;
  const lineStart = bytes.lastIndexOf(10, Math.max(0, scanner.pos - 1)) + 1;
  const again = new TextScanner(bytes, lineStart, line - 1);
  const grid = readGrid(again);
  if (grid === null)
    throw new FormatError(file, `line ${line}`, 'the header of the next scan cannot be read');
  for (let k = 1; k < HEADER.length; k++) scanner.nextLine();
  return grid;
}

/** Puts a point where the transformation puts it; one without return is nowhere. */
function place(coords: Float32Array | Float64Array, at: number, m: Transformation): void {
  const [x, y, z] = [coords[at]!, coords[at + 1]!, coords[at + 2]!];
  const nothing = x === 0 && y === 0 && z === 0;
  for (let k = 0; k < 3; k++)
    coords[at + k] = nothing ? Number.NaN : x * m[k]! + y * m[4 + k]! + z * m[8 + k]! + m[12 + k]!;
}
