/** NumPy arrays of points: [..., 3 or more columns] of any number type, or structured with fields x, y, z. */

import { FormatError } from '../core/errors.ts';
import { type Column, ColumnStore, columnRoles } from './columns.ts';
import type { RawCloud } from './finishCloud.ts';
import { guessColumnGroups } from './guessColumns.ts';
import { type NpyHeader, parseNpyHeader } from './npyHeader.ts';
import { progressTicker, type ReadHooks } from './report.ts';
import { FLOAT32, readColumn } from './scalarTypes.ts';

/** More columns than any point list has: then it is a transposed array, an image or a table of features. */
const MAX_COLUMNS = 32;

/** @throws FormatError when the array is no point list or longer than the file */
export function readNpy(file: string, bytes: Uint8Array, hooks: ReadHooks): RawCloud {
  const header = parseNpyHeader(file, bytes);
  const { shape, itemBytes, bodyStart } = header;
  const items = shape.reduce((a, b) => a * b, 1);
  if (items * itemBytes > bytes.length - bodyStart)
    throw new FormatError(
      file,
      `byte ${bodyStart}`,
      `the array [${shape.join(', ')}] takes ${items * itemBytes} bytes, ${bytes.length - bodyStart} follow: is the file cut off?`,
    );
  return header.structured
    ? readStructured(file, bytes, header, items, hooks)
    : readPlain(file, bytes, header, hooks);
}

function readStructured(
  file: string,
  bytes: Uint8Array,
  { fields, itemBytes, bodyStart }: NpyHeader,
  rows: number,
  hooks: ReadHooks,
): RawCloud {
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
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const tick = progressTicker(hooks, 'reading NPY', fields.length);
  fields.forEach((field, i) => {
    tick(0, i);
    const target = store.target(i);
    if (target !== null)
      readColumn(view, field.type, bodyStart + field.offset, itemBytes, rows, field.littleEndian, target);
  });
  return store.toRawCloud('NPY', rows, { faces: null, skipped: 0, warnings: [] });
}

function readPlain(file: string, bytes: Uint8Array, header: NpyHeader, hooks: ReadHooks): RawCloud {
  const { shape, fortranOrder, bodyStart } = header;
  const { type, littleEndian } = header.fields[0]!;
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
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const tick = progressTicker(hooks, 'reading NPY', width);
  for (let c = 0; c < width; c++) {
    tick(0, c);
    const start = bodyStart + c * type.bytes * (fortranOrder ? rows : 1);
    const stride = type.bytes * (fortranOrder ? 1 : width);
    const target = store.target(c);
    if (target !== null) readColumn(view, type, start, stride, rows, littleEndian, target);
  }
  const warnings = shape.length > 2 ? [`the array ${shown} was read as ${rows} points`] : [];
  return guessColumnGroups(store.toRawCloud('NPY', rows, { faces: null, skipped: 0, warnings }), '');
}
