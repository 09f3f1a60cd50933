/** PCD: ascii, binary and binary_compressed, any field order, type and count. */

import { FormatError } from '../core/errors.ts';
import { type Column, ColumnStore, type ColumnTarget, columnRoles, isPackedColour } from './columns.ts';
import type { RawCloud } from './finishCloud.ts';
import { LZF_MAX_RATIO, lzfDecompress } from './lzf.ts';
import { type PcdField, type PcdHeader, parsePcdHeader } from './pcdHeader.ts';
import { progressTicker, type ReadHooks, UnreadableRows } from './report.ts';
import { type RowColumn, type RowPlan, readRows, rowSpreader } from './rowPlan.ts';
import { FLOAT32, readColumn, UINT32 } from './scalarTypes.ts';
import { TextScanner } from './textScanner.ts';

interface PcdBody {
  readonly skipped: number;
  readonly warnings: readonly string[];
}

interface Opened {
  readonly header: PcdHeader;
  readonly store: ColumnStore;
}

/** @param size of the whole file, of which `head` is the beginning */
function open(file: string, head: Uint8Array, size: number): Opened {
  const header = parsePcdHeader(file, head);
  const { fields, points, data } = header;
  const columns: Column[] = fields.map((f) => ({
    name: f.name,
    kind: f.type.kind,
    keep: f.count === 1 && f.name !== '_',
  }));
  const roles = columnRoles(columns);
  if (roles.position === null)
    throw new FormatError(
      file,
      '',
      `no points: the PCD has no fields x, y and z (it has: ${fields.map((f) => f.name).join(', ') || 'none'})`,
    );
  checkLength(file, header, size);
  // Ascii coordinates are read as float64 whatever the header says: UTM values need it.
  const float32 =
    data !== 'ascii' && roles.position.every((i) => fields[i]!.type === FLOAT32 || fields[i]!.type.bytes < 4);
  return { header, store: new ColumnStore(columns, roles, points, float32) };
}

function finish({ header, store }: Opened, body: PcdBody): RawCloud {
  const dropped = header.fields.filter((f) => f.count > 1 && f.name !== '_');
  return store.toRawCloud(`PCD ${header.data}`, header.points, {
    faces: null,
    skipped: body.skipped,
    warnings: [
      ...header.warnings,
      ...body.warnings,
      ...dropped.map((f) => `field ${f.name} has ${f.count} values a point and was left out`),
    ],
  });
}

/** @throws FormatError with line or byte when header and body disagree */
export function readPcd(file: string, bytes: Uint8Array, hooks: ReadHooks): RawCloud {
  const plan = planPcd(file, bytes, bytes.length);
  if (plan !== null) return readRows(plan, bytes, hooks);
  const opened = open(file, bytes, bytes.length);
  const body =
    opened.header.data === 'ascii'
      ? readAscii(file, bytes, opened.header, opened.store, hooks)
      : readCompressed(file, bytes, opened.header, opened.store, hooks);
  return finish(opened, body);
}

/**
 * @param head the beginning of the file with its header; @param size of the whole file
 * @returns null unless the points are plain binary
 * @throws as `readPcd`
 */
export function planPcd(file: string, head: Uint8Array, size: number): RowPlan | null {
  if (parsePcdHeader(file, head).data !== 'binary') return null;
  const opened = open(file, head, size);
  const { header, store } = opened;
  let rowBytes = 0;
  const columns = header.fields.map((field, column): RowColumn => {
    const offset = rowBytes;
    rowBytes += field.count * field.type.bytes;
    return { type: storedType(field), offset, column };
  });
  return {
    start: header.bodyStart,
    rowBytes,
    rows: header.points,
    stage: 'reading PCD',
    put: rowSpreader(store, columns, rowBytes, true),
    wantsRest: false,
    finish: () => finish(opened, { skipped: 0, warnings: [] }),
  };
}

/** Memory is taken by the header's count, so the body must be long enough to hold it. */
function checkLength(
  file: string,
  { points, fields, data, bodyStart, lines }: PcdHeader,
  size: number,
): void {
  const available = size - bodyStart;
  const cutOff = (needed: string): FormatError =>
    new FormatError(
      file,
      data === 'ascii' ? `line ${lines}` : `byte ${bodyStart}`,
      `the header declares ${points} points, which take ${needed} bytes; ${available} follow: is the file cut off?`,
    );
  const perPoint = fields.reduce((sum, f) => sum + f.count * (data === 'ascii' ? 2 : f.type.bytes), 0);
  if (data === 'binary' && perPoint * points > available) throw cutOff(`${perPoint * points}`);
  // In text a value takes a digit and a separator; the very last separator may be missing.
  if (data === 'ascii' && perPoint * points > available + 1) throw cutOff(`at least ${perPoint * points}`);
  if (data === 'binary_compressed' && perPoint * points > available * LZF_MAX_RATIO)
    throw cutOff(`at least ${Math.ceil((perPoint * points) / LZF_MAX_RATIO)}`);
}

