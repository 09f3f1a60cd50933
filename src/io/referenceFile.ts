/**
 * A fitted reference as one safetensors file: points, normals, spread, density and the bank of shapes (where the
 * detector has one) as float32 tensors, frame, members and thresholds in the metadata.
 */

import { FormatError } from '../core/errors.ts';
import { checkBank, type FeatureBank } from '../core/featureBank.ts';
import { isObjectFigures } from '../core/objectRule.ts';
import { type Reference, type ReferenceMember, restoreReference } from '../core/reference.ts';
import { checkReference } from '../core/referenceSurface.ts';
import { SHAPE_WIDTH } from '../core/shapeFeatures.ts';
import type { Calibration, ModelFrame } from '../core/types.ts';
import { readSafetensors, writeSafetensors } from './safetensors.ts';

/** What a detector was fitted to. */
export interface ReferenceFile {
  /** Name of the detector whose thresholds they are. */
  readonly detector: string;
  readonly reference: Reference;
  readonly calibration: Calibration;
  /** Of detectors that know good surface by its shape: descriptors, the cells they were taken on, and their unit. */
  readonly bank?: FeatureBank & { readonly cell: number; readonly unit: number };
  /** How much of what good scans differ by is slow, 0 to 1. */
  readonly variation?: number;
  /** Of an ensemble: what its members say of good scans. */
  readonly usual?: readonly Usual[];
}

interface Usual {
  readonly member: string;
  readonly mean: number;
  readonly deviation: number;
  readonly object: number;
}

const KEY = 'po3ad.reference';
const VERSION = 1;
/** Files that name none are its. */
const FIRST_DETECTOR = 'residual';

/** What stands in the metadata beside the tensors. */
interface Described {
  readonly version: number;
  /** Absent in files of the first detector. */
  readonly detector?: string;
  readonly frame: ModelFrame;
  readonly members: readonly ReferenceMember[];
  readonly scanSpacing: number;
  readonly gap: number;
  readonly calibration: Calibration;
  /** Of the bank, whose descriptors are a tensor. */
  readonly cell?: number;
  readonly unit?: number;
  readonly variation?: number;
  readonly usual?: readonly Usual[];
}

/** @returns the same bytes for the same reference */
export function writeReferenceFile({
  detector,
  reference,
  calibration,
  bank,
  variation,
  usual,
}: ReferenceFile): Uint8Array<ArrayBuffer> {
  const { points, normals, spread, density, frame, members, scanSpacing, gap } = reference;
  const described: Described = {
    version: VERSION,
    detector,
    frame,
    members,
    scanSpacing,
    gap,
    calibration,
    ...(bank && { cell: bank.cell, unit: bank.unit }),
    ...(variation !== undefined && { variation }),
    ...(usual && { usual }),
  };
  const m = spread.length;
  const tensors = new Map([
    ['points', { shape: [m, 3], data: points }],
    ['normals', { shape: [m, 3], data: normals }],
    ['spread', { shape: [m], data: spread }],
    ['density', { shape: [m], data: density }],
  ]);
  if (bank !== undefined)
    tensors.set('bank', { shape: [bank.values.length / bank.width, bank.width], data: bank.values });
  return writeSafetensors(tensors, { [KEY]: JSON.stringify(described) });
}

/** Whether bytes begin like a reference file; reads the header only. */
export function isReferenceFile(bytes: Uint8Array): boolean {
  const head = new TextDecoder('latin1').decode(bytes.subarray(8, 200));
  return head.startsWith(`{"__metadata__":{"${KEY}"`);
}

/**
 * @throws FormatError when it is no reference file, or of a newer version
 * @throws InvalidInputError when its arrays do not belong together
 */
export function readReferenceFile(file: string, bytes: Uint8Array): ReferenceFile {
  const { tensors, metadata } = readSafetensors(file, bytes);
  const text = metadata[KEY];
  if (text === undefined) throw new FormatError(file, 'metadata', 'is no reference: make one with po3ad fit');
  const {
    detector = FIRST_DETECTOR,
    calibration,
    frame,
    members,
    scanSpacing,
    gap,
    cell,
    unit,
    variation,
    usual,
  } = parseDescribed(file, text);
  const tensor = (name: string): Float32Array => {
    const found = tensors.get(name);
    if (found === undefined) throw new FormatError(file, name, 'is missing');
    return found.data;
  };
  const surface = { points: tensor('points'), normals: tensor('normals'), spread: tensor('spread') };
  checkReference(file, surface);
  const density = tensor('density');
  if (density.length !== surface.spread.length)
    throw new FormatError(
      file,
      'density',
      `has ${density.length} values for ${surface.spread.length} points`,
    );
  const reference = restoreReference({ ...surface, density, frame, members, scanSpacing, gap });
  const shapes = tensors.get('bank');
  if ((shapes === undefined) !== (cell === undefined)) throw new FormatError(file, 'bank', 'is not whole');
  const fitted = { detector, reference, calibration, ...(variation !== undefined && { variation }) };
  if (shapes === undefined || cell === undefined || unit === undefined) return fitted;
  const bank = { cell, unit, width: SHAPE_WIDTH, values: shapes.data };
  checkBank(file, bank);
  return { ...fitted, bank, ...(usual && { usual }) };
}

function parseDescribed(file: string, text: string): Described {
  let value: Partial<Described>;
  try {
    // Every field is looked at below before it is used.
    value = JSON.parse(text) as Partial<Described>;
  } catch (error) {
    throw new FormatError(file, 'metadata', `is no JSON: ${error instanceof Error ? error.message : error}`);
  }
  const { version, detector, frame, members, scanSpacing, gap, calibration, cell, unit, variation, usual } =
    value;
  if (version !== VERSION)
    throw new FormatError(
      file,
      'metadata',
      `reference format ${version} is unknown to this program (${VERSION})`,
    );
  const positive = (v: unknown): v is number => typeof v === 'number' && v > 0 && Number.isFinite(v);
  const sound =
    (detector === undefined || typeof detector === 'string') &&
    positive(frame?.radius) &&
    frame.centre?.length === 3 &&
    frame.centre.every(Number.isFinite) &&
    Array.isArray(members) &&
    members.every(
      (m) => typeof m?.name === 'string' && typeof m.words === 'string' && typeof m.used === 'boolean',
    ) &&
    positive(scanSpacing) &&
    positive(gap) &&
    typeof calibration?.how === 'string' &&
    Number.isFinite(calibration.pointThreshold) &&
    Number.isFinite(calibration.objectThreshold) &&
    (calibration.objectThresholds === undefined || isObjectFigures(calibration.objectThresholds)) &&
    (cell === undefined ? unit === undefined : positive(cell) && positive(unit)) &&
    (variation === undefined || (variation >= 0 && variation <= 1)) &&
    (usual === undefined || (Array.isArray(usual) && usual.every(isUsual)));
  if (!sound) throw new FormatError(file, 'metadata', 'is damaged');
  return value as Described; // all looked at above
}

function isUsual(value: Partial<Usual> | null): boolean {
  return (
    typeof value?.member === 'string' &&
    Number.isFinite(value.mean) &&
    [value.deviation, value.object].every((v) => Number.isFinite(v) && Number(v) > 0)
  );
}
