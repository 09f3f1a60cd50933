/** Reads the bundles of the original implementation (golden/SPEC.md section 1). Node only. */

import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

type Typed = Float32Array | Float64Array | Int32Array;

interface Manifest {
  arrays: Record<
    string,
    { dtype: 'float32' | 'float64' | 'int32'; shape: number[]; offset: number; nbytes: number }
  >;
  // The shape of `meta` differs per bundle; each test narrows what it reads.
  meta: Record<string, unknown>;
}

export interface Bundle {
  readonly meta: Record<string, unknown>;
  readonly names: readonly string[];
  shape(name: string): number[];
  f32(name: string): Float32Array;
  f64(name: string): Float64Array;
  i32(name: string): Int32Array;
  /** Any dtype as float64. */
  numbers(name: string): Float64Array;
}

/** Folder of the shared reference data, beside the project. */
export const SHARED = resolve(import.meta.dirname, '../../../shared');

/** @param path below golden/, e.g. "inputs/tiny" */
export function loadBundle(path: string): Bundle {
  const folder = join(SHARED, 'golden', path);
  const manifest = JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8')) as Manifest;
  const bytes = readFileSync(join(folder, 'data.bin'));
  const data = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length);
  const kinds = { float32: Float32Array, float64: Float64Array, int32: Int32Array };
  const entry = (name: string) => {
    const found = manifest.arrays[name];
    if (found === undefined) throw new Error(`${path} has no array ${name}`);
    return found;
  };
  const read = (name: string): Typed => {
    const { dtype, shape, offset } = entry(name);
    return new kinds[dtype](
      data,
      offset,
      shape.reduce((x, y) => x * y, 1),
    );
  };
  const as = <T extends Typed>(name: string, kind: new (...args: never[]) => T): T => {
    const array = read(name);
    if (!(array instanceof kind)) throw new Error(`${path}/${name} is ${entry(name).dtype}`);
    return array;
  };
  return {
    meta: manifest.meta,
    names: Object.keys(manifest.arrays),
    shape: (name) => entry(name).shape,
    f32: (name) => as(name, Float32Array),
    f64: (name) => as(name, Float64Array),
    i32: (name) => as(name, Int32Array),
    numbers: (name) => Float64Array.from(read(name)),
  };
}
