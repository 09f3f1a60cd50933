/** NumPy arrays of points: [..., 3 or more columns] of any number type, or structured with fields x, y, z. */

import { FormatError } from '../core/errors.ts';
import { type Column, ColumnStore, columnRoles } from './columns.ts';
import type { RawCloud } from './finishCloud.ts';
import { guessColumnGroups } from './guessColumns.ts';
import { type NpyHeader, parseNpyHeader } from './npyHeader.ts';
import { progressTicker, type ReadHooks } from './report.ts';
import { type RowPlan, readRows, rowSpreader } from './rowPlan.ts';
import { FLOAT32, readColumn } from './scalarTypes.ts';

/** More columns than any point list has: then it is a transposed array, an image or a table of features. */
const MAX_COLUMNS = 32;

/** @throws FormatError when the array is no point list or longer than the file */
export function readNpy(file: string, bytes: Uint8Array, hooks: ReadHooks): RawCloud {
  const plan = planNpy(file, bytes, bytes.length);
  return plan === null ? readFortran(file, bytes, hooks) : readRows(plan, bytes, hooks);
}

/**
 * @param head the beginning of the file with its header; @param size of the whole file
 * @returns null for an array that is stored column after column
 * @throws as `readNpy`
 */
export function planNpy(file: string, head: Uint8Array, size: number): RowPlan | null {
  const header = checkedHeader(file, head, size);
  if (header.structured) return planStructured(file, header);
  const layout = plainLayout(file, header);
  if (header.fortranOrder) return null;
  const { type, littleEndian } = header.fields[0]!;
  const { store, rows, width } = layout;
  const columns = Array.from({ length: width }, (_, column) => ({
    type,
    offset: column * type.bytes,
    column,
  }));
  const rowBytes = width * type.bytes;
  return {
    start: header.bodyStart,
    rowBytes,
    rows,
    stage: 'reading NPY',
    put: rowSpreader(store, columns, rowBytes, littleEndian),
    wantsRest: false,
    finish: () => finishPlain(layout),
  };
}

function checkedHeader(file: string, head: Uint8Array, size: number): NpyHeader {
  const header = parseNpyHeader(file, head);
  const { shape, itemBytes, bodyStart } = header;
  const items = shape.reduce((a, b) => a * b, 1);
  if (items * itemBytes > size - bodyStart)
    throw new FormatError(
      file,
      `byte ${bodyStart}`,
      `the array [${shape.join(', ')}] takes ${items * itemBytes} bytes, ${size - bodyStart} follow: is the file cut off?`,
    );
  return header;
}

function planStructured(file: string, { fields, itemBytes, bodyStart, shape }: NpyHeader): RowPlan {
  const rows = shape.reduce((a, b) => a * b, 1);
  const columns: Column[] = fields.map((f) => ({ name: f.name, kind: f.type.kind, keep: f.name !== '' }));
  const roles = columnRoles(columns);
  if (roles.position === null)
    throw new FormatError(
      file,
      'NPY header',
      `no points: the array has no fields x, y and z (it has: ${fields.map((f) => f.name).join(', ')})`,
    );
  const float32 = roles.position.every((i) => fields[i]!.type === FLOAT32 || fields[i]!.type.bytes < 4);
  const store = new ColumnStore(columns, roles, rows, float32);
  // Fields may differ in byte order.
  const spreaders = [true, false].map((order) =>
    rowSpreader(
      store,
      fields.flatMap(({ type, offset, littleEndian }, column) =>
        littleEndian === order ? [{ type, offset, column }] : [],
      ),
      itemBytes,
      order,
    ),
  );
  return {
    start: bodyStart,
    rowBytes: itemBytes,
    rows,
    stage: 'reading NPY',
    put: (bytes, first, count) => {
      for (const spread of spreaders) spread(bytes, first, count);
    },
    wantsRest: false,
    finish: () => store.toRawCloud('NPY', rows, { faces: null, skipped: 0, warnings: [] }),
  };
}

interface PlainLayout {
  readonly store: ColumnStore;
  readonly rows: number;
  readonly width: number;
  readonly warnings: readonly string[];
}

/** @throws FormatError when the shape is not that of a list of points */
function plainLayout(file: string, { shape, fortranOrder, fields }: NpyHeader): PlainLayout {
  const { type } = fields[0]!;
  const width = shape.at(-1) ?? 0;
  const rows = shape.slice(0, -1).reduce((a, b) => a * b, 1);
  const shown = `[${shape.join(', ')}]`;
  const fail = (why: string): FormatError => new FormatError(file, 'NPY header', why);
  if (shape.length < 2 || width < 3) throw fail(`no points: an array ${shown} has no three columns x, y, z`);
  if (width > MAX_COLUMNS) {
    const hint = shape.length === 2 && shape[0] === 3 ? ': transpose it to [N, 3]' : '';
    throw fail(`an array ${shown} is no list of points${hint}`);
  }
  if (fortranOrder && shape.length > 2) throw fail(`an array ${shown} in Fortran order is not supported`);
  const columns: Column[] = Array.from({ length: width }, (_, i) => ({
    name: ['x', 'y', 'z'][i] ?? `column ${i + 1}`,
    kind: type.kind === 'integer' ? 'integer' : 'text',
    keep: true,
  }));
  const store = new ColumnStore(columns, columnRoles(columns), rows, type === FLOAT32 || type.bytes < 4);
  const warnings = shape.length > 2 ? [`the array ${shown} was read as ${rows} points`] : [];
  return { store, rows, width, warnings };
}

function finishPlain({ store, rows, warnings }: PlainLayout): RawCloud {
  return guessColumnGroups(store.toRawCloud('NPY', rows, { faces: null, skipped: 0, warnings }), '');
}

function readFortran(file: string, bytes: Uint8Array, hooks: ReadHooks): RawCloud {
  const header = checkedHeader(file, bytes, bytes.length);
  const layout = plainLayout(file, header);
  const { store, rows, width } = layout;
  const { type, littleEndian } = header.fields[0]!;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const tick = progressTicker(hooks, 'reading NPY', width);
  for (let c = 0; c < width; c++) {
    tick(0, c);
    const start = header.bodyStart + c * type.bytes * rows;
    const target = store.target(c);
    if (target !== null) readColumn(view, type, start, type.bytes, rows, littleEndian, target);
  }
  return finishPlain(layout);
}
