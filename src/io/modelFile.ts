/**
 * A model as one safetensors file: the tensors under the original's names and in its layout, so PyTorch's
 * loader puts them straight into the original network; config, calibration and provenance in the metadata.
 */

import { FormatError, ModelMismatchError } from '../core/errors.ts';
import type { Architecture, ModelConfig } from '../core/modelConfig.ts';
import type { StateDict } from '../core/networkSpec.ts';
import { isObjectFigures } from '../core/objectRule.ts';
import type { Calibration } from '../core/types.ts';
import { checkState } from './inferArchitecture.ts';
import {
  readSafetensors,
  type SafetensorsFile,
  type TensorToWrite,
  writeSafetensors,
} from './safetensors.ts';
import { Sha256 } from './sha256.ts';

export interface ModelFile {
  /** SHA-256 of config and tensors, hex: the same for the same model, however it was stored or is called. */
  readonly hash: string;
  readonly config: ModelConfig;
  readonly state: StateDict;
  readonly calibration: Calibration | null;
  /** Scans, steps, seed, parent..., as the trainer wrote them. */
  readonly provenance: Readonly<Record<string, string | number>>;
}

/** Metadata keys. "format": "pt" is what PyTorch's own writer puts there. */
const VERSION = 'po3ad.version';
const CONFIG = 'po3ad.config';
const CALIBRATION = 'po3ad.calibration';
const PROVENANCE = 'po3ad.provenance';
const HASH = 'po3ad.hash';
const CURRENT_VERSION = '1';

/**
 * @param dtype F16 halves the file and rounds the parameters; running statistics and counters are kept
 * @returns the same bytes for the same model
 * @throws ModelMismatchError when the state does not fit the config's architecture
 */
export function writeModelFile(
  model: Omit<ModelFile, 'hash'>,
  dtype: 'F32' | 'F16' = 'F32',
): Uint8Array<ArrayBuffer> {
  const { config, state, calibration, provenance } = model;
  checkState(config.name, config.arch, state);
  const tensors = new Map<string, TensorToWrite>();
  for (const [name, { shape, data }] of state)
    tensors.set(name, { shape, data, dtype: storedType(name, dtype) });
  const body = (metadata: Record<string, string>) => writeSafetensors(tensors, metadata);
  const stored = dtype === 'F32' ? state : readSafetensors(config.name, body({})).tensors;
  return body({
    format: 'pt',
    [VERSION]: CURRENT_VERSION,
    [HASH]: modelHash(config, stored),
    [CONFIG]: canonicalJson(config),
    [CALIBRATION]: canonicalJson(calibration),
    [PROVENANCE]: canonicalJson(provenance),
  });
}

/** PyTorch counts batches in int64; half precision would spoil small variances. */
function storedType(name: string, dtype: 'F32' | 'F16'): 'F32' | 'F16' | 'I64' {
  if (name.endsWith('.num_batches_tracked')) return 'I64';
  return /\.running_(mean|var)$/.test(name) ? 'F32' : dtype;
}

/** Whether this is a model file, of whatever version, and not bare weights. */
export function holdsModel({ metadata }: Pick<SafetensorsFile, 'metadata'>): boolean {
  return metadata[VERSION] !== undefined;
}

/**
 * @throws FormatError when it is no model file of this project
 * @throws ModelMismatchError when the tensors do not fit the config, or the hash is another
 */
export function readModelFile(file: string, bytes: Uint8Array): ModelFile {
  const { tensors, metadata } = readSafetensors(file, bytes);
  const version = metadata[VERSION];
  if (version === undefined)
    throw new FormatError(file, 'metadata', 'has no model config: import these weights first (po3ad import)');
  if (version !== CURRENT_VERSION)
    throw new FormatError(
      file,
      'metadata',
      `model format ${version} is newer than this program (${CURRENT_VERSION})`,
    );
  const config = checkConfig(file, parseJson(file, metadata, CONFIG));
  checkState(file, config.arch, tensors);
  const hash = modelHash(config, tensors);
  if (hash !== metadata[HASH])
    throw new ModelMismatchError(
      file,
      'the content hash does not fit: the weights or the config were changed',
    );
  return {
    hash,
    config,
    state: tensors,
    calibration: checkCalibration(file, parseJson(file, metadata, CALIBRATION)),
    provenance: checkProvenance(file, parseJson(file, metadata, PROVENANCE)),
  };
}

/**
 * SHA-256 over the config and every tensor's name, shape and float32 values. Order and storage do not matter, nor
 * does what the model is called: the same training gives the same hash.
 */
