/**
 * The exact float32 cell boundaries for `shaders/voxel/quantise`: boundary k is the smallest float32 x with
 * floor(fl32(x / fl32(size))) >= k, so that a GPU whose division is a little off still gets the right cell.
 */

import { CapacityError, InvalidInputError } from './errors.ts';
import { COORD_LIMIT, quantise } from './indexLaw.ts';

export interface BoundaryTable {
  /** Cell of the first boundary. */
  readonly kMin: number;
  /** Ascending; cell kMin + i is [boundaries[i], boundaries[i + 1]). */
  readonly boundaries: Float32Array;
}

/** The next float32 above (or below) x. */
function neighbour(x: number, up: boolean): number {
  if (x === 0) return up ? 2 ** -149 : -(2 ** -149);
  const bits = new DataView(new ArrayBuffer(4));
  bits.setFloat32(0, x);
  bits.setInt32(0, bits.getInt32(0) + (x > 0 === up ? 1 : -1));
  return bits.getFloat32(0);
}

function boundary(k: number, size: number): number {
  let x = Math.fround(k * size);
  while (quantise(x, size) < k) x = neighbour(x, true);
  for (let below = neighbour(x, false); quantise(below, size) >= k; below = neighbour(x, false)) x = below;
  return x;
}

/**
 * Boundaries of all cells that meet [-bound, bound].
 * @param size voxel edge; @param bound largest |coordinate|; both model units
 * @throws InvalidInputError when size is not positive
 * @throws CapacityError when the cells do not fit 16 signed bits
 */
export function boundaryTable(size: number, bound: number): BoundaryTable {
  if (!(Math.fround(size) > 0)) throw new InvalidInputError('voxel size', `must be positive, got ${size}`);
  const kMin = quantise(-bound, size);
  const kMax = quantise(bound, size);
  const far = Math.max(-kMin, kMax);
  if (far > COORD_LIMIT) throw new CapacityError('voxelise', far, COORD_LIMIT, 'voxels along an axis');
  const boundaries = Float32Array.from({ length: kMax - kMin + 2 }, (_, i) => boundary(kMin + i, size));
  return { kMin, boundaries };
}
