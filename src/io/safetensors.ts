/**
 * safetensors (Hugging Face): an 8-byte length, a JSON header, the tensors without gaps. Read strictly, as
 * files come from strangers; written so that the same tensors give the same bytes.
 */

import { FormatError, InvalidInputError } from '../core/errors.ts';
import type { NamedTensor } from '../core/networkSpec.ts';
import { fromBfloat16, fromFloat16, toFloat16 } from './float16.ts';

/** Types that are read; all but BF16 and the small integers are written too. */
export type SafetensorsType = 'F64' | 'F32' | 'F16' | 'BF16' | 'I64' | 'I32' | 'I16' | 'I8' | 'U8' | 'BOOL';

/** Values as float32, whatever the file stores. */
export interface SafeTensor extends NamedTensor {
  readonly dtype: SafetensorsType;
}

export interface SafetensorsFile {
  /** In the order of the header. */
  readonly tensors: ReadonlyMap<string, SafeTensor>;
  readonly metadata: Readonly<Record<string, string>>;
}

/** Tensors to write: float32 unless `dtype` says otherwise. */
export type TensorToWrite = NamedTensor & { readonly dtype?: 'F32' | 'F16' | 'I64' };

const SIZES: Readonly<Record<SafetensorsType, number>> = {
  F64: 8,
  I64: 8,
  F32: 4,
  I32: 4,
  F16: 2,
  BF16: 2,
  I16: 2,
  I8: 1,
  U8: 1,
  BOOL: 1,
};

/** The reference implementation's own limit. */
const MAX_HEADER = 100_000_000;

interface Entry {
  readonly name: string;
  readonly dtype: SafetensorsType;
  readonly shape: readonly number[];
  readonly start: number;
  readonly end: number;
}

/** @throws FormatError when the header is damaged, or tensors overlap, leave gaps or run over the end */
export function readSafetensors(file: string, bytes: Uint8Array): SafetensorsFile {
  const { header, bodyStart } = parseHeader(file, bytes);
  let metadata: Readonly<Record<string, string>> = {};
  const entries: Entry[] = [];
  for (const [name, value] of Object.entries(header)) {
    if (name === '__metadata__') metadata = parseMetadata(file, value);
    else entries.push(parseEntry(file, name, value));
  }
  let end = 0;
  for (const entry of entries.toSorted((a, b) => a.start - b.start || a.end - b.end)) {
    if (entry.start !== end)
      throw new FormatError(file, `tensor ${entry.name}`, `begins at byte ${entry.start}, expected ${end}`);
    end = entry.end;
  }
  if (bodyStart + end !== bytes.length)
    throw new FormatError(
      file,
      `byte ${bytes.length}`,
      `the tensors take ${end} bytes, ${bytes.length - bodyStart} follow the header: is the file cut off?`,
    );
  const tensors = new Map<string, SafeTensor>();
  for (const { name, dtype, shape, start, end: stop } of entries)
    tensors.set(name, {
      dtype,
      shape,
      data: decode(dtype, bytes.slice(bodyStart + start, bodyStart + stop)),
    });
  return { tensors, metadata };
}

function parseHeader(
  file: string,
  bytes: Uint8Array,
): { header: Record<string, unknown>; bodyStart: number } {
  if (bytes.length < 8) throw new FormatError(file, '', 'too short for a safetensors file');
  const length = Number(new DataView(bytes.buffer, bytes.byteOffset, 8).getBigUint64(0, true));
  if (length > MAX_HEADER || length > bytes.length - 8)
    throw new FormatError(file, 'byte 0', 'this is no safetensors file, or it is cut off');
  let header: unknown;
  try {
    header = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes.subarray(8, 8 + length)));
  } catch (error) {
    throw new FormatError(file, 'header', `is no JSON: ${error instanceof Error ? error.message : error}`);
  }
  if (!isRecord(header)) throw new FormatError(file, 'header', 'is no JSON object');
  return { header, bodyStart: 8 + length };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function parseMetadata(file: string, value: unknown): Record<string, string> {
  if (!isRecord(value)) throw new FormatError(file, '__metadata__', 'is no JSON object');
  for (const [key, text] of Object.entries(value))
    if (typeof text !== 'string') throw new FormatError(file, `__metadata__ ${key}`, 'is no text');
  return value as Record<string, string>; // checked value by value
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0; // an integer is a number
}

