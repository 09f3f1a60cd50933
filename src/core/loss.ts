/**
 * CPU twin of `shaders/loss/offset_loss`: the offset loss L = L_dist + L_dir with its gradient in closed
 * form. One formula serves every preset and ablation; they differ in four weights only:
 *
 *     L_dist =  sum_i wDist_i * |o_i - g_i|_1                    wDist_i: one weight where g_i != 0 (moved),
 *     L_dir  = -wDir * sum_i  ô_i . ĝ_i,  x̂ = x / (|x|_2 + eps)            another where g_i = 0
 *
 *     dL_dist/do = wDist_i * sign(o_i - g_i)                                                (0 at ties)
 *     dL_dir/do  = -wDir * ( ĝ_i / (|o_i| + eps)  -  (ĝ_i . o_i) o_i / (|o_i| (|o_i| + eps)^2) )
 *
 * the last term being 0 at o_i = 0. A point that did not move has ĝ = 0 and so no direction term.
 * Source: METHOD "Loss", golden/SPEC.md section 8.
 */

import { InvalidInputError } from './errors.ts';
import { type FloatArray, floatArrayLike } from './floatArray.ts';

/**
 * `released`: both terms divided by the number of all points.
 * `paper`: the direction term is averaged over moved points.
 * `studio`: 5 * (mean L1 over moved + mean L1 over unmoved) - 0.2 * mean cosine over moved, so that the
 * 98 % of points that did not move do not drown the others (METHOD "Beyond the original").
 */
export type LossForm = 'released' | 'paper' | 'studio';

/** Ablation: which of the two terms are trained on. */
export type LossTerms = 'both' | 'distance' | 'direction';

/** Points of the whole batch, over all its micro-batches. */
export interface LossCounts {
  readonly points: number;
  /** Points that were displaced; those on a patch's rim count, though their target is zero. */
  readonly moved: number;
}

/** What the kernel needs to know. */
export interface LossWeights {
  readonly distanceMoved: number;
  readonly distanceUnmoved: number;
  readonly direction: number;
  readonly eps: number;
}

export interface LossValue {
  readonly total: number;
  readonly dist: number;
  readonly dir: number;
}

/** PyTorch's original: without it a zero vector has no direction. */
const RELEASED_EPS = 1e-8;

/**
 * With the original's 1e-8 the direction gradient at a zero prediction is 1e8, and a head that starts at
 * zero would hand Adam a second moment it needs thousands of steps to forget. 1e-3 model units is far
 * below any displacement that is trained (0.06 to 0.12).
 */
const STUDIO_EPS = 1e-3;

/** `1 / fl32(count + 1e-6)` as the original divides; 0 for an empty class. */
function perPoint(count: number): number {
  return count === 0 ? 0 : 1 / Math.fround(count + 1e-6);
}

/**
 * @param counts of the WHOLE batch; the losses and gradients of its micro-batches then simply add up
 * @throws InvalidInputError when there are no points or more moved points than points
 */
export function lossWeights(form: LossForm, counts: LossCounts, terms: LossTerms = 'both'): LossWeights {
  const { points, moved } = counts;
  if (!(points > 0) || !(moved >= 0 && moved <= points))
    throw new InvalidInputError('loss', `${moved} moved of ${points} points`);
  const distance = terms === 'direction' ? 0 : 1;
  const direction = terms === 'distance' ? 0 : 1;
  switch (form) {
    case 'released':
    case 'paper':
      return {
        distanceMoved: distance * perPoint(points),
        distanceUnmoved: distance * perPoint(points),
        direction: direction * perPoint(form === 'paper' ? moved : points),
        eps: RELEASED_EPS,
      };
    case 'studio':
      return {
        distanceMoved: 5 * distance * perPoint(moved),
        distanceUnmoved: 5 * distance * perPoint(points - moved),
        direction: 0.2 * direction * perPoint(moved),
        eps: STUDIO_EPS,
      };
    default:
      return form satisfies never;
  }
}

/**
 * Loss and gradient of one micro-batch.
 * @param pred [N, row] predicted offsets, model units; columns beyond xyz are padding
 * @param target [N, 3] target offsets, model units
 * @param row floats per row of `pred` and of the gradient: 3, or 4 as the network pads them
 * @returns gradient [N, row] dL/dpred, zero in the padding
 * @throws InvalidInputError when the lengths do not belong together
 */
export function offsetLoss<T extends FloatArray>(
  pred: T,
  target: FloatArray,
  weights: LossWeights,
  row = 3,
): LossValue & { readonly gradient: T } {
  const points = target.length / 3;
  if (!Number.isInteger(points) || pred.length !== points * row)
    throw new InvalidInputError('loss', `${pred.length} predictions for ${target.length} targets`);
  const gradient = floatArrayLike(pred, pred.length);
  let dist = 0;
  let dir = 0;
  for (let i = 0; i < points; i++) {
    const at = row * i;
    const [ox, oy, oz] = [pred[at]!, pred[at + 1]!, pred[at + 2]!];
    const [gx, gy, gz] = [target[3 * i]!, target[3 * i + 1]!, target[3 * i + 2]!];
    const moved = gx !== 0 || gy !== 0 || gz !== 0;
    const wDist = moved ? weights.distanceMoved : weights.distanceUnmoved;
    dist += wDist * (Math.abs(ox - gx) + Math.abs(oy - gy) + Math.abs(oz - gz));

    const norm = Math.sqrt(ox * ox + oy * oy + oz * oz);
    const padded = norm + weights.eps;
    const scale = 1 / (Math.sqrt(gx * gx + gy * gy + gz * gz) + weights.eps);
    const dot = (gx * ox + gy * oy + gz * oz) * scale;
    dir -= (weights.direction * dot) / padded;

    const along = (weights.direction * scale) / padded;
    const back = norm > 0 ? (weights.direction * dot) / (norm * padded * padded) : 0;
    gradient[at] = wDist * Math.sign(ox - gx) - along * gx + back * ox;
    gradient[at + 1] = wDist * Math.sign(oy - gy) - along * gy + back * oy;
    gradient[at + 2] = wDist * Math.sign(oz - gz) - along * gz + back * oz;
  }
  return { total: dist + dir, dist, dir, gradient };
}
