/**
 * Weights out of PyTorch checkpoints (torch.save): the zip form, and the older one without zip. The pickle
 * inside is read as data; only the names below may occur in it, and none is ever called.
 */

import { type UnzipFileInfo, unzipSync } from 'fflate';
import { FormatError } from '../core/errors.ts';
import {
  materialise,
  type PyTorchTensor,
  rebuildTensor,
  StorageRef,
  storageType,
  TensorRef,
} from './pytorchTensor.ts';
import { PickleGlobal, type PickleRules, type PickleValue, unpickle } from './unpickle.ts';

/** First bytes of the older form: the pickled number 0x1950a86a20f9469cfc6c. */
const LEGACY_MAGIC = [0x80, 0x02, 0x8a, 0x0a, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19];

/** Beside the storage classes, all that a state dict needs. */
const ALLOWED = new Set([
  'collections.OrderedDict',
  'torch._utils._rebuild_tensor_v2',
  'torch._utils._rebuild_parameter',
  'torch._utils._rebuild_parameter_with_state',
  'torch.Size',
]);

/** PyTorch stores without compressing; an archive that unpacks to more than this many times itself is a bomb. */
const MAX_EXPANSION = 16;

export function isPyTorchFile(bytes: Uint8Array): boolean {
  return isZip(bytes) || isLegacy(bytes);
}

function isZip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x50 && bytes[1] === 0x4b && bytes[2] === 3 && bytes[3] === 4;
}

function isLegacy(bytes: Uint8Array): boolean {
  return LEGACY_MAGIC.every((b, i) => bytes[i] === b);
}

/**
 * Reads `{model: state_dict, ...}`, `{state_dict: ...}` or a bare state dict. A prefix `module.` on every
 * name (data-parallel training) is dropped.
 * @returns tensors by name, in the order of the state dict
 * @throws FormatError naming what the file wants to use beyond weights, or where it is damaged
 */
export function readPyTorch(file: string, bytes: Uint8Array): Map<string, PyTorchTensor> {
  if (!isPyTorchFile(bytes)) throw new FormatError(file, 'byte 0', 'this is no PyTorch checkpoint');
  const { root, storages } = isZip(bytes) ? openZip(file, bytes) : openLegacy(file, bytes);
  const tensors = stateDict(file, root);
  // Many tensors on one storage would multiply it.
  const values = [...tensors.values()].reduce((sum, t) => sum + t.shape.reduce((a, b) => a * b, 1), 0);
  if (values * 4 > bytes.length * MAX_EXPANSION)
    throw new FormatError(
      file,
      '',
      `the tensors take more than ${MAX_EXPANSION} times the file's size: refused`,
    );
  const data = storages([...tensors.values()].map(({ storage }) => storage));
  return new Map(
    [...tensors].map(([name, tensor]) => [name, materialise(tensor, data.get(tensor.storage.key)!)]),
  );
}

/** The pickled object, and a way to fetch the bytes of storages by key. */
interface Opened {
  readonly root: PickleValue;
  readonly storages: (wanted: readonly StorageRef[]) => Map<string, Uint8Array>;
}

function openZip(file: string, bytes: Uint8Array): Opened {
  const pickle = [...unzip(file, bytes, (name) => /^[^/]+\/(data\.pkl|byteorder)$/.test(name))];
  const found = pickle.find(([name]) => name.endsWith('/data.pkl'));
  if (found === undefined)
    throw new FormatError(file, '', 'this ZIP archive is no PyTorch checkpoint (it has no data.pkl)');
  const order = pickle.find(([name]) => name.endsWith('/byteorder'))?.[1];
  if (order !== undefined && new TextDecoder().decode(order) !== 'little')
    throw new FormatError(
      file,
      '',
      'the checkpoint was saved on a big-endian machine, which is not supported',
    );
  const folder = found[0].slice(0, -'data.pkl'.length);
  const { value } = unpickle(file, found[1], 0, pickleRules(file));
  return {
    root: value,
    storages: (wanted) => {
      const keys = new Map(wanted.map(({ key }) => [`${folder}data/${key}`, key]));
      const data = new Map<string, Uint8Array>();
      for (const [name, content] of unzip(file, bytes, (n) => keys.has(n)))
        data.set(keys.get(name)!, content);
      checkStorages(file, wanted, data);
      return data;
    },
  };
}

/** Unpacks the entries that are wanted, within the limit of what an honest archive unpacks to. */
function unzip(file: string, bytes: Uint8Array, wanted: (name: string) => boolean): Map<string, Uint8Array> {
  let total = 0;
  const filter = ({ name, originalSize }: UnzipFileInfo): boolean => {
    if (!wanted(name)) return false;
    total += originalSize;
    if (total > bytes.length * MAX_EXPANSION)
      throw new FormatError(
        file,
        name,
        `the archive unpacks to more than ${MAX_EXPANSION} times its size: refused`,
      );
    return true;
  };
  try {
    return new Map(Object.entries(unzipSync(bytes, { filter })));
  } catch (error) {
    if (error instanceof FormatError) throw error;
    throw new FormatError(
      file,
      '',
      `the ZIP archive is damaged: ${error instanceof Error ? error.message : error}`,
    );
  }
}

