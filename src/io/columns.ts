/**
 * From named columns (PLY properties, PCD fields, text headers, NumPy fields) to the parts of a cloud.
 * A reader asks where each column goes and writes there; `toRawCloud` turns what was gathered into
 * coordinates, normals, colours and further scalars.
 */

import type { RawCloud } from './finishCloud.ts';

/** How a column's numbers were stored; colours are scaled by it. */
export type ColumnKind = 'integer' | 'float' | 'text';

export interface Column {
  readonly name: string;
  readonly kind: ColumnKind;
  /** False for padding, lists and multi-valued fields, which no cloud can hold. */
  readonly keep: boolean;
}

type FloatTarget = Float32Array | Float64Array;

/** Value `row` of a column goes to `array[row * stride + offset]`. */
export interface ColumnTarget {
  readonly array: FloatTarget;
  readonly stride: number;
  readonly offset: number;
}

/** The same column from `row` on. */
export function shiftTarget({ array, stride, offset }: ColumnTarget, row: number): ColumnTarget {
  return { array, stride, offset: offset + row * stride };
}

const POSITION = [['x'], ['y'], ['z']];
const NORMAL = [
  ['nx', 'normal_x', 'normalx', 'normal x'],
  ['ny', 'normal_y', 'normaly', 'normal y'],
  ['nz', 'normal_z', 'normalz', 'normal z'],
];
const COLOUR = [
  ['red', 'r', 'diffuse_red'],
  ['green', 'g', 'diffuse_green'],
  ['blue', 'b', 'diffuse_blue'],
];
const PACKED = ['rgb', 'rgba'];
const ALPHA = ['alpha', 'a', 'diffuse_alpha'];

/** Index of the first kept column with one of the names, per component; null unless all are there. */
function findTriple(columns: readonly Column[], names: readonly string[][]): number[] | null {
  const found = names.map((aliases) =>
    columns.findIndex((c) => c.keep && aliases.includes(c.name.trim().toLowerCase())),
  );
  return found.includes(-1) ? null : found;
}

/** A column of 0xAARRGGBB, which PCL likes to store in the bits of a float. */
export function isPackedColour(name: string): boolean {
  return PACKED.includes(name.trim().toLowerCase());
}

/** Which columns make up which part of the cloud. */
export interface ColumnRoles {
  /** Three column indices, or null: there are no coordinates. */
  readonly position: readonly number[] | null;
  readonly normal: readonly number[] | null;
  readonly colour: readonly number[] | null;
  /** Column of packed 0xAARRGGBB, or -1. */
  readonly packed: number;
  /** Everything else worth keeping: [column, unique name]. */
  readonly scalars: readonly (readonly [number, string])[];
}

/** Names are compared without case; alpha is dropped. */
export function columnRoles(columns: readonly Column[]): ColumnRoles {
  const position = findTriple(columns, POSITION);
  const normal = findTriple(columns, NORMAL);
  const colour = findTriple(columns, COLOUR);
  const packed = columns.findIndex((c) => c.keep && isPackedColour(c.name));
  const taken = new Set([...(position ?? []), ...(normal ?? []), ...(colour ?? []), packed]);
  const names = new Set<string>();
  const scalars: [number, string][] = [];
  columns.forEach((column, index) => {
    const plain = column.name.trim();
    if (!column.keep || taken.has(index)) return;
    if (ALPHA.includes(plain.toLowerCase()) && (colour ?? packed >= 0)) return;
    let name = plain === '' ? `column ${index + 1}` : plain;
    for (let n = 2; names.has(name); n++) name = `${plain} (${n})`;
    names.add(name);
    scalars.push([index, name]);
  });
  return { position, normal, colour, packed, scalars };
}

/**
 * Further scalars may take this much; a Gaussian splat has 59 of them a point, which a cloud of millions
 * could not hold in a browser.
 */
const SCALAR_BYTES = 1 << 28;
const ALWAYS_KEPT = 4;

/** Holds the values of all kept columns while a reader fills them. */
export class ColumnStore {
  readonly coords: FloatTarget;
  private readonly normals: Float32Array | null;
  private readonly colours: Float32Array | null;
  private readonly packed: Float64Array | null;
  private readonly scalars = new Map<string, Float32Array>();
  private readonly targets: (ColumnTarget | null)[];
  private readonly columns: readonly Column[];
  private readonly roles: ColumnRoles;
  private readonly dropped: readonly string[];

