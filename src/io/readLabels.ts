/**
 * Label files: text rows `x,y,z,label` of the public datasets (commas or blanks) or one label a row, PLY and
 * PCD with a property of that name, NumPy arrays. Strict: a row that is passed over would shift every label
 * behind it.
 */

import { FormatError } from '../core/errors.ts';
import type { PointCloud } from '../core/types.ts';
import { GrowableFloat64 } from './growable.ts';
import { parseNpyHeader } from './npyHeader.ts';
import { readScan } from './readScan.ts';
import { readColumn } from './scalarTypes.ts';
import { sniffFormat } from './sniffFormat.ts';
import { TextScanner } from './textScanner.ts';

export interface LabelFile {
  readonly name: string;
  /** [N] class numbers. */
  readonly labels: Uint8Array;
  /** [3N] float64 source units as the file has them; null when it holds labels only. */
  readonly coords: Float64Array | null;
}

/** Names of the label property, the usual first; compared in lower case. */
const PROPERTIES = [
  'label',
  'labels',
  'class',
  'class_label',
  'classification',
  'gt',
  'anomaly',
  'scalar_label',
];

/** @throws FormatError naming file, place and cause */
export function readLabels(name: string, bytes: Uint8Array): LabelFile {
  switch (sniffFormat(name, bytes)) {
    case 'npy':
      return readNpyLabels(name, bytes);
    case 'ply':
    case 'pcd':
      return readPropertyLabels(name, bytes);
    case 'text':
      return readTextLabels(name, bytes);
    default:
      throw new FormatError(name, '', 'labels are read from text, PLY, PCD and NPY files');
  }
}

function classNumber(name: string, place: string, value: number): number {
  if (Number.isInteger(value) && value >= 0 && value <= 255) return value;
  throw new FormatError(name, place, `the label ${value} is no whole number from 0 to 255`);
}

function readTextLabels(name: string, bytes: Uint8Array): LabelFile {
  const scanner = new TextScanner(bytes);
  const coords = new GrowableFloat64();
  const labels: number[] = [];
  const row: number[] = [];
  let width = 0;
  while (scanner.nextLine()) {
    if (scanner.atLineEnd()) continue;
    const place = `line ${scanner.line}`;
    row.length = 0;
    while (!scanner.atLineEnd() && scanner.readNumber()) {
      row.push(scanner.value);
      scanner.skipSeparator();
    }
    if (!scanner.atLineEnd()) {
      // A line of column names before the first row.
      if (labels.length === 0 && row.length === 0) continue;
      throw new FormatError(name, place, `“${scanner.word()}” is no number`);
    }
    if (width === 0) width = row.length;
    if (row.length !== width || width === 2 || width === 3)
      throw new FormatError(
        name,
        place,
        `${row.length} numbers; a row is x, y, z and label, or a label alone, and all rows are alike`,
      );
    labels.push(classNumber(name, place, row.at(-1)!));
    if (width > 3) coords.push3(row[0]!, row[1]!, row[2]!);
  }
  if (labels.length === 0) throw new FormatError(name, '', 'no labels: the file has no rows');
  return {
    name,
    labels: Uint8Array.from(labels),
    coords: width > 3 ? Float64Array.from(coords.view()) : null,
  };
}

function readPropertyLabels(name: string, bytes: Uint8Array): LabelFile {
  const { cloud, report } = readScan(name, bytes);
  const found = Object.keys(cloud.attributes).find((key) => PROPERTIES.includes(key.toLowerCase()));
  if (found === undefined)
    throw new FormatError(
      name,
      'header',
      `no property of labels (${PROPERTIES.slice(0, 3).join(', ')} …); it has: ${Object.keys(cloud.attributes).join(', ') || 'only coordinates'}`,
    );
  if (report.nan + report.skipped > 0)
    throw new FormatError(
      name,
      '',
      `${report.nan + report.skipped} rows have no finite coordinates: which point a label belongs to cannot be told`,
    );
  const labels = Uint8Array.from(cloud.attributes[found]!, (value, i) =>
    classNumber(name, `point ${i}`, value),
  );
  return { name, labels, coords: absolutePositions(cloud) };
}

