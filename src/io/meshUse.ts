/** A mesh as points: its vertices, or points drawn evenly from its surface, as a scanner would see it. */

import { InvalidInputError } from '../core/errors.ts';
import { meshNormals } from '../core/meshNormals.ts';
import { RandomStream } from '../core/random.ts';
import { sampleSurface } from '../core/surfaceSampling.ts';
import type { ScanFile } from './report.ts';

/** The engine protocol's `MeshUse`, structurally. */
export type MeshUse =
  | { readonly kind: 'vertices' }
  /** Evenly over the area; the same seed gives the same points. */
  | {
      readonly kind: 'sample';
      readonly points: number;
      readonly seed: number;
      /** A cloud without triangles is used as it is, without a warning. */
      readonly ifMesh?: true;
    };

/** Ten million points are as many as the page shows. */
const MOST_POINTS = 10_000_000;

/**
 * @returns the scan as it is for vertices, and for a cloud without triangles, which says so
 * @throws InvalidInputError for a number of points that cannot be drawn or a mesh without area
 */
export function meshPoints(scan: ScanFile, use: MeshUse): ScanFile {
  if (use.kind === 'vertices') return scan;
  const { cloud, report } = scan;
  const { faces, positions } = cloud;
  if (!Number.isSafeInteger(use.points) || use.points < 1 || use.points > MOST_POINTS)
    throw new InvalidInputError(cloud.name, `${use.points} points cannot be drawn from a surface`);
  if (faces === null) {
    if (use.ifMesh) return scan;
    const warning = 'there are no triangles to draw points from: the points are used as they are';
    return { ...scan, report: { ...report, warnings: [...report.warnings, warning] } };
  }
  const vertexNormals = cloud.normals ?? meshNormals(positions, faces);
  const { points, normals } = sampleSurface(
    positions,
    vertexNormals,
    faces,
    use.points,
    new RandomStream(use.seed),
  );
  const lost = [...(cloud.colours === null ? [] : ['colours']), ...Object.keys(cloud.attributes)];
  return {
    cloud: {
      ...cloud,
      id: `${cloud.id}-surface-${use.points}-${use.seed}`,
      positions: points,
      normals: hasAll(normals) ? normals : null,
      colours: null,
      faces: null,
      attributes: {},
    },
    report: {
      ...report,
      points: use.points,
      warnings: [
        ...report.warnings,
        `${use.points} points were drawn from the surface of ${report.faces} triangles and ${report.points} vertices`,
        ...(lost.length === 0 ? [] : [`values of the vertices were left out: ${lost.join(', ')}`]),
      ],
    },
    totalRows: use.points,
    keptRows: null,
  };
}

/** Normals that cancelled each other are zero; a cloud has unit ones or none. */
function hasAll(normals: Float32Array): boolean {
  for (let i = 0; i < normals.length; i += 3)
    if (normals[i] === 0 && normals[i + 1] === 0 && normals[i + 2] === 0) return false;
  return true;
}
