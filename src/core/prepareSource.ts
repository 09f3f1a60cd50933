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

/** What the file or the mesh gives, before anything is estimated. */
interface Given {
  readonly frame: ModelFrame;
  /** [3N] model units. */
  readonly points: Float32Array;
  /** [3N] unit normals, 0 0 0 where there is none. */
  readonly normals: Float32Array;
  /** Rows without one. */
  readonly without: readonly number[];
}

type SourceCloud = Pick<PointCloud, 'name' | 'positions' | 'normals' | 'faces'>;

function givenBy({ name, positions, normals, faces }: SourceCloud): Given {
  const frame = modelFrame(positions, name);
  const points = toModelUnits(positions, frame);
  const stored =
    normals ?? (faces === null ? new Float32Array(points.length) : meshNormals(positions, faces));
  const unit = new Float32Array(points.length);
  const without: number[] = [];
  for (let i = 0; i < unit.length; i += 3) {
    const length = Math.hypot(stored[i]!, stored[i + 1]!, stored[i + 2]!);
    if (length > 0 && Number.isFinite(length)) for (let d = i; d < i + 3; d++) unit[d] = stored[d]! / length;
    else without.push(i / 3);
  }
  return { frame, points, normals: unit, without };
}

/** Fills the gaps. Estimated normals face outwards; they are turned round where those given face inwards. */
function fillIn({ frame, points, normals, without }: Given, estimated: Float32Array | null): PreparedSource {
  if (estimated !== null) {
    const agreement = normals.reduce((sum, v, at) => sum + v * estimated[at]!, 0);
    const sign = agreement < 0 ? -1 : 1;
    for (const row of without)
      for (let at = 3 * row; at < 3 * row + 3; at++) normals[at] = sign * estimated[at]!;
  }
  return { frame, points, normals };
}

/**
 * Into the model frame, with unit normals: those of the file, else of the mesh (area-weighted), else
 * estimated. Points whose file or mesh has no usable normal (0 0 0, not finite) get the estimated one.
 * @throws InvalidInputError for an empty cloud or one without extent
 */
export function prepareSource(cloud: SourceCloud): PreparedSource {
  const given = givenBy(cloud);
  return fillIn(given, given.without.length === 0 ? null : estimateNormals(given.points));
}

/**
 * The same with another way to estimate normals, such as that of the GPU.
 * @param estimate [3N] points, model units, to [3N] unit normals; called only when some are missing
 * @throws InvalidInputError, see `prepareSource`
 */
export async function prepareSourceWith(
  cloud: SourceCloud,
  estimate: (points: Float32Array) => Promise<Float32Array>,
): Promise<PreparedSource> {
  const given = givenBy(cloud);
  return fillIn(given, given.without.length === 0 ? null : await estimate(given.points));
}