/** Colours packed into a float: the bits count, not the number. */
function storedType(field: PcdField): PcdField['type'] {
  return isPackedColour(field.name) && field.type === FLOAT32 ? UINT32 : field.type;
}

/** Compressed data is stored field after field. */
function readCompressed(
  file: string,
  bytes: Uint8Array,
  { fields, points, bodyStart }: PcdHeader,
  store: ColumnStore,
  hooks: ReadHooks,
): PcdBody {
  const perPoint = fields.reduce((sum, f) => sum + f.count * f.type.bytes, 0);
  const body = decompress(file, bytes, bodyStart, perPoint * points);
  const view = new DataView(body.buffer, body.byteOffset, body.byteLength);
  const tick = progressTicker(hooks, 'reading PCD', fields.length);
  let start = 0;
  fields.forEach((field, i) => {
    tick(0, i);
    const size = field.count * field.type.bytes;
    const target = store.target(i);
    if (target !== null) readColumn(view, storedType(field), start, size, points, true, target);
    start += size * points;
  });
  return { skipped: 0, warnings: [] };
}

function decompress(file: string, bytes: Uint8Array, start: number, expected: number): Uint8Array {
  const fail = (why: string): FormatError => new FormatError(file, `byte ${start}`, why);
  if (bytes.length < start + 8) throw fail('the file is cut off before its compressed data');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const compressedSize = view.getUint32(start, true);
  const size = view.getUint32(start + 4, true);
  if (compressedSize > bytes.length - start - 8)
    throw fail(
      `the file is cut off: ${compressedSize} compressed bytes announced, ${bytes.length - start - 8} follow`,
    );
  if (size !== expected)
    throw fail(`the compressed data unpacks to ${size} bytes, the header needs ${expected}`);
  if (size > compressedSize * LZF_MAX_RATIO)
    throw fail(`${compressedSize} compressed bytes cannot unpack to ${size}`);
  try {
    return lzfDecompress(bytes.subarray(start + 8, start + 8 + compressedSize), size);
  } catch (error) {
    throw fail(error instanceof Error ? error.message : String(error));
  }
}

function readAscii(
  file: string,
  bytes: Uint8Array,
  header: PcdHeader,
  store: ColumnStore,
  hooks: ReadHooks,
): PcdBody {
  const { fields, points } = header;
  const scanner = new TextScanner(bytes, header.bodyStart, header.lines);
  const tick = progressTicker(hooks, 'reading PCD', bytes.length);
  const bad = new UnreadableRows();
  const columns: AsciiColumn[] = fields.map((field, i) => ({
    count: field.count,
    target: store.target(i),
    packed: isPackedColour(field.name),
    float: field.type.kind === 'float',
  }));
  let longRows = 0;
  for (let row = 0; row < points; row++) {
    tick(row, scanner.nextLineStart);
    do {
      if (!scanner.nextLine())
        throw new FormatError(
          file,
          `line ${scanner.line}`,
          `the file is cut off: the header declares ${points} points, ${row} rows follow`,
        );
    } while (scanner.atLineEnd());
    if (!readRow(scanner, columns, row)) {
      store.spoil(row);
      bad.add(scanner.line);
    } else if (!scanner.atLineEnd()) longRows++;
  }
  const warnings = bad.warnings(file, points);
  if (longRows > 0) warnings.push(`${longRows} rows have more values than the header declares`);
  while (scanner.nextLine())
    if (!scanner.atLineEnd()) {
      warnings.push(`rows behind the declared ${points} points were ignored (from line ${scanner.line})`);
      break;
    }
  return { skipped: bad.count, warnings };
}

interface AsciiColumn {
  readonly count: number;
  readonly target: ColumnTarget | null;
  readonly packed: boolean;
  readonly float: boolean;
}

/** Values are separated by blanks, in some files by commas. @returns false when the row is unreadable */
function readRow(scanner: TextScanner, columns: readonly AsciiColumn[], row: number): boolean {
  for (const { count, target, packed, float } of columns)
    for (let k = 0; k < count; k++) {
      if (!scanner.readNumber()) return false;
      if (target !== null)
        target.array[row * target.stride + target.offset] =
          packed && float && !scanner.wasInteger ? floatBits(scanner.value) : scanner.value;
      scanner.skipSeparator();
    }
  return true;
}

const FLOAT_BITS = new DataView(new ArrayBuffer(4));

/**
 * PCL used to write the packed float as a number ("4.2108e+06"); it writes its bits as an integer now,
 * whatever the header's type.
 */
function floatBits(value: number): number {
  FLOAT_BITS.setFloat32(0, value);
  return FLOAT_BITS.getUint32(0);
}
