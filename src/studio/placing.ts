/**
 * What a file does not say of its numbers: their unit, and which axis points up. It is asked once and kept
 * by folder (or archive), and by format for files that come alone.
 */

import { isUpAxis, type UpAxis } from '../core/upAxis.ts';
import type { ScanOrigin } from './state.ts';
import { isLengthUnit, type LengthUnit } from './units.ts';

export interface Placing {
  readonly unit: LengthUnit;
  readonly up: UpAxis;
}

/** What was answered, by `placingKey`; the newest answer is the last one. */
export type Placings = Readonly<Record<string, Placing>>;

export const UNPLACED: Placing = { unit: 'file', up: '+z' };

/** So many answers are kept; the oldest is forgotten first. */
const MOST = 200;

/** E57 is in metres with Z up by its standard (ASTM E2807): nothing is to be asked. */
const BY_STANDARD: Readonly<Record<string, Placing>> = { e57: { unit: 'm', up: '+z' } };

function formatOf(name: string): string {
  const bare = name.toLowerCase().replace(/\.(gz|zip)$/, '');
  return bare.includes('.') ? bare.slice(bare.lastIndexOf('.') + 1) : '';
}

/** What an answer is kept under; null for what comes with the page and is known. */
export function placingKey(origin: ScanOrigin): string | null {
  if (origin.kind !== 'file') return null;
  const { folder, file } = origin;
  return folder === undefined ? `format:${formatOf(file.name)}` : `folder:${folder}`;
}

/** The same in words: "the folder “lot 7”", ".ply files". */
export function placingScope(origin: Extract<ScanOrigin, { kind: 'file' }>): string {
  const { folder, file } = origin;
  return folder === undefined ? `.${formatOf(file.name)} files` : `the folder “${folder}”`;
}

/** @returns what is known of such a scan; null when it has to be asked */
export function knownPlacing(placings: Placings, origin: ScanOrigin): Placing | null {
  const key = placingKey(origin);
  if (origin.kind !== 'file' || key === null) return null;
  return placings[key] ?? BY_STANDARD[formatOf(origin.file.name)] ?? null;
}

/** "+Z" as people write it; a minus sign as wide as the plus. */
export function axisName(axis: UpAxis): string {
  return axis.replace('-', '\u2212').toUpperCase();
}

export function withPlacing(placings: Placings, key: string, placing: Placing): Placings {
  const { [key]: _, ...others } = placings;
  return Object.fromEntries([...Object.entries(others), [key, placing]].slice(-MOST));
}

export function isPlacing(value: unknown): value is Placing {
  if (typeof value !== 'object' || value === null) return false;
  return 'unit' in value && isLengthUnit(value.unit) && 'up' in value && isUpAxis(value.up);
}
