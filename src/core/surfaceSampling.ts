/**
 * Points drawn evenly from the surface of a mesh, with normals: training density then resembles that of a
 * scan instead of that of the vertices (METHOD "What the original leaves on the table").
 */

import { InvalidInputError } from './errors.ts';
import type { RandomStream } from './random.ts';

export interface SurfaceSample {
  /** [3 count] units of the mesh. */
  readonly points: Float32Array;
  /** [3 count] unit normals, interpolated between the vertices of the face. */
  readonly normals: Float32Array;
}

/** Running sum of the face areas. @throws InvalidInputError for a mesh without area */
function cumulativeAreas(positions: ArrayLike<number>, faces: ArrayLike<number>): Float64Array {
  const sums = new Float64Array(Math.floor(faces.length / 3));
  let total = 0;
  for (let f = 0; f < sums.length; f++) {
    const u = edge(positions, faces[3 * f]!, faces[3 * f + 1]!);
    const v = edge(positions, faces[3 * f]!, faces[3 * f + 2]!);
    const cross = [u[1] * v[2] - u[2] * v[1], u[2] * v[0] - u[0] * v[2], u[0] * v[1] - u[1] * v[0]];
    total += Math.hypot(...cross) / 2;
    sums[f] = total;
  }
  if (!(total > 0 && Number.isFinite(total)))
    throw new InvalidInputError('mesh', 'has no surface to draw points from');
  return sums;
}

function edge(positions: ArrayLike<number>, a: number, b: number): [number, number, number] {
  return [
    positions[3 * b]! - positions[3 * a]!,
    positions[3 * b + 1]! - positions[3 * a + 1]!,
    positions[3 * b + 2]! - positions[3 * a + 2]!,
  ];
}

/** First face whose running sum exceeds `at`; faces without area are never hit. */
function faceAt(sums: Float64Array, at: number): number {
  let low = 0;
  let high = sums.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sums[middle]! > at) high = middle;
    else low = middle + 1;
  }
  return low;
}

/**
 * @param positions [3V]; @param normals [3V] vertex normals, see `meshNormals`; @param faces [3F]
 * @param stream the same stream gives the same points
 * @throws InvalidInputError for a mesh without area
 */
export function sampleSurface(
  positions: ArrayLike<number>,
  normals: ArrayLike<number>,
  faces: ArrayLike<number>,
  count: number,
  stream: RandomStream,
): SurfaceSample {
  const sums = cumulativeAreas(positions, faces);
  const sample = { points: new Float32Array(3 * count), normals: new Float32Array(3 * count) };
  for (let i = 0; i < count; i++) {
    const f = 3 * faceAt(sums, stream.uniform() * sums[sums.length - 1]!);
    // The square root makes the barycentric coordinates uniform over the triangle.
    const r = Math.sqrt(stream.uniform());
    const t = stream.uniform();
    const weights = [1 - r, r * (1 - t), r * t];
    const mix = (rows: ArrayLike<number>, d: number): number =>
      weights.reduce((sum, w, corner) => sum + w * rows[3 * faces[f + corner]! + d]!, 0);
    const normal = [mix(normals, 0), mix(normals, 1), mix(normals, 2)];
    const length = Math.hypot(...normal);
    for (let d = 0; d < 3; d++) {
      sample.points[3 * i + d] = mix(positions, d);
      // Opposite vertex normals can cancel; zero then says that there is none.
      sample.normals[3 * i + d] = length > 0 ? normal[d]! / length : 0;
    }
  }
  return sample;
}
