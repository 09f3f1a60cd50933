/**
 * Model frame: every cloud is moved to the unit ball before anything else. Source: METHOD step 1,
 * golden/SPEC.md `inputs/` (CenterShift + NormalizeCoord): sums in float64, result in float32.
 */

import { InvalidInputError } from './errors.ts';
import type { ModelFrame, PointCloud, Vec3 } from './types.ts';

/** A cloud in model units and the way back. */
export interface FramedCloud {
  /** [3N] model units. */
  readonly points: Float32Array;
  readonly frame: ModelFrame;
}

/**
 * @param positions [3N] source units
 * @throws InvalidInputError for no points, non-finite coordinates, or when all points coincide
 */
export function modelFrame(positions: ArrayLike<number>, name = 'cloud'): ModelFrame {
  const n = positions.length / 3;
  if (n === 0) throw new InvalidInputError(name, 'has no points');
  // Plain numbers: the page runs this over millions of points between two frames.
  let [sumX, sumY, sumZ] = [0, 0, 0];
  for (let i = 0; i < positions.length; i += 3) {
    sumX += positions[i]!;
    sumY += positions[i + 1]!;
    sumZ += positions[i + 2]!;
  }
  const centre: Vec3 = [sumX / n, sumY / n, sumZ / n];
  if (!centre.every(Number.isFinite))
    throw new InvalidInputError(name, 'has coordinates that are not finite');
  let radius2 = 0;
  // Asked of the coordinates themselves: the mean of equal numbers may be rounded, and a radius of 1e-17 is
  // no size.
  let extended = false;
  for (let i = 0; i < positions.length; i += 3) {
    for (let d = 0; d < 3 && !extended; d++) extended = positions[i + d] !== positions[d];
    const x = positions[i]! - centre[0];
    const y = positions[i + 1]! - centre[1];
    const z = positions[i + 2]! - centre[2];
    const square = x * x + y * y + z * z;
    if (square > radius2) radius2 = square;
  }
  const radius = Math.sqrt(radius2);
  if (!extended || !(radius > 0)) {
    const what = n === 1 ? 'has a single point' : `has ${n} points that all coincide`;
    throw new InvalidInputError(name, `${what}: no size to measure deviations against`);
  }
  return { centre, radius };
}

/** @param positions [3N] source units; @returns [3N] model units, rounded to float32 once */
export function toModelUnits(positions: ArrayLike<number>, { centre, radius }: ModelFrame): Float32Array {
  const points = new Float32Array(positions.length);
  for (let i = 0; i < positions.length; i++) points[i] = (positions[i]! - centre[i % 3]!) / radius;
  return points;
}

/** @throws InvalidInputError, see `modelFrame` */
export function toModelFrame(cloud: Pick<PointCloud, 'positions' | 'name'>): FramedCloud {
  const frame = modelFrame(cloud.positions, cloud.name);
  return { points: toModelUnits(cloud.positions, frame), frame };
}

/** The way back from `toModelUnits`, to float32 rounding. @returns [3N] source units */
export function toSourceUnits(points: ArrayLike<number>, { centre, radius }: ModelFrame): Float32Array {
  const positions = new Float32Array(points.length);
  for (let i = 0; i < points.length; i++) positions[i] = points[i]! * radius + centre[i % 3]!;
  return positions;
}

/** Displacements or distances (scores, thresholds) from model to source units: scale only, no shift. */
export function scaleOffsets(offsets: ArrayLike<number>, { radius }: ModelFrame): Float32Array {
  return Float32Array.from(offsets, (v) => v * radius);
}
