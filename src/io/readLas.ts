/**
 * LAS 1.0 to 1.5, all point formats, uncompressed. Own code: the record is a fixed layout, and libraries round
 * coordinates to float32 before anybody can take their origin off. Source: ASPRS LAS specifications 1.2 and
 * 1.4-R15.
 */

import { FormatError } from '../core/errors.ts';
import type { RawCloud } from './finishCloud.ts';
import { progressTicker, type ReadHooks } from './report.ts';

interface LasHeader {
  /** "1.4" */
  readonly version: string;
  /** 0 to 10. */
  readonly pointFormat: number;
  readonly compressed: boolean;
  readonly recordLength: number;
  readonly firstRecord: number;
  readonly count: number;
  readonly scale: readonly [number, number, number];
  readonly offset: readonly [number, number, number];
}

/** Shortest record of each point format. */
const LENGTHS = [20, 28, 26, 34, 57, 63, 30, 36, 38, 59, 67] as const;
/** Byte of the colours and of the time; formats without have none. */
const COLOURS: Readonly<Record<number, number>> = { 2: 20, 3: 28, 5: 28, 7: 30, 8: 30, 10: 30 };
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
const LEAST_HEADER = 227;

/** @throws FormatError when it is cut off, of an unknown version or point format, or contradicts itself */
function parseLasHeader(file: string, bytes: Uint8Array): LasHeader {
  const fail = (why: string) => new FormatError(file, 'LAS header', why);
  if (bytes.length < LEAST_HEADER) throw fail('the file is cut off');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const [major, minor] = [bytes[24]!, bytes[25]!];
  if (major !== 1) throw fail(`version ${major}.${minor} is not known`);
  const formatByte = bytes[104]!;
  const pointFormat = formatByte & 0x3f;
  const recordLength = view.getUint16(105, true);
  const least = LENGTHS[pointFormat];
  if (least === undefined) throw fail(`point format ${pointFormat} is not known`);
  if (recordLength < least)
    throw fail(
      `records of ${recordLength} bytes are too short for point format ${pointFormat} (${least} bytes)`,
    );
  const triple = (at: number) =>
    [0, 8, 16].map((step) => view.getFloat64(at + step, true)) as [number, number, number];
  const scale = triple(131);
  if (scale.some((factor) => !Number.isFinite(factor) || factor === 0))
    throw fail(`the scale (${scale.join(', ')}) makes no coordinates`);
  const legacy = view.getUint32(107, true);
  // From 1.4 on the count has 64 bits; the old field may be 0.
  const long = minor >= 4 && bytes.length >= 255 ? Number(view.getBigUint64(247, true)) : 0;
  return {
    version: `${major}.${minor}`,
    pointFormat,
    compressed: (formatByte & 0xc0) !== 0,
    recordLength,
    firstRecord: view.getUint32(96, true),
    count: long > 0 ? long : legacy,
    scale,
    offset: triple(155),
  };
}

/** Reads the fields of records into columns. */
class LasColumns {
  private readonly header: LasHeader;
  private readonly coords: Float64Array;
  private readonly intensity: Float32Array;
  private readonly classification: Float32Array;
  private readonly returns: Float32Array;
  private readonly times: Float32Array | null;
  private readonly rgb: Uint16Array | null;
  /** Taken off all times: seconds since an epoch do not fit float32. */
  private firstTime = Number.NaN;

  constructor(header: LasHeader, rows: number) {
    this.header = header;
    this.coords = new Float64Array(3 * rows);
    this.intensity = new Float32Array(rows);
    this.classification = new Float32Array(rows);
    this.returns = new Float32Array(rows);
    this.times = header.pointFormat in TIMES ? new Float32Array(rows) : null;
    this.rgb = header.pointFormat in COLOURS ? new Uint16Array(3 * rows) : null;
  }

  /** @param at first byte of the record */
  put(row: number, view: DataView, at: number): void {
    const { scale, offset, pointFormat } = this.header;
    for (let axis = 0; axis < 3; axis++)
      this.coords[3 * row + axis] = view.getInt32(at + 4 * axis, true) * scale[axis]! + offset[axis]!;
    this.intensity[row] = view.getUint16(at + 12, true);
    const long = pointFormat >= 6;
    this.returns[row] = view.getUint8(at + 14) & (long ? 0x0f : 0x07);
    this.classification[row] = long ? view.getUint8(at + 16) : view.getUint8(at + 15) & 0x1f;
    if (this.times !== null) {
      const time = view.getFloat64(at + TIMES[pointFormat]!, true);
      if (Number.isNaN(this.firstTime)) this.firstTime = time;
      this.times[row] = time - this.firstTime;
    }
    if (this.rgb !== null)
      for (let c = 0; c < 3; c++)
        this.rgb[3 * row + c] = view.getUint16(at + COLOURS[pointFormat]! + 2 * c, true);
  }

  toRawCloud(format: string, skipped: number, warnings: readonly string[]): RawCloud {
    const attributes = new Map([
      ['intensity', this.intensity],
      ['classification', this.classification],
      ['return_number', this.returns],
    ]);
    if (this.times !== null) attributes.set('gps_time', this.times);
    return {
      format,
      coords: this.coords,
      normals: null,
      colours: this.rgb === null ? null : toBytes(this.rgb),
      faces: null,
      attributes,
      skipped,
      warnings,
    };
  }
}

/** Colours have 16 bits; many programs write 8 into them. */
function toBytes(rgb: Uint16Array): Uint8Array {
  const shift = rgb.some((value) => value > 255) ? 8 : 0;
  return Uint8Array.from(rgb, (value) => value >> shift);
}

/** "LAS 1.2 PDRF 3" */
function lasName({ version, pointFormat, compressed }: LasHeader): string {
  return compressed
    ? `LAZ ${version} PDRF ${pointFormat} (compressed bit)`
    : `LAS ${version} PDRF ${pointFormat}`;
}

/** @throws FormatError for a header that cannot be used; a file that ends early gives what it has */
export function readLas(file: string, bytes: Uint8Array, hooks: ReadHooks): RawCloud {
  const header = parseLasHeader(file, bytes);
  if (header.compressed)
    throw new FormatError(
      file,
      'LAS header',
      'the points are compressed (LAZ), which is not supported yet: export it as LAS, PLY or PCD',
    );
  const { firstRecord, recordLength, count } = header;
  const there = Math.max(0, Math.floor((bytes.length - firstRecord) / recordLength));
  const rows = Math.min(count, there);
  const warnings =
    there < count
      ? [`the header declares ${count} points, ${rows} whole ones follow: is the file cut off?`]
      : [];
  const columns = new LasColumns(header, rows);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const tick = progressTicker(hooks, 'reading LAS', rows);
  for (let row = 0, at = firstRecord; row < rows; row++, at += recordLength) {
    tick(row, row);
    columns.put(row, view, at);
  }
  return columns.toRawCloud(lasName(header), 0, warnings);
}
