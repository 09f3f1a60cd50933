/** A cloud made ready to be aligned with: thinned for the coarse search, with descriptors and trees. */

import { InvalidInputError } from '../errors.ts';
import { fpfh } from '../fpfh.ts';
import { KdSearch } from '../kdSearch.ts';
import { buildKdTree } from '../kdTree.ts';
import { type OrientedCloud, thin } from '../orientedCloud.ts';
import { spreadSample } from './fit.ts';
import type { IndexedCloud } from './icp.ts';

/** Fewer say too little about a shape to find its pose. */
const LEAST_POINTS = 128;
/** Thinned points aimed at: enough for the shape of a part, few enough to compare all with all. */
const COARSE_POINTS = 800;
/** Coarse cells, as a part of the radius. */
const CELL_RANGE = [0.02, 0.1] as const;
/** Radii of the descriptors, in cells: what surrounds a point, and where on the part it lies. */
const RADII = [3, 6];
/** Points that poses are judged by. */
export const JUDGE_SAMPLE = 1500;

/** The coarse form of a cloud. */
export interface CoarseCloud extends IndexedCloud {
  readonly features: Float32Array;
  /** Numbers of one descriptor. */
  readonly width: number;
}

/** A surface that distances can be taken from. */
export interface IndexedSurface {
  /** All points. */
  readonly fine: IndexedCloud;
  /** Median distance of a point from its nearest neighbour. */
  readonly spacing: number;
}

/** A reference as `register` wants it. */
export interface AlignTarget extends IndexedSurface {
  readonly coarse: CoarseCloud;
  /** A sample that poses are judged by. */
  readonly judge: IndexedCloud;
  /** Edge of the coarse cells, the unit of the points. */
  readonly cell: number;
  /** Distance of the furthest point from the mean of the points. */
  readonly radius: number;
}

/** @returns the cell that leaves about `COARSE_POINTS` of a cloud */
function coarseCell(cloud: OrientedCloud, radius: number): number {
  let cell = 0.05 * radius;
  for (let k = 0; k < 2; k++) {
    const { counts } = thin(cloud, cell);
    // The number of occupied cells of a surface falls with the square of their edge.
    cell *= Math.sqrt(counts.length / COARSE_POINTS);
    cell = Math.min(CELL_RANGE[1] * radius, Math.max(CELL_RANGE[0] * radius, cell));
  }
  return cell;
}

export function coarsen(cloud: OrientedCloud, cell: number): CoarseCloud {
  const thinned = thin(cloud, cell);
  const tree = buildKdTree(thinned.points);
  const features = fpfh(
    thinned,
    tree,
    RADII.map((r) => r * cell),
  );
  return {
    points: thinned.points,
    normals: thinned.normals,
    tree,
    features,
    width: features.length / thinned.counts.length,
  };
}

export function indexed(cloud: OrientedCloud): IndexedCloud {
  return { ...cloud, tree: buildKdTree(cloud.points) };
}

/** @returns the mean of the points and the distance of the furthest from it */
export function extent(points: Float32Array): { centre: [number, number, number]; radius: number } {
  const centre: [number, number, number] = [0, 0, 0];
  const n = points.length / 3;
  for (let i = 0; i < points.length; i++) centre[(i % 3) as 0 | 1 | 2] += points[i]! / n;
  let radius2 = 0;
  for (let i = 0; i < points.length; i += 3) {
    const x = points[i]! - centre[0];
    const y = points[i + 1]! - centre[1];
    const z = points[i + 2]! - centre[2];
    radius2 = Math.max(radius2, x * x + y * y + z * z);
  }
  return { centre, radius: Math.sqrt(radius2) };
}

/** Median distance to the nearest other point, from at most 500 of them. */
function medianSpacing({ points, tree }: IndexedCloud): number {
  const n = points.length / 3;
  const search = new KdSearch(tree, 2);
  const found: number[] = [];
  for (let i = 0; i < n; i += Math.ceil(n / 500)) {
    search.find(points[3 * i]!, points[3 * i + 1]!, points[3 * i + 2]!);
    found.push(Math.sqrt(search.distances[1]!));
  }
  return found.sort((a, b) => a - b)[found.length >> 1]!;
}

/** @throws InvalidInputError for fewer than 128 points or a cloud without extent */
export function checkAlignable({ points }: OrientedCloud, name: string): void {
  const n = points.length / 3;
  if (n < LEAST_POINTS)
    throw new InvalidInputError(name, `has ${n} points; aligning needs at least ${LEAST_POINTS}`);
}

export function indexSurface(cloud: OrientedCloud): IndexedSurface {
  const fine = indexed(cloud);
  return { fine, spacing: medianSpacing(fine) };
}

/**
 * @param reference any unit
 * @throws InvalidInputError for fewer than 128 points or points that all coincide
 */
export function prepareTarget(reference: OrientedCloud, name = 'reference'): AlignTarget {
  checkAlignable(reference, name);
  const { radius } = extent(reference.points);
  if (!(radius > 0)) throw new InvalidInputError(name, 'has points that all coincide');
  const cell = coarseCell(reference, radius);
  return {
    ...indexSurface(reference),
    coarse: coarsen(reference, cell),
    judge: indexed(spreadSample(reference, JUDGE_SAMPLE)),
    cell,
    radius,
  };
}
