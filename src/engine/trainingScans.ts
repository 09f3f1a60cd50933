/**
 * Good scans as the user gives them, made ready to learn from: labelled defects are left out, regions that
 * were marked as normal are held still, and what cannot be learned from is refused by name.
 */

import { contentHash } from '../core/contentHash.ts';
import { InvalidInputError } from '../core/errors.ts';
import { modelFrame } from '../core/frame.ts';
import { pickRows } from '../core/pickRows.ts';
import type { PointCloud } from '../core/types.ts';
import { voxelise } from '../core/voxelise.ts';

/** What the user has said about regions of a scan; rows of the cloud as it was read. */
export interface ScanMarks {
  /** Labelled as defects: left out of the normal data. */
  readonly defects?: Uint32Array;
  /** False alarms that were marked as normal: hard negatives, never displaced. */
  readonly normal?: Uint32Array;
}

/** A scan with its marks carried out. */
export interface MarkedScan {
  readonly cloud: PointCloud;
  /** [N] above 0: held still; null when nothing was marked. */
  readonly still: Uint8Array | null;
}

/** The method cuts a cloud into 64 patches of at least two points (METHOD "Norm-AS"). */
const FEWEST_POINTS = 128;

/** Radii of scans of one part differ by its tolerance and by what the scanner saw, not by this. */
const SHAPE_RATIO = 1.5;

/** Ratios of common units of length. */
const UNIT_RATIOS: readonly (readonly [number, string])[] = [
  [10, 'mm and cm'],
  [25.4, 'mm and inches'],
  [100, 'cm and m'],
  [1000, 'mm and m'],
];

function checkRows(name: string, rows: Uint32Array, points: number): void {
  const bad = rows.find((row) => row >= points);
  if (bad !== undefined)
    throw new InvalidInputError(
      name,
      `a mark names point ${bad}, but there are ${points}: it belongs to another scan`,
    );
}

/** @throws InvalidInputError when a mark names a point that is not there */
export function applyMarks(cloud: PointCloud, { defects, normal }: ScanMarks): MarkedScan {
  const points = cloud.positions.length / 3;
  for (const rows of [defects, normal]) if (rows !== undefined) checkRows(cloud.name, rows, points);
  const marks = [defects ?? new Uint32Array(), normal ?? new Uint32Array()] as const;
  if (marks[0].length + marks[1].length === 0) return { cloud, still: null };
  const gone = new Uint8Array(points);
  for (const row of marks[0]) gone[row] = 1;
  const kept = Uint32Array.from({ length: points }, (_, i) => i).filter((row) => gone[row] === 0);
  const isStill = new Uint8Array(points);
  for (const row of marks[1]) isStill[row] = 1;
  const still = Uint8Array.from(kept, (row) => isStill[row]!);
  // A resumed run must have the same marks: they are part of what the scan is.
  const id = `${cloud.id}-${contentHash(new Uint8Array(Uint32Array.from([...marks[0], 0xffffffff, ...marks[1]]).buffer))}`;
  if (marks[0].length === 0) return { cloud: { ...cloud, id }, still };
  const { positions, normals } = cloud;
  const thinned = {
    ...cloud,
    id,
    positions: pickRows(positions, kept),
    normals: normals === null ? null : pickRows(normals, kept),
    // Triangles would name points that are gone; normals are then estimated from the points that stay.
    faces: null,
    colours: null,
    attributes: {},
  };
  return { cloud: thinned, still: still.some((v) => v > 0) ? still : null };
}

/**
 * @param voxelSize model units
 * @throws InvalidInputError naming the scan that cannot be learned from, and why
 */
export function checkScan(cloud: PointCloud, voxelSize: number): void {
  const points = cloud.positions.length / 3;
  if (points < FEWEST_POINTS)
    throw new InvalidInputError(
      cloud.name,
      `has ${points} points; at least ${FEWEST_POINTS} are needed to cut it into patches`,
    );
  const frame = modelFrame(cloud.positions, cloud.name);
  const model = cloud.positions.map((v, i) => (v - frame.centre[i % 3]!) / frame.radius);
  const voxels = voxelise(model, voxelSize).representative.length;
  // The unit ball with the largest allowed voxels has 8 cells; with fewer there is no surface to learn.
  if (voxels < 8)
    throw new InvalidInputError(
      cloud.name,
      voxels === 1
        ? `all its points lie in one voxel of ${voxelSize} model units: is one point far away from the others?`
        : `its points lie in only ${voxels} voxels: are a few points far away from the others?`,
    );
}

/** @returns the largest distances from the centre, source units, in the order of the clouds */
function radiiOf(clouds: readonly PointCloud[]): number[] {
  return clouds.map(({ positions, name }) => modelFrame(positions, name).radius);
}

/**
 * Looks at scans side by side.
 * @returns sentences for the user; empty when they look like one part in one unit
 */
export function compareScans(clouds: readonly PointCloud[]): string[] {
  const warnings: string[] = [];
  const radii = radiiOf(clouds);
  const sorted = radii.toSorted((a, b) => a - b);
  const middle = sorted[Math.floor(sorted.length / 2)]!;
  clouds.forEach(({ name }, i) => {
    const ratio = Math.max(radii[i]! / middle, middle / radii[i]!);
    if (ratio < SHAPE_RATIO) return;
    const unit = UNIT_RATIOS.find(([factor]) => Math.abs(Math.log(ratio / factor)) < 0.2);
    warnings.push(
      unit === undefined
        ? `“${name}” is ${ratio.toFixed(1)} times ${radii[i]! > middle ? 'larger' : 'smaller'} than the others: is it the same part?`
        : `“${name}” is about ${unit[0]} times ${radii[i]! > middle ? 'larger' : 'smaller'} than the others: mixed units (${unit[1]})?`,
    );
  });
  clouds.forEach(({ name }, i) => {
    const other = shapeDistance(clouds[i]!, clouds[0]!);
    if (i > 0 && other > SHAPE_DISTANCE)
      warnings.push(`“${name}” has another shape than “${clouds[0]!.name}”: a model learns one part`);
  });
  return warnings;
}

/** Difference between two of the descriptors below from which scans are said to differ in shape. */
const SHAPE_DISTANCE = 0.25;

/** Distances from the centre over the radius at these shares of the points: the same in every pose and unit. */
const SHARES = [0.1, 0.25, 0.5, 0.75, 0.9];

function shapeOf({ positions, name }: PointCloud): number[] {
  const { centre, radius } = modelFrame(positions, name);
  const distances = new Float32Array(positions.length / 3);
  for (let i = 0; i < distances.length; i++)
    distances[i] =
      Math.hypot(
        positions[3 * i]! - centre[0],
        positions[3 * i + 1]! - centre[1],
        positions[3 * i + 2]! - centre[2],
      ) / radius;
  distances.sort();
  return SHARES.map((share) => distances[Math.floor(share * (distances.length - 1))]!);
}

function shapeDistance(a: PointCloud, b: PointCloud): number {
  const [left, right] = [shapeOf(a), shapeOf(b)];
  return Math.max(...left.map((v, i) => Math.abs(v - right[i]!)));
}
