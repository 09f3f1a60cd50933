/**
 * Cutting a cloud into patches for Norm-AS (the original's SphereCropMask): take a random point that no
 * patch has yet, its m nearest such points are the next patch, repeat. Later patches can be in pieces.
 * Source: METHOD "Norm-AS", golden/SPEC.md section 11 item 3. Twin of `shaders/synth/cut_patch`, which cuts
 * the `fixedPoint` of its points.
 */

import { InvalidInputError } from './errors.ts';
import type { FloatArray } from './floatArray.ts';
import type { RandomStream } from './random.ts';

export interface Patch {
  /** Row the patch was cut around. */
  readonly centre: number;
  /** Rows of the patch, ascending. */
  readonly rows: Uint32Array;
}

/**
 * m = floor(N / J), the points of one patch.
 * @throws InvalidInputError below two points a patch: the weight of a lone point would be 0/0
 */
export function patchSize(points: number, patches: number): number {
  const size = Math.floor(points / patches);
  if (size < 2)
    throw new InvalidInputError(
      'Norm-AS',
      `${points} points are too few for ${patches} patches of at least 2 points: needs ${2 * patches} points, or fewer patches`,
    );
  return size;
}

/**
 * The ranks of the first `count` patch centres among the points still free; patch j is drawn from
 * N - j m points.
 */
export function drawCentreRanks(
  points: number,
  size: number,
  count: number,
  stream: RandomStream,
): Uint32Array {
  return Uint32Array.from({ length: count }, (_, j) => stream.below(points - j * size));
}

/** 2 ** 52 + 2 ** 51: a float64 of this size has no fraction bits, and adding rounds half to even. */
const ROUND = 6_755_399_441_055_744;

/**
 * Coordinates as the GPU compares them: integers in steps of 2^-14 model units, clamped to +-1.125 (nothing
 * in the unit ball is). Squared distances then fit u32 and are the same on every device. A patch of these
 * differs from one of the exact points only among points whose distances agree to about 1e-4.
 * @param points [3N] model units
 */
export function fixedPoint(points: FloatArray): Float64Array {
  return Float64Array.from(points, (v) => Math.min(1.125, Math.max(-1.125, v)) * 16384 + ROUND - ROUND);
}

/** The k-th smallest (from 0) of the first `length` values, which are reordered: Hoare's quickselect. */
export function kthSmallest(values: Float64Array, length: number, k: number): number {
  let low = 0;
  let high = length - 1;
  while (low < high) {
    const a = values[low]!;
    const b = values[(low + high) >> 1]!;
    const c = values[high]!;
    const pivot = Math.max(Math.min(a, b), Math.min(Math.max(a, b), c));
    let i = low;
    let j = high;
    while (i <= j) {
      while (values[i]! < pivot) i++;
      while (values[j]! > pivot) j--;
      if (i > j) break;
      const swapped = values[i]!;
      values[i++] = values[j]!;
      values[j--] = swapped;
    }
    if (k <= j) high = j;
    else if (k >= i) low = i;
    else break;
  }
  return values[k]!;
}

/**
 * Cuts as many patches as there are ranks. Equal distances go to the lower row, so the result is defined.
 * O(N) per patch.
 * @param points [3N]
 * @param size points of a patch; `ranks.length * size` must not exceed N
 * @param ranks patch j is centred at the `ranks[j]`-th row (from 0) that no earlier patch has
 */
export function cutPatches(points: FloatArray, size: number, ranks: ArrayLike<number>): Patch[] {
  const free = Uint32Array.from({ length: points.length / 3 }, (_, i) => i);
  const distance = new Float64Array(free.length);
  const scratch = new Float64Array(free.length);
  let left = free.length;
  return Array.from({ length: ranks.length }, (_, j) => {
    const centre = free[ranks[j]!]!;
    for (let i = 0; i < left; i++) {
      const row = 3 * free[i]!;
      const dx = points[row]! - points[3 * centre]!;
      const dy = points[row + 1]! - points[3 * centre + 1]!;
      const dz = points[row + 2]! - points[3 * centre + 2]!;
      distance[i] = dx * dx + dy * dy + dz * dz;
    }
    scratch.set(distance.subarray(0, left));
    const reach = kthSmallest(scratch, left, size - 1);
    let ties = size;
    for (let i = 0; i < left; i++) if (distance[i]! < reach) ties--;
    const rows = new Uint32Array(size);
    let taken = 0;
    let kept = 0;
    for (let i = 0; i < left; i++) {
      if (distance[i]! < reach || (distance[i] === reach && ties-- > 0)) rows[taken++] = free[i]!;
      else free[kept++] = free[i]!;
    }
    left = kept;
    return { centre, rows };
  });
}
