/** The header of a NumPy .npy file (format versions 1 to 3). */

import { FormatError } from '../core/errors.ts';
import * as scalars from './scalarTypes.ts';

export interface NpyField {
  readonly name: string;
  readonly type: scalars.ScalarType;
  readonly littleEndian: boolean;
  /** Byte within an item. */
  readonly offset: number;
}

export interface NpyHeader {
  /** One nameless field for a plain array, several for a structured one. */
  readonly fields: readonly NpyField[];
  readonly structured: boolean;
  readonly itemBytes: number;
  readonly shape: readonly number[];
  readonly fortranOrder: boolean;
  readonly bodyStart: number;
}

const TYPES: Readonly<Record<string, scalars.ScalarType>> = {
  b1: scalars.UINT8,
  i1: scalars.INT8,
  i2: scalars.INT16,
  i4: scalars.INT32,
  i8: scalars.INT64,
  u1: scalars.UINT8,
  u2: scalars.UINT16,
  u4: scalars.UINT32,
  u8: scalars.UINT64,
  f2: scalars.FLOAT16,
  f4: scalars.FLOAT32,
  f8: scalars.FLOAT64,
};

/** Longer headers are no headers; NumPy itself refuses beyond 10,000 characters. */
const MAX_HEADER = 1 << 20;

/** @throws FormatError when it is not an array of numbers */
export function parseNpyHeader(file: string, bytes: Uint8Array): NpyHeader {
  const fail = (why: string): FormatError => new FormatError(file, 'NPY header', why);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const major = bytes[6] ?? 0;
  if (major < 1 || major > 3) throw fail(`unknown NPY version ${major}`);
  const textStart = major === 1 ? 10 : 12;
  if (bytes.length < textStart) throw fail('the file is cut off');
  const length = major === 1 ? view.getUint16(8, true) : view.getUint32(8, true);
  if (length > MAX_HEADER || textStart + length > bytes.length) throw fail('the file is cut off');
  const text = new TextDecoder().decode(bytes.subarray(textStart, textStart + length));
  const shape = /'shape'\s*:\s*\(([\d\s,L]*)\)/.exec(text)?.[1];
  const descr = /'descr'\s*:\s*(\[[^\]]*\]|'[^']*')/.exec(text)?.[1];
  const order = /'fortran_order'\s*:\s*(True|False)/.exec(text)?.[1];
  if (shape === undefined || descr === undefined || order === undefined)
    throw fail('descr, fortran_order or shape is missing or unusual');
  const structured = descr.startsWith('[');
  const fields = structured ? parseFields(descr, fail) : [parseType('', descr.slice(1, -1), 0, fail)];
  const last = fields.at(-1);
  return {
    fields,
    structured,
    itemBytes: last === undefined ? 0 : last.offset + last.type.bytes,
    shape: shape
      .split(',')
      .filter((s) => s.trim() !== '')
      .map((s) => Number.parseInt(s, 10)),
    fortranOrder: order === 'True',
    bodyStart: textStart + length,
  };
}

function parseType(name: string, code: string, offset: number, fail: (why: string) => FormatError): NpyField {
  const match = /^([<>|=])?([a-zA-Z]\d+)$/.exec(code);
  const type = match !== null && Object.hasOwn(TYPES, match[2]!) ? TYPES[match[2]!] : undefined;
  if (type === undefined)
    throw fail(`values of type "${code}"${name === '' ? '' : ` (field ${name})`} are not supported`);
  return { name, type, littleEndian: match![1] !== '>', offset };
}

/** `[('x', '<f4'), ('y', '<f4')]`, as NumPy writes it. */
function parseFields(descr: string, fail: (why: string) => FormatError): NpyField[] {
  const fields: NpyField[] = [];
  let offset = 0;
  const rest = descr.replace(/\(\s*'([^']*)'\s*,\s*'([^']*)'\s*\)/g, (_, name: string, code: string) => {
    const field = parseType(name, code, offset, fail);
    // Unnamed fields are the padding of aligned structures.
    fields.push(field);
    offset += field.type.bytes;
    return '';
  });
  if (!/^\[[\s,]*\]$/.test(rest)) throw fail('the fields of the structured array are nested or have shapes');
  return fields;
}
