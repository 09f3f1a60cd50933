/** CPU twin of `shaders/voxel`: points to voxels at stride 1, in order of first occurrence. Law: core/indexLaw. */

import { InvalidInputError } from './errors.ts';
import { CoordinateTable } from './gridHash.ts';
import { quantise } from './indexLaw.ts';
import type { VoxelGrid } from './types.ts';

/**
 * @param points [3N] model units
 * @param size voxel edge, model units
 * @param cloudStarts [B + 1] first point of each cloud of the batch, and N; one cloud when left out
 * @throws InvalidInputError for non-finite points or a size that is not positive
 * @throws CapacityError when a voxel coordinate does not fit 16 bits
 */
export function voxelise(
  points: Float32Array,
  size: number,
  cloudStarts: Uint32Array = Uint32Array.of(0, points.length / 3),
): VoxelGrid {
  if (!(size > 0)) throw new InvalidInputError('voxel size', `must be positive, got ${size}`);
  const n = points.length / 3;
  const table = new CoordinateTable(n);
  const pointToVoxel = new Uint32Array(n);
  const representative = new Uint32Array(n);
  for (let b = 0; b + 1 < cloudStarts.length; b++)
    for (let i = cloudStarts[b]!; i < cloudStarts[b + 1]!; i++) {
      const x = quantise(points[3 * i]!, size);
      const y = quantise(points[3 * i + 1]!, size);
      const z = quantise(points[3 * i + 2]!, size);
      if (!Number.isFinite(x + y + z)) throw new InvalidInputError(`point ${i}`, 'is not finite');
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
