/**
 * The index law of the sparse pyramid, once.
 *
 * Coordinates are integers in units of stride-1 voxels. At tensor stride s the occupied set is
 *
 *     C_1  = { floor(fl32(x / fl32(size))) }                 (true float32 division, per axis)
 *     C_2s = { 2s * floor(c / 2s) : c in C_s }               (true floor, also for negatives)
 *
 * Kernel offset k of a K^3 kernel, x fastest:
 *
 *     d_k = (k mod K, floor(k / K) mod K, floor(k / K^2)) - centre,   centre = (K-1)/2 for odd K, 0 for K = 2
 *
 * Convolution (a correlation) from tensor stride s to s' (s' = s, or 2s for K = 2):
 *
 *     out[o] = sum_k  in[ row_s( c_o + s * d_k ) ] W[k]       c_o in C_s', missing rows contribute 0
 *
 * `KernelMap.source[k * vOut + o] = row_s(c_o + s * d_k)` or -1. The transposed 2^3 convolution uses the
 * same pairs with input and output swapped: out[fine] = in[parent(fine)] W[k], fine = parent + s * d_k.
 * For odd K the map is symmetric: source[k][o] = i  <=>  source[K^3-1-k][i] = o, so the gradient with
 * respect to the input needs no other map.
 *
 * Source: MinkowskiEngine 0.5.4 semantics, golden/SPEC.md section 3. Every kernel refers to this file.
 */

import type { Vec3 } from './types.ts';

/** Number of levels of the pyramid: strides 1, 2, 4, 8, 16. */
export const LEVELS = 5;

/** Coordinates must fit 16 signed bits per axis: a hash key is two u32 (batch|x, y|z). */
export const COORD_LIMIT = 32767;

/** Offset d_k in units of the input stride. @param edge kernel edge K (2, 3 or 5) */
export function kernelOffset(k: number, edge: number): Vec3 {
  const centre = edge % 2 === 1 ? (edge - 1) / 2 : 0;
  return [
    (k % edge) - centre,
    (Math.floor(k / edge) % edge) - centre,
    Math.floor(k / (edge * edge)) - centre,
  ];
}

/** Stride-1 voxel coordinate of one axis: true float32 division, then floor. */
export function quantise(x: number, size: number): number {
  return Math.floor(Math.fround(Math.fround(x) / Math.fround(size)));
}
