/**
 * Vertex normals of a triangle mesh: the normalised sum of the UNNORMALISED cross products of its faces,
 * so each face weighs by its area (Open3D's compute_vertex_normals). Source: golden/SPEC.md section 7.
 */

import { InvalidInputError } from './errors.ts';

/**
 * @param positions [3V] any unit; @param faces [3F] vertex indices
 * @returns [3V] unit normals; 0 0 0 for a vertex that no face with area uses
 * @throws InvalidInputError for a face that names a vertex that is not there
 */
export function meshNormals(positions: ArrayLike<number>, faces: ArrayLike<number>): Float32Array {
  const sums = new Float64Array(positions.length);
  const vertices = positions.length / 3;
  for (let f = 0; f + 2 < faces.length; f += 3) {
    const a = faces[f]!;
    const b = faces[f + 1]!;
    const c = faces[f + 2]!;
    if (!(Math.max(a, b, c) < vertices && Math.min(a, b, c) >= 0))
      throw new InvalidInputError('mesh', `face ${f / 3} names vertex ${Math.max(a, b, c)} of ${vertices}`);
    addFaceNormal(sums, positions, a, b, c);
  }
  const normals = new Float32Array(positions.length);
  for (let i = 0; i < sums.length; i += 3) {
    const length = Math.hypot(sums[i]!, sums[i + 1]!, sums[i + 2]!);
    if (length > 0) for (let d = i; d < i + 3; d++) normals[d] = sums[d]! / length;
  }
  return normals;
}

function addFaceNormal(
  sums: Float64Array,
  positions: ArrayLike<number>,
  a: number,
  b: number,
  c: number,
): void {
  const ux = positions[3 * b]! - positions[3 * a]!;
  const uy = positions[3 * b + 1]! - positions[3 * a + 1]!;
  const uz = positions[3 * b + 2]! - positions[3 * a + 2]!;
  const vx = positions[3 * c]! - positions[3 * a]!;
  const vy = positions[3 * c + 1]! - positions[3 * a + 1]!;
  const vz = positions[3 * c + 2]! - positions[3 * a + 2]!;
  const x = uy * vz - uz * vy;
  const y = uz * vx - ux * vz;
  const z = ux * vy - uy * vx;
  for (const vertex of [a, b, c]) {
    sums[3 * vertex]! += x;
    sums[3 * vertex + 1]! += y;
    sums[3 * vertex + 2]! += z;
  }
}
