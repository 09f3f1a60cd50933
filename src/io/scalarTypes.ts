/** Scalar types of binary formats: size, kind, and how to read one or a whole column of them. */

import type { ColumnKind, ColumnTarget } from './columns.ts';
import { fromFloat16 } from './float16.ts';

export interface ScalarType {
  readonly name: string;
  readonly bytes: number;
  readonly kind: ColumnKind;
  readonly read: (view: DataView, at: number, littleEndian: boolean) => number;
}

function scalar(name: string, bytes: number, kind: ColumnKind, read: ScalarType['read']): ScalarType {
  return { name, bytes, kind, read };
}

export const INT8 = scalar('int8', 1, 'integer', (v, at) => v.getInt8(at));
export const UINT8 = scalar('uint8', 1, 'integer', (v, at) => v.getUint8(at));
export const INT16 = scalar('int16', 2, 'integer', (v, at, le) => v.getInt16(at, le));
export const UINT16 = scalar('uint16', 2, 'integer', (v, at, le) => v.getUint16(at, le));
export const INT32 = scalar('int32', 4, 'integer', (v, at, le) => v.getInt32(at, le));
export const UINT32 = scalar('uint32', 4, 'integer', (v, at, le) => v.getUint32(at, le));
export const INT64 = scalar('int64', 8, 'integer', (v, at, le) => Number(v.getBigInt64(at, le)));
export const UINT64 = scalar('uint64', 8, 'integer', (v, at, le) => Number(v.getBigUint64(at, le)));
export const FLOAT16 = scalar('float16', 2, 'float', (v, at, le) => fromFloat16(v.getUint16(at, le)));
export const FLOAT32 = scalar('float32', 4, 'float', (v, at, le) => v.getFloat32(at, le));
export const FLOAT64 = scalar('float64', 8, 'float', (v, at, le) => v.getFloat64(at, le));

/** Reads `rows` values that lie `stride` bytes apart into a column's target. */
export function readColumn(
  view: DataView,
  type: ScalarType,
  start: number,
  stride: number,
  rows: number,
  littleEndian: boolean,
  target: ColumnTarget,
): void {
  const { array } = target;
  const { read } = type;
  // The types that big files are made of, without a call per value.
  if (type === FLOAT32)
    for (let row = 0, at = start, to = target.offset; row < rows; row++, at += stride, to += target.stride)
      array[to] = view.getFloat32(at, littleEndian);
  else if (type === FLOAT64)
    for (let row = 0, at = start, to = target.offset; row < rows; row++, at += stride, to += target.stride)
      array[to] = view.getFloat64(at, littleEndian);
  else if (type === UINT8)
    for (let row = 0, at = start, to = target.offset; row < rows; row++, at += stride, to += target.stride)
      array[to] = view.getUint8(at);
  else
    for (let row = 0, at = start, to = target.offset; row < rows; row++, at += stride, to += target.stride)
      array[to] = read(view, at, littleEndian);
}
