/**
 * What a scan is compared with: the surface of the registered good scans, merged. Registration makes it,
 * `referenceFeatures` and the instant detectors read it, training draws its samples from it.
 */

import { InvalidInputError } from './errors.ts';

export interface ReferenceSurface {
  /** [3M] in the model frame of the reference (model units), on the middle of the good scans' surfaces. */
  readonly points: Float32Array;
  /** [3M] unit normals, consistently oriented. */
  readonly normals: Float32Array;
  /**
   * [M] standard deviation of the good scans' signed distances from the surface at each point, model units:
   * what a good part may differ by there, sensor noise and registration error included.
   */
  readonly spread: Float32Array;
}

/** @param name for messages; @throws InvalidInputError when the arrays do not belong together */
export function checkReference(name: string, { points, normals, spread }: ReferenceSurface): void {
  if (spread.length === 0) throw new InvalidInputError(name, 'has no points');
  if (points.length !== 3 * spread.length || normals.length !== points.length)
    throw new InvalidInputError(
      name,
      `has ${points.length / 3} points, ${normals.length / 3} normals and ${spread.length} spreads`,
    );
  if (!points.every(Number.isFinite) || !normals.every(Number.isFinite))
    throw new InvalidInputError(name, 'has coordinates or normals that are not finite');
  if (!spread.every((value) => value >= 0 && Number.isFinite(value)))
    throw new InvalidInputError(name, 'has a spread that is negative or not finite');
}