export function modelHash(config: ModelConfig, state: StateDict): string {
  const { name: _, ...rest } = config;
  const hash = new Sha256().text(`${canonicalJson(rest)}\n`);
  for (const name of [...state.keys()].sort()) {
    const { shape, data } = state.get(name)!;
    hash.text(`${JSON.stringify(name)} [${shape.join(',')}]\n`);
    hash.update(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  }
  return hash.hex();
}

/** JSON with sorted keys, so that equal values give equal text. */
function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_, item: unknown) =>
    typeof item === 'object' && item !== null && !Array.isArray(item)
      ? Object.fromEntries(Object.entries(item).sort(([a], [b]) => (a < b ? -1 : 1)))
      : item,
  );
}

function parseJson(file: string, metadata: Readonly<Record<string, string>>, key: string): unknown {
  const text = metadata[key];
  if (text === undefined) throw new FormatError(file, `metadata ${key}`, 'is missing');
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new FormatError(
      file,
      `metadata ${key}`,
      `is no JSON: ${error instanceof Error ? error.message : error}`,
    );
  }
}

type Json = Readonly<Record<string, unknown>>;

function isRecord(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isCount(value: unknown): boolean {
  return Number.isSafeInteger(value) && (value as number) > 0 && (value as number) <= 1 << 16; // an integer is a number
}

function areCounts(value: unknown, length: number): boolean {
  return Array.isArray(value) && value.length === length && value.every(isCount);
}

const ARCHITECTURE_CHECKS: Readonly<Record<string, (value: unknown) => boolean>> = {
  stemWidth: isCount,
  stemKernel: (v) => v === 3 || v === 5,
  // The list of tensors grows with the depth, before any tensor is looked at.
  layers: (v) => areCounts(v, 8) && (v as number[]).every((n) => n <= 64),
  planes: (v) => areCounts(v, 8),
  inChannels: isCount,
  outChannels: isCount,
  head: (v) => areCounts(v, 2),
};

const CONFIG_CHECKS: Readonly<Record<string, (value: unknown) => boolean>> = {
  name: (v) => typeof v === 'string',
  arch: isRecord,
  inputs: (v) => v === 'xyz' || v === 'reference',
  voxelSize: (v) => typeof v === 'number' && Number.isFinite(v) && v > 0,
  preset: (v) => v === 'paper' || v === 'released' || v === 'studio',
  scoreNorm: (v) => v === 'l1' || v === 'l2',
};

/** @throws FormatError naming the first field that is not what it must be */
function checkFields(file: string, where: string, record: Json, checks: typeof CONFIG_CHECKS): void {
  for (const [key, valid] of Object.entries(checks))
    if (!valid(record[key])) throw new FormatError(file, where, `${key} is ${JSON.stringify(record[key])}`);
}

/**
 * An architecture that came as JSON.
 * @throws FormatError naming the field that is not what it must be
 */
export function checkArchitecture(file: string, where: string, value: unknown): Architecture {
  if (!isRecord(value)) throw new FormatError(file, where, 'is no object');
  checkFields(file, where, value, ARCHITECTURE_CHECKS);
  return value as unknown as Architecture; // every field was checked
}

/** Field by field: the config comes from a file. Further fields are kept, the hash covers them. */
function checkConfig(file: string, value: unknown): ModelConfig {
  const where = `metadata ${CONFIG}`;
  if (!isRecord(value)) throw new FormatError(file, where, 'is no object');
  checkFields(file, where, value, CONFIG_CHECKS);
  checkArchitecture(file, `${where} arch`, value.arch);
  return value as unknown as ModelConfig; // every field was checked
}

function checkCalibration(file: string, value: unknown): Calibration | null {
  if (value === null) return null;
  if (
    !isRecord(value) ||
    typeof value.pointThreshold !== 'number' ||
    typeof value.objectThreshold !== 'number' ||
    typeof value.how !== 'string' ||
    (value.objectThresholds !== undefined && !isObjectFigures(value.objectThresholds))
  )
    throw new FormatError(file, `metadata ${CALIBRATION}`, 'is no calibration');
  const { pointThreshold, objectThreshold, objectThresholds, how } = value;
  return {
    pointThreshold,
    objectThreshold,
    how,
    ...(objectThresholds === undefined ? {} : { objectThresholds }),
  };
}

function checkProvenance(file: string, value: unknown): ModelFile['provenance'] {
  const valid =
    isRecord(value) && Object.values(value).every((v) => typeof v === 'string' || typeof v === 'number');
  if (!valid) throw new FormatError(file, `metadata ${PROVENANCE}`, 'is no list of texts and numbers');
  return value as ModelFile['provenance']; // checked value by value
}
