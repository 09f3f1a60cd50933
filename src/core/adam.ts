/**
 * CPU twin of `shaders/optim`: Adam (Kingma and Ba 2015) in the form PyTorch 1.13 computes it, and the norm
 * of a gradient.
 *
 *     m = beta1 m + (1 - beta1) g
 *     v = beta2 v + (1 - beta2) g^2
 *     p = p - lr / (1 - beta1^t) * m / (sqrt(v) / sqrt(1 - beta2^t) + eps)             t = 1, 2, ...
 *
 * Source: METHOD "Training defaults"; golden/optim.
 */

import { InvalidInputError } from './errors.ts';
import type { FloatArray } from './floatArray.ts';

export interface AdamOptions {
  readonly beta1: number;
  readonly beta2: number;
  readonly eps: number;
}

export const ADAM_DEFAULTS: AdamOptions = { beta1: 0.9, beta2: 0.999, eps: 1e-8 };

/** Everything of one step that does not depend on the element, computed once in float64. */
export interface AdamStep extends AdamOptions {
  /** lr / (1 - beta1^t) */
  readonly stepSize: number;
  /** 1 / sqrt(1 - beta2^t) */
  readonly rootCorrection2: number;
  /** Factor on the gradient, for losses that are sums over micro-batches. */
  readonly gradScale: number;
}

/**
 * @param step t, counted from 1
 * @throws InvalidInputError when t is not a positive integer
 */
export function adamStep(
  step: number,
  learningRate: number,
  options: AdamOptions = ADAM_DEFAULTS,
  gradScale = 1,
): AdamStep {
  if (!Number.isInteger(step) || step < 1)
    throw new InvalidInputError('adam.step', `counted from 1, got ${step}`);
  return {
    ...options,
    stepSize: learningRate / (1 - options.beta1 ** step),
    rootCorrection2: 1 / Math.sqrt(1 - options.beta2 ** step),
    gradScale,
  };
}

/**
 * One update, in place.
 * @param parameter [n]; @param gradient [n]; @param first [n] moment m; @param second [n] moment v
 */
export function adamUpdate(
  parameter: FloatArray,
  gradient: FloatArray,
  first: FloatArray,
  second: FloatArray,
  step: AdamStep,
): void {
  for (let i = 0; i < parameter.length; i++) {
    const g = gradient[i]! * step.gradScale;
    first[i] = step.beta1 * first[i]! + (1 - step.beta1) * g;
    second[i] = step.beta2 * second[i]! + (1 - step.beta2) * g * g;
    parameter[i]! -= (step.stepSize * first[i]!) / (Math.sqrt(second[i]!) * step.rootCorrection2 + step.eps);
  }
}

/** Squared L2 norm of the finite values, and how many are not finite. */
export interface GradientNorm {
  readonly squares: number;
  readonly nonFinite: number;
}

export function gradientNorm(gradient: FloatArray): GradientNorm {
  let squares = 0;
  let nonFinite = 0;
  for (const g of gradient) {
    if (Number.isFinite(g)) squares += g * g;
    else nonFinite++;
  }
  return { squares, nonFinite };
}
