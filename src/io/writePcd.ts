/** PCD writer (version .7), binary or ascii. Faces have no place in it. */

import type { PointCloud } from '../core/types.ts';
import {
  COLUMN_BYTES,
  commentLines,
  decimal,
  positionColumns,
  putRows,
  scalarColumns,
  tripleColumns,
  type WriteColumn,
  type WriteOptions,
} from './writeColumns.ts';

export interface WritePcdOptions extends WriteOptions {
  readonly encoding?: 'binary' | 'ascii';
}

/** Colour as PCL reads it everywhere: 0x00RRGGBB in four bytes, written as three columns and a zero. */
function colourColumns(cloud: PointCloud): WriteColumn[] {
  const { colours } = cloud;
  if (colours === null) return [];
  const byte = (k: number): WriteColumn => ({
    name: 'rgb',
    type: 'uint8',
    value: (i) => (k < 3 ? colours[i * 3 + 2 - k]! : 0),
  });
  return [0, 1, 2, 3].map(byte);
}

/**
 * Positions in source units (float64 when the cloud has an origin), normals, colours, attributes and the
 * further scalars.
 * @throws InvalidInputError when a scalar has another length than the cloud
 */
export function writePcd(cloud: PointCloud, options: WritePcdOptions = {}): Uint8Array<ArrayBuffer> {
  const points = cloud.positions.length / 3;
  const { encoding = 'binary' } = options;
  const floats = [
    ...positionColumns(cloud),
    ...tripleColumns(['normal_x', 'normal_y', 'normal_z'], 'float32', cloud.normals),
  ];
  const colour = colourColumns(cloud);
  const scalars = scalarColumns(cloud, options, [...floats, ...colour]);
  const fields = [
    ...floats.map((c) => ({ name: c.name, type: 'F', size: COLUMN_BYTES[c.type] })),
    ...(colour.length > 0 ? [{ name: 'rgb', type: 'U', size: 4 }] : []),
    ...scalars.map((c) => ({
      name: c.name,
      type: c.type === 'uint8' ? 'U' : 'F',
      size: COLUMN_BYTES[c.type],
    })),
  ];
  const header = [
    '# .PCD v0.7 - Point Cloud Data file format',
    ...commentLines(options, '#'),
    'VERSION 0.7',
    `FIELDS ${fields.map((f) => f.name).join(' ')}`,
    `SIZE ${fields.map((f) => f.size).join(' ')}`,
    `TYPE ${fields.map((f) => f.type).join(' ')}`,
    `COUNT ${fields.map(() => 1).join(' ')}`,
    `WIDTH ${points}`,
    'HEIGHT 1',
    'VIEWPOINT 0 0 0 1 0 0 0',
    `POINTS ${points}`,
    `DATA ${encoding}\n`,
  ].join('\n');
  return encoding === 'ascii'
    ? writeAscii(header, cloud, floats, scalars, points)
    : writeBinary(header, [...floats, ...colour, ...scalars], points);
}

function writeBinary(
  header: string,
  columns: readonly WriteColumn[],
  points: number,
): Uint8Array<ArrayBuffer> {
  const head = new TextEncoder().encode(header);
  const rowBytes = columns.reduce((sum, c) => sum + COLUMN_BYTES[c.type], 0);
  const bytes = new Uint8Array(head.length + rowBytes * points);
  bytes.set(head);
  putRows(new DataView(bytes.buffer), head.length, columns, points);
  return bytes;
}

function writeAscii(
  header: string,
  { colours }: PointCloud,
  floats: readonly WriteColumn[],
  scalars: readonly WriteColumn[],
  points: number,
): Uint8Array<ArrayBuffer> {
  const rows: string[] = [];
  for (let i = 0; i < points; i++) {
    const colour =
      colours === null ? [] : [(colours[i * 3]! << 16) | (colours[i * 3 + 1]! << 8) | colours[i * 3 + 2]!];
    rows.push(
      [
        ...floats.map((c) => decimal(c.value(i), c.type)),
        ...colour,
        ...scalars.map((c) => decimal(c.value(i), c.type)),
      ].join(' '),
    );
  }
  return new TextEncoder().encode(`${header}${rows.join('\n')}\n`);
}
