/** CPU twin of `shaders/voxel`: points to voxels at stride 1, in order of first occurrence. Law: core/indexLaw. */

import { CapacityError, InvalidInputError } from './errors.ts';
import { CoordinateTable } from './gridHash.ts';
import { COORD_LIMIT, quantise } from './indexLaw.ts';
import type { VoxelGrid } from './types.ts';

/** A hash key holds the cloud's number in 16 bits. */
const MAX_CLOUDS = 65536;

/**
 * @param cloudStarts [B + 1] first point of each cloud of the batch, and N
 * @throws InvalidInputError when the batch is empty or the starts are not those of N points
 */
export function checkBatch(points: number, cloudStarts: Uint32Array): void {
  const clouds = cloudStarts.length - 1;
  if (points === 0) throw new InvalidInputError('cloud', 'has no points');
  const ascending = cloudStarts.every((start, b) => b === 0 || start >= cloudStarts[b - 1]!);
  if (
    clouds < 1 ||
    clouds > MAX_CLOUDS ||
    !ascending ||
    cloudStarts[0] !== 0 ||
    cloudStarts[clouds] !== points
  )
    throw new InvalidInputError('batch', `cloud starts do not ascend from 0 to ${points} points`);
}

/**
 * @param points [3N] model units
 * @param size voxel edge, model units
 * @param cloudStarts [B + 1] first point of each cloud of the batch, and N; one cloud when left out
 * @throws InvalidInputError for no points, non-finite points, or a size that is not positive
 * @throws CapacityError when a voxel coordinate does not fit 16 bits
 */
export function voxelise(
  points: Float32Array,
  size: number,
  cloudStarts: Uint32Array = Uint32Array.of(0, points.length / 3),
): VoxelGrid {
  if (!(Math.fround(size) > 0)) throw new InvalidInputError('voxel size', `must be positive, got ${size}`);
  const n = points.length / 3;
  checkBatch(n, cloudStarts);
  const table = new CoordinateTable(n);
  const pointToVoxel = new Uint32Array(n);
  const representative = new Uint32Array(n);
  for (let b = 0; b + 1 < cloudStarts.length; b++)
    for (let i = cloudStarts[b]!; i < cloudStarts[b + 1]!; i++) {
      const x = quantise(points[3 * i]!, size);
      const y = quantise(points[3 * i + 1]!, size);
      const z = quantise(points[3 * i + 2]!, size);
      // Also true where a coordinate is not a number.
      if (!(Math.max(Math.abs(x), Math.abs(y), Math.abs(z)) <= COORD_LIMIT)) throw misfit(points, i, size);
      const before = table.count;
      const row = table.insert(b, x, y, z);
      pointToVoxel[i] = row;
      if (row === before) representative[row] = i;
    }
  return {
    coords: table.coords.slice(0, 4 * table.count),
    pointToVoxel,
    representative: representative.slice(0, table.count),
    size,
  };
}

function misfit(points: Float32Array, i: number, size: number): InvalidInputError | CapacityError {
  const xyz = points.subarray(3 * i, 3 * i + 3);
  if (!xyz.every(Number.isFinite)) return new InvalidInputError(`point ${i}`, 'is not finite');
  const far = xyz.reduce((most, value) => Math.max(most, Math.abs(quantise(value, size))), 0);
  return new CapacityError('voxelise', far, COORD_LIMIT, 'voxels along an axis');
}