function absolutePositions({ positions, origin }: PointCloud): Float64Array {
  return Float64Array.from(positions, (value, i) => value + origin[i % 3]!);
}

/** [N], [N, 1], [N, 4 or more] (x, y, z, ..., label), or structured with a field of labels. */
function readNpyLabels(name: string, bytes: Uint8Array): LabelFile {
  const header = parseNpyHeader(name, bytes);
  const { shape, structured, itemBytes, bodyStart, fortranOrder, fields } = header;
  const fail = (why: string) => new FormatError(name, 'NPY header', why);
  const rows = shape[0] ?? 0;
  const width = structured ? 1 : (shape[1] ?? 1);
  if (shape.length > 2 || shape.length === 0 || rows === 0 || width === 2 || width === 3)
    throw fail(`an array [${shape.join(', ')}] is no list of labels, nor of x, y, z and label`);
  if (rows * width * itemBytes > bytes.length - bodyStart) throw fail('the array is longer than the file');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const column = (field: (typeof fields)[number], at: number): Float64Array => {
    const values = new Float64Array(rows);
    const stride = structured ? itemBytes : itemBytes * (fortranOrder ? 1 : width);
    const start = bodyStart + (structured ? field.offset : at * itemBytes * (fortranOrder ? rows : 1));
    readColumn(view, field.type, start, stride, rows, field.littleEndian, {
      array: values,
      stride: 1,
      offset: 0,
    });
    return values;
  };
  const toLabels = (values: Float64Array) =>
    Uint8Array.from(values, (value, i) => classNumber(name, `row ${i}`, value));
  if (structured) {
    const field = fields.find((known) => PROPERTIES.includes(known.name.toLowerCase()));
    if (field === undefined)
      throw fail(`no field of labels; it has: ${fields.map((f) => f.name).join(', ')}`);
    const axes = ['x', 'y', 'z'].map((axis) => fields.find((known) => known.name.toLowerCase() === axis));
    const coords = axes.every((axis) => axis !== undefined)
      ? interleave(axes.map((axis) => column(axis, 0)))
      : null;
    return { name, labels: toLabels(column(field, 0)), coords };
  }
  const plain = fields[0]!;
  const labels = toLabels(column(plain, width - 1));
  return { name, labels, coords: width > 3 ? interleave([0, 1, 2].map((at) => column(plain, at))) : null };
}

function interleave(axes: readonly Float64Array[]): Float64Array {
  const coords = new Float64Array(3 * axes[0]!.length);
  for (let i = 0; i < coords.length; i++) coords[i] = axes[i % 3]![Math.floor(i / 3)]!;
  return coords;
}

/** Label files are written with few decimals: this much of the scan's extent may get lost. */
const ROUNDING = 1e-3;

/**
 * The labels of a file for the points of a scan.
 * @returns [N] class numbers
 * @throws FormatError when they are another scan's: another number of points, or other coordinates
 */
export function labelsFor(cloud: PointCloud, { name, labels, coords }: LabelFile): Uint8Array {
  const points = cloud.positions.length / 3;
  if (labels.length !== points)
    throw new FormatError(
      name,
      '',
      `${labels.length} labels, but ${cloud.name} has ${points} points: these labels belong to another scan`,
    );
  if (coords === null) return labels;
  const wanted = absolutePositions(cloud);
  let low = Infinity;
  let high = -Infinity;
  for (const value of cloud.positions) {
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  const most = ROUNDING * (high - low);
  const off = wanted.findIndex((value, i) => Math.abs(value - coords[i]!) > most);
  if (off >= 0)
    throw new FormatError(
      name,
      `row ${Math.floor(off / 3) + 1}`,
      `its point (${[...coords.subarray(off - (off % 3), off - (off % 3) + 3)].join(', ')}) is not the one of ${cloud.name}: these labels belong to another scan, or its points are in another order`,
    );
  return labels;
}
