/**
 * The CPU twins run in float32 (as the GPU does) or float64 (as the golden data does): the result has the
 * type of the input, sums are always float64.
 */

export type FloatArray = Float32Array | Float64Array;

/** @returns zeros of the same element type as `model` */
export function floatArrayLike<T extends FloatArray>(model: T, length: number): T {
  const made = model instanceof Float32Array ? new Float32Array(length) : new Float64Array(length);
  // The branch above proves the type; TypeScript cannot narrow T by instanceof.
  return made as T;
}