/** Four pickles (magic number, version, system, object), the list of keys, then the storages one by one. */
function openLegacy(file: string, bytes: Uint8Array): Opened {
  const rules = pickleRules(file);
  let at = 0;
  const next = (): PickleValue => {
    const { value, end } = unpickle(file, bytes, at, rules);
    at = end;
    return value;
  };
  next();
  next();
  const system = next();
  if (system instanceof Map && system.get('little_endian') === false)
    throw new FormatError(
      file,
      '',
      'the checkpoint was saved on a big-endian machine, which is not supported',
    );
  const sizes = new Map<string, number>();
  const root = unpickle(file, bytes, at, {
    ...rules,
    load: (id) => {
      const storage = rules.load(id);
      if (storage instanceof StorageRef) sizes.set(storage.key, storage.type.bytes);
      return storage;
    },
  });
  at = root.end;
  const keys = next();
  if (!Array.isArray(keys)) throw new FormatError(file, `byte ${at}`, 'the list of storages is damaged');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const data = new Map<string, Uint8Array>();
  for (const key of keys.map(String)) {
    const cutOff = new FormatError(file, `byte ${at}`, `the file is cut off within storage ${key}`);
    if (at + 8 > bytes.length) throw cutOff;
    const length = Number(view.getBigInt64(at, true)) * (sizes.get(key) ?? 0);
    if (length < 0 || at + 8 + length > bytes.length) throw cutOff;
    data.set(key, bytes.subarray(at + 8, at + 8 + length));
    at += 8 + length;
  }
  return {
    root: root.value,
    storages: (wanted) => {
      checkStorages(file, wanted, data);
      return data;
    },
  };
}

/** Every wanted storage must be there, as long as the pickle says; several tensors may share one. */
function checkStorages(
  file: string,
  wanted: readonly StorageRef[],
  data: ReadonlyMap<string, Uint8Array>,
): void {
  for (const { key, length, type } of wanted) {
    const bytes = data.get(key)?.length ?? 0;
    if (bytes < length * type.bytes)
      throw new FormatError(
        file,
        `storage ${key}`,
        `has ${bytes} bytes, ${length} values of ${type.name} are needed`,
      );
  }
}

function pickleRules(file: string): PickleRules {
  return {
    allowed: (path) => ALLOWED.has(path) || storageType(path) !== undefined,
    call: (path, args) => {
      switch (path) {
        case 'collections.OrderedDict':
          return orderedDict(file, args[0] ?? []);
        case 'torch._utils._rebuild_tensor_v2':
          return rebuildTensor(file, args);
        case 'torch._utils._rebuild_parameter':
        case 'torch._utils._rebuild_parameter_with_state':
        case 'torch.Size':
          return args[0] ?? null;
        default:
          throw new FormatError(file, 'pickle', `${path} is called, which no state dict needs`);
      }
    },
    load: (id) => loadStorage(file, id),
  };
}

/** OrderedDict([(key, value), ...]); empty ones are filled by later opcodes. */
function orderedDict(file: string, pairs: PickleValue): Map<PickleValue, PickleValue> {
  const isPair = (p: PickleValue): p is [PickleValue, PickleValue] => Array.isArray(p) && p.length === 2;
  if (!Array.isArray(pairs) || !pairs.every(isPair))
    throw new FormatError(file, 'pickle', 'an OrderedDict is made from something that is no list of pairs');
  return new Map(pairs);
}

/** ('storage', class, key, device, length[, view]) */
function loadStorage(file: string, id: PickleValue): StorageRef {
  const fail = (why: string): FormatError => new FormatError(file, 'pickle', why);
  if (!Array.isArray(id) || id[0] !== 'storage') throw fail('refers to something that is no storage');
  const [, kind, key, , length, view] = id as PickleValue[];
  const type = kind instanceof PickleGlobal ? storageType(kind.path) : undefined;
  if (
    type === undefined ||
    typeof key !== 'string' ||
    !Number.isSafeInteger(length) ||
    (length as number) < 0
  )
    throw fail('describes a storage in an unknown way');
  if (view !== undefined && view !== null)
    throw fail('has storages that are views of others, which is not supported');
  return new StorageRef(key, type, length as number); // checked above
}

function stateDict(file: string, root: PickleValue): Map<string, TensorRef> {
  const dict = [
    root instanceof Map ? root.get('model') : null,
    root instanceof Map ? root.get('state_dict') : null,
    root,
  ].find((candidate): candidate is Map<PickleValue, PickleValue> => candidate instanceof Map);
  if (dict === undefined || dict.size === 0) throw new FormatError(file, 'pickle', 'holds no state dict');
  const names = [...dict.keys()].map(String);
  const prefix = names.every((n) => n.startsWith('module.')) ? 'module.'.length : 0;
  const tensors = new Map<string, TensorRef>();
  for (const [key, value] of dict) {
    if (!(value instanceof TensorRef))
      throw new FormatError(file, 'pickle', `entry "${String(key)}" is no tensor: this is no state dict`);
    tensors.set(String(key).slice(prefix), value);
  }
  return tensors;
}
