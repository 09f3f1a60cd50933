/**
 * CPU twin of `shaders/norm`: batch normalisation over the rows of a [V, C] matrix (voxels of the whole
 * batch, or points in the offset head), optionally followed by a residual addition and a ReLU:
 *
 *     xHat = (x - mean) / sqrt(variance + eps)
 *     y    = relu(gamma * xHat + beta + residual)
 *
 * Source: PyTorch BatchNorm1d as MinkowskiEngine wraps it, golden/SPEC.md section 3: eps 1e-5, momentum
 * 0.1, biased variance to normalise, unbiased variance in the running statistics.
 */

import { InvalidInputError } from './errors.ts';
import { type FloatArray, floatArrayLike } from './floatArray.ts';

export const BATCH_NORM_EPS = 1e-5;
export const BATCH_NORM_MOMENTUM = 0.1;

/** What is fused behind the normalisation. */
export interface BatchNormFusion<T extends FloatArray = FloatArray> {
  /** Clamp at zero, after the residual was added. */
  readonly relu?: boolean;
  /** [V*C] added before the ReLU. */
  readonly residual?: T;
}

export interface BatchNormStatistics<T extends FloatArray = FloatArray> {
  /** [C] */
  readonly mean: T;
  /** [C] biased: the sum of squares divided by V. */
  readonly variance: T;
}

export interface BatchNormGradients<T extends FloatArray = FloatArray> {
  /** [V*C] */
  readonly dx: T;
  /** [C] */
  readonly dGamma: T;
  /** [C] */
  readonly dBeta: T;
  /** [V*C] gradient of the residual input: `dy` behind the ReLU. */
  readonly dResidual: T;
}

/**
 * Mean and biased variance of each column, in two passes (the one-pass form cancels badly).
 * @param x [V*C]
 * @throws InvalidInputError when V < 2: one row has no variance, and PyTorch refuses it too
 */
function batchStatistics<T extends FloatArray>(x: T, V: number, C: number): BatchNormStatistics<T> {
  if (V < 2) throw new InvalidInputError('batchNorm', `needs at least 2 rows to train on, got ${V}`);
  const mean = new Float64Array(C);
  const variance = new Float64Array(C);
  for (let v = 0; v < V; v++) for (let c = 0; c < C; c++) mean[c]! += x[v * C + c]!;
  for (let c = 0; c < C; c++) mean[c]! /= V;
  for (let v = 0; v < V; v++)
    for (let c = 0; c < C; c++) {
      const d = x[v * C + c]! - mean[c]!;
      variance[c]! += d * d;
    }
  for (let c = 0; c < C; c++) variance[c]! /= V;
  const out = { mean: floatArrayLike(x, C), variance: floatArrayLike(x, C) };
  out.mean.set(mean);
  out.variance.set(variance);
  return out;
}

/**
 * Normalises with the given statistics; evaluation passes the running ones.
 * @param x [V*C]; @param gamma [C]; @param beta [C]; @param mean [C]; @param variance [C] biased
 * @returns y [V*C]
 */
export function batchNormEval<T extends FloatArray>(
  x: T,
  V: number,
  C: number,
  gamma: FloatArray,
  beta: FloatArray,
  mean: FloatArray,
  variance: FloatArray,
  eps = BATCH_NORM_EPS,
  fusion: BatchNormFusion = {},
): T {
  const y = floatArrayLike(x, V * C);
  for (let c = 0; c < C; c++) {
    const scale = gamma[c]! / Math.sqrt(variance[c]! + eps);
    for (let i = c; i < V * C; i += C) {
      const value = (x[i]! - mean[c]!) * scale + beta[c]! + (fusion.residual?.[i] ?? 0);
      y[i] = fusion.relu && !(value > 0) ? 0 : value;
    }
  }
  return y;
}

/**
 * Normalises with the statistics of the batch itself.
 * @returns y [V*C] and the statistics, which the backward pass and `updateRunning` need
 * @throws InvalidInputError when V < 2
 */
export function batchNormTrain<T extends FloatArray>(
  x: T,
  V: number,
  C: number,
  gamma: FloatArray,
  beta: FloatArray,
  eps = BATCH_NORM_EPS,
  fusion: BatchNormFusion = {},
): BatchNormStatistics<T> & { readonly y: T } {
  const { mean, variance } = batchStatistics(x, V, C);
  return { y: batchNormEval(x, V, C, gamma, beta, mean, variance, eps, fusion), mean, variance };
}

/**
 * Gradient of `batchNormTrain`, the statistics being functions of x:
 *
 *     g  = dy where the ReLU let it through (y > 0), else 0
 *     dx = gamma / sqrt(variance + eps) * (g - mean(g) - xHat * mean(g * xHat))
 *
 * @param dy [V*C]; @param x [V*C] the input of the forward pass; @param mean [C]; @param variance [C]
 * @param fusion with `relu`, `beta` and the same `residual` as forward, so the mask can be rebuilt
 */
export function batchNormBackward<T extends FloatArray>(
  dy: T,
  x: T,
  V: number,
  C: number,
  mean: FloatArray,
  variance: FloatArray,
  gamma: FloatArray,
  eps = BATCH_NORM_EPS,
  fusion: BatchNormFusion & { readonly beta?: FloatArray } = {},
): BatchNormGradients<T> {
  const out = {
    dx: floatArrayLike(x, V * C),
    dGamma: floatArrayLike(x, C),
    dBeta: floatArrayLike(x, C),
    dResidual: floatArrayLike(x, V * C),
  };
  for (let c = 0; c < C; c++) {
    const inverseStd = 1 / Math.sqrt(variance[c]! + eps);
    let sum = 0;
    let sumXHat = 0;
    for (let i = c; i < V * C; i += C) {
      const xHat = (x[i]! - mean[c]!) * inverseStd;
      const y = xHat * gamma[c]! + (fusion.beta?.[c] ?? 0) + (fusion.residual?.[i] ?? 0);
      const g = fusion.relu && !(y > 0) ? 0 : dy[i]!;
      out.dResidual[i] = g;
      sum += g;
      sumXHat += g * xHat;
    }
    out.dBeta[c] = sum;
    out.dGamma[c] = sumXHat;
    for (let i = c; i < V * C; i += C) {
      const xHat = (x[i]! - mean[c]!) * inverseStd;
      out.dx[i] = gamma[c]! * inverseStd * (out.dResidual[i]! - sum / V - (xHat * sumXHat) / V);
    }
  }
  return out;
}

/**
 * Moves the running statistics towards those of a batch, in place:
 * `running = (1 - momentum) * running + momentum * batch`, with the unbiased variance.
 * @param running its [C] arrays are written
 * @param V rows the statistics were taken over, at least 2
 * @throws InvalidInputError when V < 2
 */
export function updateRunning(
  running: BatchNormStatistics,
  mean: FloatArray,
  variance: FloatArray,
  V: number,
  momentum = BATCH_NORM_MOMENTUM,
): void {
  if (V < 2) throw new InvalidInputError('batchNorm', `needs at least 2 rows to train on, got ${V}`);
  const unbias = V / (V - 1);
  for (let c = 0; c < mean.length; c++) {
    running.mean[c] = (1 - momentum) * running.mean[c]! + momentum * mean[c]!;
    running.variance[c] = (1 - momentum) * running.variance[c]! + momentum * variance[c]! * unbias;
  }
}
