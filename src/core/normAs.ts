/**
 * Norm-AS: one or several patches of a good cloud are pushed out or pressed in along their normals, highest
 * at the patch centre, nothing at its rim,
 *
 *     p' = p + alpha n (1 - w) beta,    w = |p - c| / max over the patch
 *
 * Source: METHOD "Norm-AS"; golden/SPEC.md section 7 and section 11 items 1-4. The direction
 * `absoluteNormal` is that of the released code, and brings its weight along (min-max renormalised).
 * Twin of `shaders/synth/displace`.
 */

import type { FloatArray } from './floatArray.ts';
import { cutPatches, drawCentreRanks, patchSize } from './patches.ts';
import type { DisplacementDirection, SynthesisConfig } from './presets.ts';
import { RandomStream } from './random.ts';
import { randomDirection } from './rotation.ts';
import type { TrainingSample, Vec3 } from './types.ts';

/** How one patch is moved. */
export interface Displacement {
  readonly direction: DisplacementDirection;
  /** Outwards or inwards. */
  readonly alpha: 1 | -1;
  /** Height at the centre, model units. */
  readonly beta: number;
  /** Unit vector to move along when the direction is `random`. */
  readonly axis: Vec3;
}

/** A displacement and the patch it is for. */
export interface PatchMove extends Displacement {
  readonly patch: number;
}

/**
 * 1 - w for every row. A patch whose points all coincide moves as a whole (w = 0).
 * @param points [3N]; @param renormalise stretch the weights to [0, 1], as the released code does; changes
 * something only when the centre is not one of the rows
 */
function weights(points: FloatArray, rows: Uint32Array, centre: Vec3, renormalise: boolean): Float64Array {
  const weight = Float64Array.from(rows, (row) => {
    const dx = points[3 * row]! - centre[0];
    const dy = points[3 * row + 1]! - centre[1];
    const dz = points[3 * row + 2]! - centre[2];
    return Math.sqrt(dx * dx + dy * dy + dz * dz);
  });
  const reach = weight.reduce((a, b) => Math.max(a, b), 0);
  for (let i = 0; i < weight.length; i++) weight[i] = reach > 0 ? 1 - weight[i]! / reach : 1;
  if (!renormalise) return weight;
  const low = weight.reduce((a, b) => Math.min(a, b), Infinity);
  const high = weight.reduce((a, b) => Math.max(a, b), 0);
  if (high > low) for (let i = 0; i < weight.length; i++) weight[i] = (weight[i]! - low) / (high - low);
  return weight;
}

/**
 * @param points [3N] model units; @param normals [3N] unit normals
 * @param rows rows of the patch; @param centre its centre, model units
 * @returns [3 rows] shift of each row, model units
 */
export function patchShift(
  points: FloatArray,
  normals: FloatArray,
  rows: Uint32Array,
  centre: Vec3,
  { direction, alpha, beta, axis }: Displacement,
): Float64Array {
  const weight = weights(points, rows, centre, direction === 'absoluteNormal');
  const shift = new Float64Array(3 * rows.length);
  rows.forEach((row, i) => {
    for (let d = 0; d < 3; d++) {
      const n = normals[3 * row + d]!;
      const along = direction === 'random' ? axis[d]! : direction === 'normal' ? n : Math.abs(n);
      shift[3 * i + d] = along * (weight[i]! * beta * alpha);
    }
  });
  return shift;
}

/** Draws which patches move and how: distinct patches, each with its own sign, height and axis. */
function drawMoves(config: SynthesisConfig, stream: RandomStream): PatchMove[] {
  const { patches, movedPatches, drawnFrom, direction, beta } = config;
  const drawable = drawnFrom === 'all' ? patches : Math.floor(patches / 2);
  const [fewest, most] = movedPatches;
  const count = fewest + stream.below(most - fewest + 1);
  const free = Array.from({ length: drawable }, (_, j) => j);
  return Array.from({ length: count }, () => {
    const at = stream.below(free.length);
    const patch = free[at]!;
    free[at] = free[free.length - 1]!;
    free.pop();
    const alpha = stream.below(2) === 0 ? -1 : 1;
    const height = stream.range(beta[0], beta[1]);
    return { patch, direction, alpha, beta: height, axis: randomDirection(stream) };
  });
}

/** Streams of one sample's seed. */
const MOVES = 1;
const CENTRES = 2;

/** Everything random about one sample; the GPU path displaces by the same plan. */
export interface NormAsPlan {
  /** m, points of one patch. */
  readonly size: number;
  /** Ranks of the patch centres, see `cutPatches`; only as many as are needed to reach the moved patches. */
  readonly ranks: Uint32Array;
  readonly moves: readonly PatchMove[];
}

/** @param points N; @throws InvalidInputError when N is too small, see `patchSize` */
export function drawPlan(points: number, config: SynthesisConfig, seed: number): NormAsPlan {
  const size = patchSize(points, config.patches);
  const stream = new RandomStream(seed);
  const moves = drawMoves(config, stream.fork(MOVES));
  const cut = 1 + Math.max(...moves.map((move) => move.patch));
  return { size, ranks: drawCentreRanks(points, size, cut, stream.fork(CENTRES)), moves };
}

/** A cloud with its pseudo-anomalies: a `TrainingSample` that does not know its seed. */
export type Displaced = Omit<TrainingSample, 'seed'>;

/**
 * Cuts, moves and rounds to float32: the target is the exact difference of what the network sees.
 * @param points [3N] in the unit ball; @param normals [3N] unit normals
 * @param plan drawn for N points
 */
export function displacePatches(
  points: FloatArray,
  normals: FloatArray,
  { size, ranks, moves }: NormAsPlan,
): Displaced {
  const patches = cutPatches(points, size, ranks);
  const original = Float32Array.from(points);
  const displaced = original.slice();
  const targetOffsets = new Float32Array(points.length);
  const moved = new Uint32Array(moves.length * size);
  moves.forEach((move, k) => {
    const { centre, rows } = patches[move.patch]!;
    const middle: Vec3 = [points[3 * centre]!, points[3 * centre + 1]!, points[3 * centre + 2]!];
    const shift = patchShift(original, normals, rows, middle, move);
    rows.forEach((row, i) => {
      for (let d = 0; d < 3; d++) {
        const at = 3 * row + d;
        displaced[at] = original[at]! + shift[3 * i + d]!;
        targetOffsets[at] = displaced[at]! - original[at]!;
      }
    });
    moved.set(rows, k * size);
  });
  return { points: displaced, targetOffsets, patch: moved.sort() };
}

/**
 * @param points [3N] in the unit ball; @param normals [3N] unit normals
 * @param seed u32; the same arguments give the same bits
 * @throws InvalidInputError when N is too small, see `patchSize`
 */
export function normAs(
  points: FloatArray,
  normals: FloatArray,
  config: SynthesisConfig,
  seed: number,
): TrainingSample {
  return { ...displacePatches(points, normals, drawPlan(points.length / 3, config, seed)), seed };
}
