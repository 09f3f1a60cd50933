/** NumPy writer: float32 arrays, format version 1.0. */

import { InvalidInputError } from '../core/errors.ts';

/**
 * @param data in C order; @param shape its product is the length of `data`
 * @throws InvalidInputError when it is not
 */
export function writeNpy(data: Float32Array, shape: readonly number[]): Uint8Array<ArrayBuffer> {
  if (shape.reduce((a, b) => a * b, 1) !== data.length)
    throw new InvalidInputError('writeNpy', `${data.length} values do not fill [${shape.join(', ')}]`);
  const tuple = shape.length === 1 ? `${shape[0]},` : shape.join(', ');
  const dict = `{'descr': '<f4', 'fortran_order': False, 'shape': (${tuple}), }`;
  // The data begins at a multiple of 64 bytes, the header ends with a newline.
  const length = Math.ceil((10 + dict.length + 1) / 64) * 64;
  const bytes = new Uint8Array(length + data.length * 4);
  // "\x93NUMPY", version 1.0
  bytes.set([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0]);
  const view = new DataView(bytes.buffer);
  view.setUint16(8, length - 10, true);
  bytes.set(new TextEncoder().encode(`${dict.padEnd(length - 11)}\n`), 10);
  for (let i = 0; i < data.length; i++) view.setFloat32(length + 4 * i, data[i]!, true);
  return bytes;
}
