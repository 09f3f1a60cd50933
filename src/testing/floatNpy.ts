/** Reads the float32 [N, 3] arrays that `po3ad inspect --offsets` writes; NaN rows stay. */

import { readFileSync } from 'node:fs';

export function readFloatNpy(file: string): Float32Array {
  const bytes = readFileSync(file);
  const start = bytes.readUInt16LE(8) + 10;
  const header = bytes.toString('latin1', 10, start);
  const shape = /'descr': '<f4', 'fortran_order': False, 'shape': \((\d+), 3\)/.exec(header);
  if (shape === null) throw new Error(`${file} is no float32 [N, 3] array: ${header}`);
  const values = new Float32Array(
    bytes.buffer.slice(bytes.byteOffset + start, bytes.byteOffset + bytes.length),
  );
  if (values.length !== 3 * Number(shape[1])) throw new Error(`${file} holds ${values.length} values`);
  return values;
}
