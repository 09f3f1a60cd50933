/** PyTorch's storages and tensors, as a checkpoint's pickle describes them. */

import { FormatError } from '../core/errors.ts';
import type { NamedTensor } from '../core/networkSpec.ts';
import { fromBfloat16 } from './float16.ts';
import {
  FLOAT16,
  FLOAT32,
  FLOAT64,
  INT8,
  INT16,
  INT32,
  INT64,
  type ScalarType,
  UINT8,
  UINT16,
} from './scalarTypes.ts';

/** Values as float32, whatever the checkpoint stores. */
export interface PyTorchTensor extends NamedTensor {
  /** "float32", "float64", "float16", "bfloat16", "int64", ... */
  readonly dtype: string;
}

const BFLOAT16: ScalarType = {
  name: 'bfloat16',
  bytes: 2,
  kind: 'float',
  read: (view, at, littleEndian) => fromBfloat16(UINT16.read(view, at, littleEndian)),
};

/** Classes named in the pickle -> element type. */
const STORAGES: Readonly<Record<string, ScalarType>> = {
  'torch.FloatStorage': FLOAT32,
  'torch.DoubleStorage': FLOAT64,
  'torch.HalfStorage': FLOAT16,
  'torch.BFloat16Storage': BFLOAT16,
  'torch.LongStorage': INT64,
  'torch.IntStorage': INT32,
  'torch.ShortStorage': INT16,
  'torch.CharStorage': INT8,
  'torch.ByteStorage': UINT8,
  'torch.BoolStorage': UINT8,
};

/** @returns undefined when the path names no storage class */
export function storageType(path: string): ScalarType | undefined {
  return Object.hasOwn(STORAGES, path) ? STORAGES[path] : undefined;
}

/** A storage by reference: its bytes are fetched only when a wanted tensor uses it. */
export class StorageRef {
  readonly key: string;
  readonly type: ScalarType;
  /** Elements the pickle says it has. */
  readonly length: number;
  constructor(key: string, type: ScalarType, length: number) {
    this.key = key;
    this.type = type;
    this.length = length;
  }
}

/** A strided view on a storage. */
export class TensorRef {
  readonly storage: StorageRef;
  readonly offset: number;
  readonly shape: readonly number[];
  readonly strides: readonly number[];
  constructor(storage: StorageRef, offset: number, shape: readonly number[], strides: readonly number[]) {
    this.storage = storage;
    this.offset = offset;
    this.shape = shape;
    this.strides = strides;
  }
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0; // an integer is a number
}

/**
 * `_rebuild_tensor_v2(storage, offset, size, stride, ...)`
 * @throws FormatError when the view does not lie within its storage
 */
export function rebuildTensor(file: string, args: readonly unknown[]): TensorRef {
  const [storage, offset, shape, strides] = args;
  const fail = (why: string): FormatError => new FormatError(file, 'pickle', `a tensor ${why}`);
  if (!(storage instanceof StorageRef)) throw fail('has no storage');
  const counts = (list: unknown): list is number[] => Array.isArray(list) && list.every(isCount);
  if (!isCount(offset) || !counts(shape) || !counts(strides) || shape.length !== strides.length)
    throw fail('has no valid shape, strides and offset');
  const values = shape.reduce((a, b) => a * b, 1);
  const last = offset + shape.reduce((sum, n, i) => sum + (n - 1) * strides[i]!, 0);
  // Expanded tensors (stride 0) could be of any size: none of a state dict is one.
  if (values > 0 && (last >= storage.length || values > storage.length))
    throw fail(`of shape [${shape.join(', ')}] does not fit its storage of ${storage.length} values`);
  return new TensorRef(storage, offset, shape, strides);
}

/** @param bytes of the storage; @returns the values in C order */
export function materialise(
  { storage, offset, shape, strides }: TensorRef,
  bytes: Uint8Array,
): PyTorchTensor {
  const { type } = storage;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const data = new Float32Array(shape.reduce((a, b) => a * b, 1));
  const index = shape.map(() => 0);
  let at = offset;
  for (let i = 0; i < data.length; i++) {
    data[i] = type.read(view, at * type.bytes, true);
    // Count the index up like an odometer, last axis fastest.
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      at += strides[axis]!;
      if (++index[axis]! < shape[axis]!) break;
      at -= strides[axis]! * shape[axis]!;
      index[axis] = 0;
    }
  }
  return { shape, data, dtype: type.name };
}
