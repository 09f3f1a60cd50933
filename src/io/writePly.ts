/** PLY writer, binary little-endian. */

import type { PointCloud } from '../core/types.ts';
import {
  COLUMN_BYTES,
  commentLines,
  positionColumns,
  putRows,
  scalarColumns,
  tripleColumns,
  type WriteColumn,
  type WriteOptions,
} from './writeColumns.ts';

const PLY_TYPES = { float32: 'float', float64: 'double', uint8: 'uchar' } as const;

/** A triangle in a face list: its length as a byte, three int32. */
const FACE_BYTES = 13;

/**
 * Positions in source units (float64 when the cloud has an origin), normals, colours, faces, attributes and
 * the further scalars.
 * @throws InvalidInputError when a scalar has another length than the cloud
 */
export function writePly(cloud: PointCloud, options: WriteOptions = {}): Uint8Array<ArrayBuffer> {
  const points = cloud.positions.length / 3;
  const triangles = (cloud.faces?.length ?? 0) / 3;
  const fixed: WriteColumn[] = [
    ...positionColumns(cloud),
    ...tripleColumns(['nx', 'ny', 'nz'], 'float32', cloud.normals),
    ...tripleColumns(['red', 'green', 'blue'], 'uint8', cloud.colours),
  ];
  const columns = [...fixed, ...scalarColumns(cloud, options, fixed)];
  const header = new TextEncoder().encode(
    [
      'ply',
      'format binary_little_endian 1.0',
      ...commentLines(options, 'comment'),
      `element vertex ${points}`,
      ...columns.map((c) => `property ${PLY_TYPES[c.type]} ${c.name}`),
      ...(cloud.faces === null
        ? []
        : [`element face ${triangles}`, 'property list uchar int vertex_indices']),
      'end_header\n',
    ].join('\n'),
  );
  const rowBytes = columns.reduce((sum, c) => sum + COLUMN_BYTES[c.type], 0);
  const bytes = new Uint8Array(header.length + rowBytes * points + FACE_BYTES * triangles);
  bytes.set(header);
  const view = new DataView(bytes.buffer);
  putRows(view, header.length, columns, points);
  let at = header.length + rowBytes * points;
  for (let f = 0; f < triangles; f++, at += FACE_BYTES) {
    view.setUint8(at, 3);
    for (let k = 0; k < 3; k++) view.setInt32(at + 1 + 4 * k, cloud.faces![f * 3 + k]!, true);
  }
  return bytes;
}
