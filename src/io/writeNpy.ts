/** NumPy writer, format version 1.0: plain arrays of float32 or float64, and clouds as structured arrays. */

import { InvalidInputError } from '../core/errors.ts';
import type { PointCloud } from '../core/types.ts';
import {
  COLUMN_BYTES,
  positionColumns,
  putRows,
  scalarColumns,
  tripleColumns,
  type WriteColumn,
  type WriteOptions,
} from './writeColumns.ts';

/**
 * @param data in C order; @param shape its product is the length of `data`
 * @throws InvalidInputError when it is not
 */
export function writeNpy(
  data: Float32Array | Float64Array,
  shape: readonly number[],
): Uint8Array<ArrayBuffer> {
  if (shape.reduce((a, b) => a * b, 1) !== data.length)
    throw new InvalidInputError('writeNpy', `${data.length} values do not fill [${shape.join(', ')}]`);
  const size = data.BYTES_PER_ELEMENT;
  const { bytes, start } = npyFile(`'<f${size}'`, shape, data.byteLength);
  const view = new DataView(bytes.buffer);
  for (let i = 0; i < data.length; i++)
    if (size === 4) view.setFloat32(start + 4 * i, data[i]!, true);
    else view.setFloat64(start + 8 * i, data[i]!, true);
  return bytes;
}

const NPY_TYPES = { float32: '<f4', float64: '<f8', uint8: '|u1' } as const;

/**
 * A structured array with one record a point: `np.load(file)['x']`, normals, colours, attributes and the further
 * scalars by their names.
 * @throws InvalidInputError when a scalar has another length than the cloud
 */
export function writeNpyPoints(cloud: PointCloud, options: WriteOptions = {}): Uint8Array<ArrayBuffer> {
  const points = cloud.positions.length / 3;
  const fixed: WriteColumn[] = [
    ...positionColumns(cloud),
    ...tripleColumns(['nx', 'ny', 'nz'], 'float32', cloud.normals),
    ...tripleColumns(['red', 'green', 'blue'], 'uint8', cloud.colours),
  ];
  const columns = [...fixed, ...scalarColumns(cloud, options, fixed)];
  const rowBytes = columns.reduce((sum, { type }) => sum + COLUMN_BYTES[type], 0);
  // Quotes and brackets would end a name in the header, which is Python.
  const fields = columns.map(
    ({ name, type }) => `('${name.replace(/['\\[\]]/g, '_')}', '${NPY_TYPES[type]}')`,
  );
  const { bytes, start } = npyFile(`[${fields.join(', ')}]`, [points], rowBytes * points);
  putRows(new DataView(bytes.buffer), start, columns, points);
  return bytes;
}

/** Header and room for the data, which begins at a multiple of 64 bytes; the header ends with a newline. */
function npyFile(
  descr: string,
  shape: readonly number[],
  dataBytes: number,
): { bytes: Uint8Array<ArrayBuffer>; start: number } {
  const tuple = shape.length === 1 ? `${shape[0]},` : shape.join(', ');
  const dict = `{'descr': ${descr}, 'fortran_order': False, 'shape': (${tuple}), }`;
  const start = Math.ceil((10 + dict.length + 1) / 64) * 64;
  const bytes = new Uint8Array(start + dataBytes);
  // "\x93NUMPY", version 1.0
  bytes.set([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0]);
  new DataView(bytes.buffer).setUint16(8, start - 10, true);
  bytes.set(new TextEncoder().encode(`${dict.padEnd(start - 11)}\n`), 10);
  return { bytes, start };
}
