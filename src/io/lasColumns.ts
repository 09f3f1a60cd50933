/** Point records of LAS, as they lie in the file or come out of the decoder of LAZ, into columns. */

import type { RawCloud } from './finishCloud.ts';
import type { LasHeader } from './lasHeader.ts';

/** Byte of the colours, the time and the near infrared; formats without have none. */
const COLOURS: Readonly<Record<number, number>> = { 2: 20, 3: 28, 5: 28, 7: 30, 8: 30, 10: 30 };
const NEAR_INFRARED: Readonly<Record<number, number>> = { 8: 36, 10: 36 };
const TIMES: Readonly<Record<number, number>> = {
  1: 20,
  3: 20,
  4: 20,
  5: 20,
  6: 22,
  7: 22,
  8: 22,
  9: 22,
  10: 22,
};

/** A value of a record. @param at first byte of the record */
type Field = (view: DataView, at: number) => number;

/** Kept even when they are 0 everywhere: people look for them. */
const ALWAYS = ['intensity', 'classification', 'return_number'];

/** Of further columns of zeros nothing is learned, and scans of many millions of points do not fit with them. */
const MANY_ROWS = 8_000_000;

/** Names as PDAL and laspy have them. */
function fieldsOf({ pointFormat }: LasHeader): Map<string, Field> {
  const long = pointFormat >= 6;
  const fields = new Map<string, Field>([
    ['intensity', (view, at) => view.getUint16(at + 12, true)],
    ['return_number', (view, at) => view.getUint8(at + 14) & (long ? 0x0f : 0x07)],
    [
      'number_of_returns',
      (view, at) => (long ? view.getUint8(at + 14) >> 4 : (view.getUint8(at + 14) >> 3) & 0x07),
    ],
    ['classification', (view, at) => (long ? view.getUint8(at + 16) : view.getUint8(at + 15) & 0x1f)],
    // Degrees: whole ones in the old formats, steps of 0.006 in the new ones.
    ['scan_angle', (view, at) => (long ? view.getInt16(at + 18, true) * 0.006 : view.getInt8(at + 16))],
    ['user_data', (view, at) => view.getUint8(at + 17)],
    ['point_source_id', (view, at) => view.getUint16(at + (long ? 20 : 18), true)],
  ]);
  const infrared = NEAR_INFRARED[pointFormat];
  if (infrared !== undefined) fields.set('near_infrared', (view, at) => view.getUint16(at + infrared, true));
  return fields;
}

/** Gathers records; the rows need not be known in advance. */
export class LasColumns {
  private readonly header: LasHeader;
  private coords: Float64Array;
  private readonly fields: readonly { readonly name: string; readonly read: Field }[];
  private values: Float32Array[];
  private times: Float32Array | null;
  private rgb: Uint16Array | null;
  /** Taken off all times: seconds since an epoch do not fit float32. */
  private firstTime = Number.NaN;
  private capacity: number;

  /** @param rows room that is surely needed */
  constructor(header: LasHeader, rows: number) {
    this.header = header;
    this.capacity = rows;
    this.coords = new Float64Array(3 * rows);
    this.fields = [...fieldsOf(header)]
      .filter(([name]) => rows < MANY_ROWS || ALWAYS.includes(name))
      .map(([name, read]) => ({ name, read }));
    this.values = this.fields.map(() => new Float32Array(rows));
    this.times = header.pointFormat in TIMES ? new Float32Array(rows) : null;
    this.rgb = header.pointFormat in COLOURS ? new Uint16Array(3 * rows) : null;
  }

  /** Room for so many rows in all. */
  grow(rows: number): void {
    if (rows <= this.capacity) return;
    this.capacity = Math.max(rows, 2 * this.capacity);
    const larger = <T extends Float32Array | Float64Array | Uint16Array>(old: T, array: T): T => {
      array.set(old);
      return array;
    };
    this.coords = larger(this.coords, new Float64Array(3 * this.capacity));
    this.values = this.values.map((array) => larger(array, new Float32Array(this.capacity)));
    if (this.times !== null) this.times = larger(this.times, new Float32Array(this.capacity));
    if (this.rgb !== null) this.rgb = larger(this.rgb, new Uint16Array(3 * this.capacity));
  }

  /** @param bytes `count` records; they become rows from `first` on, for which there must be room */
  put(bytes: Uint8Array, first: number, count: number): void {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const { recordLength, pointFormat, scale, offset } = this.header;
    const { coords, times, rgb } = this;
    for (let i = 0, at = 0, to = 3 * first; i < count; i++, at += recordLength, to += 3) {
      coords[to] = view.getInt32(at, true) * scale[0] + offset[0];
      coords[to + 1] = view.getInt32(at + 4, true) * scale[1] + offset[1];
      coords[to + 2] = view.getInt32(at + 8, true) * scale[2] + offset[2];
    }
    this.fields.forEach(({ read }, f) => {
      const column = this.values[f]!;
      for (let i = 0, at = 0; i < count; i++, at += recordLength) column[first + i] = read(view, at);
    });
    if (times !== null)
      for (let i = 0, at = TIMES[pointFormat]!; i < count; i++, at += recordLength) {
        const time = view.getFloat64(at, true);
        if (Number.isNaN(this.firstTime)) this.firstTime = time;
        times[first + i] = time - this.firstTime;
      }
    if (rgb !== null)
      for (let i = 0, at = COLOURS[pointFormat]!; i < count; i++, at += recordLength)
        for (let c = 0; c < 3; c++) rgb[3 * (first + i) + c] = view.getUint16(at + 2 * c, true);
  }

  toRawCloud(rows: number, warnings: readonly string[]): RawCloud {
    const attributes = new Map<string, Float32Array>();
    this.fields.forEach(({ name }, f) => {
      const values = this.values[f]!.subarray(0, rows);
      if (ALWAYS.includes(name) || values.some((value) => value !== 0)) attributes.set(name, values);
    });
    if (this.times !== null) attributes.set('gps_time', this.times.subarray(0, rows));
    return {
      format: lasName(this.header),
      coords: this.coords.subarray(0, 3 * rows),
      normals: null,
      colours: this.rgb === null ? null : toBytes(this.rgb.subarray(0, 3 * rows)),
      faces: null,
      attributes,
      skipped: 0,
      warnings,
    };
  }
}

/** Colours have 16 bits; many programs write 8 into them. */
function toBytes(rgb: Uint16Array): Uint8Array {
  const shift = rgb.some((value) => value > 255) ? 8 : 0;
  const bytes = new Uint8Array(rgb.length);
  for (let i = 0; i < rgb.length; i++) bytes[i] = rgb[i]! >> shift;
  return bytes;
}

/** "LAS 1.2 PDRF 3" */
function lasName({ version, pointFormat, compressed }: LasHeader): string {
  return compressed
    ? `LAZ ${version} PDRF ${pointFormat} (compressed bit)`
    : `LAS ${version} PDRF ${pointFormat}`;
}
