/**
 * How training scans differ from the reference they are drawn from, beside their defects: the good part
 * itself within the family's spread, density, noise, what the scanner saw, and how well it was registered.
 * Everything is drawn from seeded streams. Source: METHOD "Beyond the original".
 */

import { InvalidInputError } from './errors.ts';
import { evenSubset } from './evenSubset.ts';
import type { OrientedCloud } from './orientedCloud.ts';
import { pickRows } from './pickRows.ts';
import type { RandomStream } from './random.ts';
import { type Matrix3, randomDirection, rotationX, rotationY, rotationZ, thenRotate } from './rotation.ts';
import { randomSubset } from './subset.ts';
import type { Vec3 } from './types.ts';

/** How the good specimens of one part differ, and their scans. */
export interface PartFamily {
  /** [N] standard deviation of the surface along its normal at each point of the part, model units. */
  readonly warp: Float32Array;
  /** Standard deviation of the specimens' size, as a share of it; half as much along each axis by itself. */
  readonly stretch: number;
  /** Usual standard deviation of the sensor noise, model units. */
  readonly noise: number;
  /** Whether the scanner spreads its points evenly, as along a raster, or at random. */
  readonly even: boolean;
}

export interface ScanVariation {
  /** 0: evenly dense; 1: down to no points at all at the thinnest place. */
  readonly density: number;
  /** Share of the samples that see a part of the object only. */
  readonly cut: number;
  /** Largest registration error: turn about a random axis, radians, and shift, model units. */
  readonly misalignment: { readonly turn: number; readonly shift: number };
}

export const STUDIO_VARIATION: ScanVariation = {
  density: 0.8,
  cut: 0.35,
  misalignment: { turn: 0.012, shift: 0.006 },
};

/** @throws InvalidInputError naming the field */
export function validateVariation({ density, cut, misalignment }: ScanVariation): void {
  const check = (ok: boolean, field: string, rule: string, value: unknown) => {
    if (!ok)
      throw new InvalidInputError(`variation.${field}`, `must be ${rule}, is ${JSON.stringify(value)}`);
  };
  check(density >= 0 && density <= 1, 'density', 'from 0 to 1', density);
  check(cut >= 0 && cut <= 1, 'cut', 'from 0 to 1', cut);
  const { turn, shift } = misalignment;
  check(
    turn >= 0 && turn < 0.5 && shift >= 0 && shift < 0.5,
    'misalignment',
    'small angles and shifts',
    misalignment,
  );
}

/** A smooth function of the place with mean 0 and standard deviation 1: a sum of plane waves. */
export type SmoothField = (x: number, y: number, z: number) => number;

const WAVES = 6;

/** @param frequency largest, radians per model unit */
export function smoothField(random: RandomStream, frequency: number): SmoothField {
  const waves = Array.from({ length: WAVES }, () => {
    const [x, y, z] = randomDirection(random);
    const k = random.range(0.3, 1) * frequency;
    return [x * k, y * k, z * k, random.range(0, 2 * Math.PI)] as const;
  });
  const scale = Math.sqrt(2 / WAVES);
  return (x, y, z) =>
    scale * waves.reduce((sum, [a, b, c, p]) => sum + Math.cos(a * x + b * y + c * z + p), 0);
}

/** Which points the scanner sees. @returns true for those it does */
function drawView(random: RandomStream): (p: Vec3, n: Vec3) => boolean {
  const [x, y, z] = randomDirection(random);
  if (random.below(2) === 0) {
    // One view: what faces away is not there.
    const grazing = random.range(-0.4, 0.1);
    return (_, n) => x * n[0] + y * n[1] + z * n[2] > grazing;
  }
  const edge = random.range(-0.5, 0.3);
  return (p) => x * p[0] + y * p[1] + z * p[2] > edge;
}

/** Fewer of the reference's points than this are no scan: the part is then seen as a whole. */
const LEAST_SEEN = 0.2;

/**
 * Rows of the reference that the scanner could have met, ascending: uneven density, partial views.
 * @param random three streams are taken from it
 */
export function visibleRows(
  { points, normals }: OrientedCloud,
  { density, cut }: ScanVariation,
  random: RandomStream,
): Uint32Array {
  const field = smoothField(random.fork(1), 4);
  const thinning = random.fork(2);
  const strength = density * thinning.uniform();
  const views = random.fork(3);
  const sees = views.uniform() < cut ? drawView(views) : () => true;
  const thick: number[] = [];
  const rows: number[] = [];
  for (let row = 0; row < points.length / 3; row++) {
    const [x, y, z] = [points[3 * row]!, points[3 * row + 1]!, points[3 * row + 2]!];
    const share = 0.5 + 0.5 * Math.tanh(field(x, y, z));
    if (thinning.uniform() < strength * share) continue;
    thick.push(row);
    if (sees([x, y, z], [normals[3 * row]!, normals[3 * row + 1]!, normals[3 * row + 2]!])) rows.push(row);
  }
  return Uint32Array.from(rows.length >= LEAST_SEEN * thick.length ? rows : thick);
}

/** A turn of up to `turn` about a random axis: small angles about x, y, z. */
export function drawMisalignment(
  { misalignment }: ScanVariation,
  random: RandomStream,
): { readonly turn: Matrix3; readonly shift: Vec3 } {
  const angle = random.uniform() * misalignment.turn;
  const axis = randomDirection(random);
  const length = random.uniform() * misalignment.shift;
  const along = randomDirection(random);
  return {
    turn: thenRotate(
      thenRotate(rotationX(angle * axis[0]), rotationY(angle * axis[1])),
      rotationZ(angle * axis[2]),
    ),
    shift: [length * along[0], length * along[1], length * along[2]],
  };
}

/** Waves of the specimens' differences are no shorter than about a third of the part. */
const WARP_FREQUENCY = 6;

/** @returns the rows of another good specimen of the part */
export function specimen(
  part: OrientedCloud,
  { warp, stretch }: PartFamily,
  rows: Uint32Array,
  random: RandomStream,
): OrientedCloud {
  const field = smoothField(random, WARP_FREQUENCY);
  const size = stretch * random.normal();
  const scale = [0, 1, 2].map(() => 1 + size + 0.5 * stretch * random.normal());
  const points = pickRows(part.points, rows);
  const normals = pickRows(part.normals, rows);
  for (let i = 0; i < rows.length; i++) {
    const by = warp[rows[i]!]! * field(points[3 * i]!, points[3 * i + 1]!, points[3 * i + 2]!);
    for (let d = 0; d < 3; d++) points[3 * i + d] = points[3 * i + d]! * scale[d]! + by * normals[3 * i + d]!;
  }
  return { points, normals };
}

/** One scan is up to this many times noisier, or less noisy, than usual. */
const NOISE_CHANGE = 1.4;

/** Adds sensor noise in place. @param usual standard deviation, model units */
export function addNoise(points: Float32Array, usual: number, random: RandomStream): void {
  const deviation = usual * NOISE_CHANGE ** random.range(-1, 1);
  for (let at = 0; at < points.length; at++) points[at]! += deviation * random.normal();
}

/** @returns about `count` of the rows, ascending, as the family's scanner picks them */
export function scannedRows(
  part: OrientedCloud,
  { even }: PartFamily,
  rows: Uint32Array,
  count: number,
  random: RandomStream,
): Uint32Array {
  // Of fewer points to choose from, no even choice can be made.
  if (even && count < rows.length / 3) return evenSubset(part.points, rows, count, random);
  return randomSubset(rows.length, Math.min(count, rows.length), random).map((i) => rows[i]!);
}
