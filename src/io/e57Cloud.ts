/** The scans of an E57 file put together: coordinates, colours, normals and further values by their names. */

import { FormatError } from '../core/errors.ts';
import type { E57Pose, E57Scan } from './e57Xml.ts';
import type { RawCloud } from './finishCloud.ts';

const CARTESIAN = ['cartesianX', 'cartesianY', 'cartesianZ'];
const SPHERICAL = ['sphericalRange', 'sphericalAzimuth', 'sphericalElevation'];
const COLOURS = ['colorRed', 'colorGreen', 'colorBlue'];
const NORMALS = ['nor:normalX', 'nor:normalY', 'nor:normalZ'];
/** 0: the coordinates are good; 1: only their direction is; 2: nothing is. */
const INVALID = ['cartesianInvalidState', 'sphericalInvalidState'];
const NO_SCALARS = [
  ...CARTESIAN,
  ...SPHERICAL,
  ...COLOURS,
  ...NORMALS,
  ...INVALID,
  'isColorInvalid',
  'isIntensityInvalid',
  'isTimeStampInvalid',
];
/** The names other formats give them. */
const RENAMED: Readonly<Record<string, string>> = {
  returnIndex: 'return_number',
  returnCount: 'number_of_returns',
  timeStamp: 'gps_time',
};

type Values = ReadonlyMap<string, Float64Array>;

function has(scan: E57Scan, names: readonly string[]): boolean {
  return names.every((name) => scan.fields.some((field) => field.name === name));
}

export class E57Cloud {
  private readonly format: string;
  private readonly scans: readonly E57Scan[];
  private readonly coords: Float64Array;
  private readonly colours: Uint8Array | null;
  private readonly normals: Float32Array | null;
  private readonly scalars = new Map<string, Float32Array>();
  private readonly warnings: string[] = [];
  private rows = 0;

  /** @throws FormatError for a scan without coordinates */
  constructor(file: string, format: string, scans: readonly E57Scan[]) {
    const without = scans.find((scan) => !has(scan, CARTESIAN) && !has(scan, SPHERICAL));
    if (without !== undefined)
      throw new FormatError(
        file,
        without.name,
        `no points: it has no coordinates (it has: ${without.fields.map((field) => field.name).join(', ')})`,
      );
    this.format = format;
    this.scans = scans;
    const total = scans.reduce((sum, scan) => sum + scan.records, 0);
    this.coords = new Float64Array(3 * total);
    this.colours = this.inAll(COLOURS, 'colours') ? new Uint8Array(3 * total) : null;
    this.normals = this.inAll(NORMALS, 'normals') ? new Float32Array(3 * total) : null;
    for (const { fields } of scans)
      for (const { name, packing } of fields)
        if (packing.kind !== 'text' && !NO_SCALARS.includes(name) && !this.scalars.has(name))
          this.scalars.set(name, new Float32Array(total).fill(Number.NaN));
    if (scans.length > 1) this.scalars.set('scan', new Float32Array(total));
  }

  add(scan: E57Scan, values: Values): void {
    this.addCoordinates(scan, values);
    this.addColours(scan, values);
    const { rows, normals } = this;
    if (normals !== null) {
      const columns = NORMALS.map((name) => values.get(name)!);
      for (let i = 0; i < scan.records; i++) {
        const turned = rotate(scan.pose, columns[0]![i]!, columns[1]![i]!, columns[2]![i]!);
        normals.set(turned, 3 * (rows + i));
      }
    }
    for (const [name, column] of this.scalars) {
      const from = values.get(name);
      if (from !== undefined) column.set(name === 'timeStamp' ? sinceFirst(from) : from, rows);
    }
    this.scalars.get('scan')?.fill(this.scans.indexOf(scan), rows, rows + scan.records);
    this.rows += scan.records;
  }

  toRawCloud(): RawCloud {
    return {
      format: this.format,
      coords: this.coords,
      normals: this.normals,
      colours: this.colours,
      faces: null,
      attributes: new Map([...this.scalars].map(([name, column]) => [RENAMED[name] ?? name, column])),
      skipped: 0,
      warnings: this.warnings,
    };
  }

  /** Rows of some scans cannot have colours when those of others have none. */
  private inAll(names: readonly string[], what: string): boolean {
    const some = this.scans.filter((scan) => has(scan, names)).length;
    if (some > 0 && some < this.scans.length)
      this.warnings.push(`only ${some} of ${this.scans.length} scans have ${what}: they were left out`);
    return some > 0 && some === this.scans.length;
  }

  private addCoordinates({ pose, records, ...scan }: E57Scan, values: Values): void {
    const cartesian = CARTESIAN.every((name) => values.has(name));
    const [a, b, c] = (cartesian ? CARTESIAN : SPHERICAL).map((name) => values.get(name)!) as [
      Float64Array,
      Float64Array,
      Float64Array,
    ];
    const state = values.get(INVALID[cartesian ? 0 : 1]!);
    const [tx, ty, tz] = pose?.translation ?? [0, 0, 0];
    let invalid = 0;
    for (let i = 0, to = 3 * this.rows; i < records; i++, to += 3) {
      if (state !== undefined && state[i] !== 0) {
        this.coords.fill(Number.NaN, to, to + 3);
        invalid++;
        continue;
      }
      const place = cartesian
        ? rotate(pose, a[i]!, b[i]!, c[i]!)
        : rotate(
            pose,
            a[i]! * Math.cos(c[i]!) * Math.cos(b[i]!),
            a[i]! * Math.cos(c[i]!) * Math.sin(b[i]!),
            a[i]! * Math.sin(c[i]!),
          );
      this.coords[to] = place[0] + tx;
      this.coords[to + 1] = place[1] + ty;
      this.coords[to + 2] = place[2] + tz;
    }
    if (invalid > 0)
      this.warnings.push(`${scan.name}: ${invalid} points are marked as invalid by the scanner`);
  }

  /** By the limits of the field: 8 bits, 16 bits or fractions of 1. */
  private addColours({ fields, records }: E57Scan, values: Values): void {
    const { colours, rows } = this;
    if (colours === null) return;
    COLOURS.forEach((name, c) => {
      const column = values.get(name)!;
      const [low, high] = fields.find((field) => field.name === name)?.limits ?? rangeOf(column);
      const scale = high > low ? 255 / (high - low) : 0;
      for (let i = 0; i < records; i++)
        colours[3 * (rows + i) + c] = Math.min(255, Math.max(0, Math.round((column[i]! - low) * scale)));
    });
  }
}

/** Colours in floats: fractions of 1, bytes or words. */
function rangeOf(column: Float64Array): [number, number] {
  let max = 0;
  for (const value of column) if (value > max) max = value;
  return [0, max <= 1 ? 1 : max <= 255 ? 255 : 65535];
}

/** Seconds since an epoch do not fit float32. */
function sinceFirst(times: Float64Array): Float64Array {
  const first = times[0] ?? 0;
  return times.map((time) => time - first);
}

/** By the unit quaternion of the pose. */
function rotate(pose: E57Pose | null, x: number, y: number, z: number): [number, number, number] {
  if (pose === null) return [x, y, z];
  const [w, i, j, k] = pose.rotation;
  // v + 2 w (q x v) + 2 q x (q x v)
  const tx = 2 * (j * z - k * y);
  const ty = 2 * (k * x - i * z);
  const tz = 2 * (i * y - j * x);
  return [x + w * tx + j * tz - k * ty, y + w * ty + k * tx - i * tz, z + w * tz + i * ty - j * tx];
}
