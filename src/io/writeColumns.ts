/** What the writers of point files share: a cloud as named columns. */

import { InvalidInputError } from '../core/errors.ts';
import type { PointCloud } from '../core/types.ts';

export interface WriteOptions {
  /**
   * Further per-point values by name, each [N]: offset_x, score, ... They replace attributes of that name.
   * Bytes (labels) are written as bytes.
   */
  readonly scalars?: Readonly<Record<string, Float32Array | Uint8Array>>;
  /** Lines of remarks in the header: units, where the file comes from. */
  readonly comments?: readonly string[];
}

/** One column of the file. */
export interface WriteColumn {
  readonly name: string;
  readonly type: 'float32' | 'float64' | 'uint8';
  readonly value: (point: number) => number;
}

function hasOrigin({ origin }: PointCloud): boolean {
  return origin.some((o) => o !== 0);
}

/** x, y, z in source units: float64 where the origin would not survive in float32. */
export function positionColumns(cloud: PointCloud): WriteColumn[] {
  const { positions, origin } = cloud;
  const type = hasOrigin(cloud) ? 'float64' : 'float32';
  return (['x', 'y', 'z'] as const).map((name, k) => ({
    name,
    type,
    value: (i) => positions[i * 3 + k]! + origin[k]!,
  }));
}

/** @param names three names; @param values [3N] or null for none */
export function tripleColumns(
  names: readonly string[],
  type: WriteColumn['type'],
  values: Float32Array | Uint8Array | null,
): WriteColumn[] {
  if (values === null) return [];
  return names.map((name, k) => ({ name, type, value: (i) => values[i * 3 + k]! }));
}

/**
 * The cloud's attributes and the further scalars.
 * @param taken names the file already uses
 * @param names `word`: made single printable words, as file headers want them; `any`: as they are
 * @throws InvalidInputError when an array has another length than the cloud
 */
export function scalarColumns(
  cloud: PointCloud,
  { scalars = {} }: WriteOptions,
  taken: readonly WriteColumn[],
  names: 'word' | 'any' = 'word',
): WriteColumn[] {
  const used = new Set(taken.map((c) => c.name));
  const plain = names === 'word' ? singleWord : oneLine;
  const points = cloud.positions.length / 3;
  return Object.entries({ ...cloud.attributes, ...scalars }).map(([name, values]) => {
    if (values.length !== points)
      throw new InvalidInputError(name, `has ${values.length} values for ${points} points`);
    const type = values instanceof Uint8Array ? 'uint8' : 'float32';
    return { name: uniqueName(plain(name), used), type, value: (i) => values[i]! };
  });
}

/** Remarks as header lines, each kept to one line. */
export function commentLines({ comments = [] }: WriteOptions, mark: string): string[] {
  return comments.map((text) => `${mark} ${text.replace(/[\r\n]+/g, ' ')}`);
}

/** Names in file headers are single printable words; "_" alone is padding in PCD. */
function singleWord(name: string): string {
  const word = name.replace(/[^\x21-\x7e]+/g, '_');
  return word === '' || word === '_' ? 'scalar' : word;
}

/** A name that reads like a number would make the header look like a row. */
function oneLine(name: string): string {
  const line = name.replace(/\s+/g, ' ').trim();
  return line === '' || !Number.isNaN(Number(line)) || /^[+-]?(nan|inf|infinity)$/i.test(line)
    ? `scalar ${line}`.trim()
    : line;
}

function uniqueName(plain: string, taken: Set<string>): string {
  let unique = plain;
  for (let n = 2; taken.has(unique); n++) unique = `${plain}_${n}`;
  taken.add(unique);
  return unique;
}

/** The shortest text that gives the same value back. */
export function decimal(value: number, type: WriteColumn['type']): string {
  if (Number.isNaN(value)) return 'nan';
  if (!Number.isFinite(value)) return value > 0 ? 'inf' : '-inf';
  if (type !== 'float32' || Number.isInteger(value)) return String(value);
  for (let digits = 6; digits < 9; digits++) {
    const short = Number(value.toPrecision(digits));
    if (Math.fround(short) === value) return String(short);
  }
  // Nine digits bring every float32 back.
  return String(Number(value.toPrecision(9)));
}

export const COLUMN_BYTES = { float32: 4, float64: 8, uint8: 1 } as const;

/** Puts a value of a column at a byte, little-endian. */
function putValue(view: DataView, at: number, type: WriteColumn['type'], value: number): void {
  if (type === 'float32') view.setFloat32(at, value, true);
  else if (type === 'float64') view.setFloat64(at, value, true);
  else view.setUint8(at, value);
}

/** Point after point, the columns packed without padding. */
export function putRows(
  view: DataView,
  start: number,
  columns: readonly WriteColumn[],
  points: number,
): void {
  const stride = columns.reduce((sum, c) => sum + COLUMN_BYTES[c.type], 0);
  let offset = start;
  for (const { type, value } of columns) {
    for (let i = 0, at = offset; i < points; i++, at += stride) putValue(view, at, type, value(i));
    offset += COLUMN_BYTES[type];
  }
}