function parseEntry(file: string, name: string, value: unknown): Entry {
  const fail = (why: string): FormatError => new FormatError(file, `tensor ${name}`, why);
  if (!isRecord(value)) throw fail('is not described by an object');
  const { dtype, shape, data_offsets: offsets } = value;
  if (typeof dtype !== 'string' || !Object.hasOwn(SIZES, dtype))
    throw fail(`type ${String(dtype)} is not supported`);
  if (!Array.isArray(shape) || !shape.every(isCount)) throw fail('has no valid shape');
  if (!Array.isArray(offsets) || offsets.length !== 2 || !offsets.every(isCount))
    throw fail('has no valid data_offsets');
  const [start, end] = offsets as [number, number]; // two counts
  const type = dtype as SafetensorsType; // a key of SIZES
  const bytes = shape.reduce<number>((a, b) => a * b, SIZES[type]);
  if (end - start !== bytes)
    throw fail(`[${shape.join(', ')}] of ${dtype} takes ${bytes} bytes, not ${end - start}`);
  return { name, dtype: type, shape, start, end };
}

/** @param bytes in a buffer of their own; little-endian, as every machine this runs on */
function decode(dtype: SafetensorsType, bytes: Uint8Array<ArrayBuffer>): Float32Array {
  const { buffer } = bytes;
  switch (dtype) {
    case 'F32':
      return new Float32Array(buffer);
    case 'F64':
      return Float32Array.from(new Float64Array(buffer));
    case 'F16':
      return Float32Array.from(new Uint16Array(buffer), fromFloat16);
    case 'BF16':
      return Float32Array.from(new Uint16Array(buffer), fromBfloat16);
    case 'I64':
      return Float32Array.from(new BigInt64Array(buffer), Number);
    case 'I32':
      return Float32Array.from(new Int32Array(buffer));
    case 'I16':
      return Float32Array.from(new Int16Array(buffer));
    case 'I8':
      return Float32Array.from(new Int8Array(buffer));
    case 'U8':
    case 'BOOL':
      return Float32Array.from(bytes);
    default:
      return dtype satisfies never;
  }
}

/**
 * The header lists tensors in the order given; their data is laid out larger types first, so that every
 * tensor is aligned to its type without gaps, as the format demands.
 * @throws InvalidInputError when a tensor's shape and data disagree
 */
export function writeSafetensors(
  tensors: ReadonlyMap<string, TensorToWrite>,
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array<ArrayBuffer> {
  const list = [...tensors].map(([name, { shape, data, dtype = 'F32' }]) => {
    if (shape.reduce((a, b) => a * b, 1) !== data.length)
      throw new InvalidInputError(
        `tensor ${name}`,
        `${data.length} values do not fill [${shape.join(', ')}]`,
      );
    return { name, shape, data, dtype, start: 0 };
  });
  let end = 0;
  for (const tensor of list.toSorted((a, b) => SIZES[b.dtype] - SIZES[a.dtype])) {
    tensor.start = end;
    end += tensor.data.length * SIZES[tensor.dtype];
  }
  // Built by hand: an object would move names that look like numbers to the front.
  const fields = list.map(({ name, shape, data, dtype, start }) => {
    const entry = { dtype, shape, data_offsets: [start, start + data.length * SIZES[dtype]] };
    return `${JSON.stringify(name)}:${JSON.stringify(entry)}`;
  });
  if (Object.keys(metadata).length > 0) fields.unshift(`"__metadata__":${JSON.stringify(metadata)}`);
  const json = new TextEncoder().encode(`{${fields.join(',')}}`);
  const headerLength = Math.ceil(json.length / 8) * 8;
  const bytes = new Uint8Array(8 + headerLength + end).fill(32, 8 + json.length, 8 + headerLength);
  bytes.set(json, 8);
  const view = new DataView(bytes.buffer);
  view.setBigUint64(0, BigInt(headerLength), true);
  for (const { data, dtype, start } of list) encode(view, 8 + headerLength + start, dtype, data);
  return bytes;
}

function encode(view: DataView, at: number, dtype: 'F32' | 'F16' | 'I64', data: Float32Array): void {
  if (dtype === 'F32') for (let i = 0; i < data.length; i++) view.setFloat32(at + 4 * i, data[i]!, true);
  else if (dtype === 'F16')
    for (let i = 0; i < data.length; i++) view.setUint16(at + 2 * i, toFloat16(data[i]!), true);
  else for (let i = 0; i < data.length; i++) view.setBigInt64(at + 8 * i, BigInt(Math.round(data[i]!)), true);
}
