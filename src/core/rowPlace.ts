/** One point of a cloud. */

import type { Vec3 } from './types.ts';

/** @param values [3N] positions or normals @returns the row's three */
export function rowPlace(values: Float32Array, row: number): Vec3 {
  return [values[3 * row]!, values[3 * row + 1]!, values[3 * row + 2]!];
}