  /**
   * @param roles with a position
   * @param rows already known to be supported by the file's length: memory is taken for all of them
   * @param float32 coordinates are stored as float32 in the file, so nothing is gained by float64
   */
  constructor(columns: readonly Column[], roles: ColumnRoles, rows: number, float32: boolean) {
    this.columns = columns;
    this.roles = roles;
    this.coords = float32 ? new Float32Array(rows * 3) : new Float64Array(rows * 3);
    this.normals = roles.normal === null ? null : new Float32Array(rows * 3);
    this.colours = roles.colour === null ? null : new Float32Array(rows * 3);
    this.packed = roles.packed < 0 ? null : new Float64Array(rows);
    this.targets = columns.map(() => null);
    const triple = (indices: readonly number[] | null, array: FloatTarget | null): void =>
      indices?.forEach((column, offset) => {
        if (array !== null) this.targets[column] = { array, stride: 3, offset };
      });
    triple(roles.position, this.coords);
    triple(roles.normal, this.normals);
    triple(roles.colour, this.colours);
    if (this.packed !== null) this.targets[roles.packed] = { array: this.packed, stride: 1, offset: 0 };
    const room = Math.max(ALWAYS_KEPT, Math.floor(SCALAR_BYTES / (4 * Math.max(1, rows))));
    this.dropped = roles.scalars.slice(room).map(([, name]) => name);
    for (const [column, name] of roles.scalars.slice(0, room)) {
      const array = new Float32Array(rows);
      this.scalars.set(name, array);
      this.targets[column] = { array, stride: 1, offset: 0 };
    }
  }

  /** @returns null for a column that is not kept */
  target(column: number): ColumnTarget | null {
    return this.targets[column] ?? null;
  }

  /** Marks a row as unreadable: its coordinates become NaN. */
  spoil(row: number): void {
    this.coords.fill(Number.NaN, row * 3, row * 3 + 3);
  }

  /** What was gathered, cut to the rows that were filled. */
  toRawCloud(format: string, rows: number, rest: Pick<RawCloud, 'faces' | 'skipped' | 'warnings'>): RawCloud {
    const colours = this.finishColours(rows);
    const { length } = this.dropped;
    const dropped = `${length} further fields were left out to save memory (${this.dropped[0]}, ...)`;
    return {
      format,
      coords: this.coords.subarray(0, rows * 3),
      normals: this.normals?.subarray(0, rows * 3) ?? null,
      colours,
      attributes: new Map([...this.scalars].map(([name, array]) => [name, array.subarray(0, rows)])),
      ...rest,
      warnings: length > 0 ? [...rest.warnings, dropped] : rest.warnings,
    };
  }

  private finishColours(rows: number): Uint8Array | null {
    if (this.packed !== null) return unpackColours(this.packed.subarray(0, rows));
    if (this.colours === null || this.roles.colour === null) return null;
    const kind = this.columns[this.roles.colour[0]!]!.kind;
    return scaleColours(this.colours.subarray(0, rows * 3), kind);
  }
}

/** @param packed [N] 0xAARRGGBB as numbers; alpha is ignored */
function unpackColours(packed: Float64Array): Uint8Array {
  const colours = new Uint8Array(packed.length * 3);
  for (let i = 0; i < packed.length; i++) {
    // >>> 0 takes the low 32 bits of negative numbers too (fields of type I).
    const bits = packed[i]! >>> 0;
    colours[i * 3] = bits >>> 16;
    colours[i * 3 + 1] = bits >>> 8;
    colours[i * 3 + 2] = bits;
  }
  return colours;
}

/**
 * To 0..255: numbers written as fractions of 1 and 16-bit channels are recognised by their range.
 * @param values [3N]; @param kind whole numbers up to 1 are a dark colour when the type is an integer
 */
export function scaleColours(values: Float32Array, kind: ColumnKind): Uint8Array {
  let max = 0;
  for (const v of values) if (v > max) max = v;
  const scale = kind !== 'integer' && max <= 1 ? 255 : max > 255 ? 255 / 65535 : 1;
  const colours = new Uint8Array(values.length);
  for (let i = 0; i < values.length; i++) {
    const v = values[i]!;
    // Signed bytes hold the upper half of the range as negative numbers.
    colours[i] = kind === 'integer' && v < 0 ? v & 255 : Math.min(255, Math.max(0, Math.round(v * scale)));
  }
  return colours;
}
