/** A good scan made ready for training: model frame, and normals from wherever they can be had. */

import { estimateNormals } from './estimateNormals.ts';
import { modelFrame, toModelUnits } from './frame.ts';
import { meshNormals } from './meshNormals.ts';
import type { TrainingSource } from './synthesise.ts';
import type { ModelFrame, PointCloud } from './types.ts';

/** Points in model units, unit normals. */
export interface PreparedSource extends TrainingSource {
  /** Way back from the points to the cloud's units. */
  readonly frame: ModelFrame;
}

/** Rows scaled to unit length, and which rows cannot be. */
function unitRows(rows: Float32Array): { unit: Float32Array; without: number[] } {
  const unit = new Float32Array(rows.length);
  const without: number[] = [];
  for (let i = 0; i < rows.length; i += 3) {
    const length = Math.hypot(rows[i]!, rows[i + 1]!, rows[i + 2]!);
    if (length > 0 && Number.isFinite(length)) for (let d = i; d < i + 3; d++) unit[d] = rows[d]! / length;
    else without.push(i / 3);
  }
  return { unit, without };
}

/**
 * Into the model frame, with unit normals: those of the file, else of the mesh (area-weighted), else
 * estimated. Points whose file or mesh has no usable normal (0 0 0, not finite) get the estimated one.
 * @throws InvalidInputError for an empty cloud or one without extent
 */
export function prepareSource(
  cloud: Pick<PointCloud, 'name' | 'positions' | 'normals' | 'faces'>,
): PreparedSource {
  const { name, positions, normals: stored, faces } = cloud;
  const frame = modelFrame(positions, name);
  const points = toModelUnits(positions, frame);
  const given = stored ?? (faces === null ? null : meshNormals(positions, faces));
  if (given === null) return { points, normals: estimateNormals(points), frame };
  const { unit, without } = unitRows(given);
  if (without.length > 0) {
    const estimated = estimateNormals(points);
    for (const row of without) unit.set(estimated.subarray(3 * row, 3 * row + 3), 3 * row);
  }
  return { points, normals: unit, frame };
}
