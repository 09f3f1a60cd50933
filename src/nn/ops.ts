/**
 * The network's own operations, each a tfjs kernel with its gradient. Names and attributes are the same on
 * every backend; `webgpuKernels`, `webgpuNorm` and `wasmKernels` implement them.
 *
 * Channels must be multiples of 4 (the kernels read vec4); xyz is padded to 4.
 */

import { BATCH_NORM_EPS } from '../core/batchNorm.ts';
import type { ConvMap, PointRows } from './plan.ts';
import { registerStockGradients } from './stockGradients.ts';
import * as tf from './tf.ts';

/** Activation fused behind an operation; numbers as in `shaders/shared/activation.wgsl`. */
export type Activation = 'none' | 'relu' | 'prelu';

export const ACTIVATION_CODE: Readonly<Record<Activation, number>> = { none: 0, relu: 1, prelu: 2 };

/**
 * How a convolution runs over a map. `transposed` swaps input and output (the decoder's 2^3 up). A null map
 * is a dense layer: one tap, row = row.
 */
export interface ConvAttrs {
  readonly map: ConvMap | null;
  readonly transposed: boolean;
}

export interface FusedConvAttrs extends ConvAttrs {
  readonly activation: Activation;
}

export interface NormAttrs {
  readonly activation: Activation;
  readonly eps: number;
}

export interface GatherAttrs {
  readonly rows: PointRows;
}

export const OPS = {
  conv: 'SparseConv',
  convInputGrad: 'SparseConvInputGrad',
  convWeightGrad: 'SparseConvWeightGrad',
  convFused: 'SparseConvFused',
  norm: 'BatchNorm',
  normResidual: 'BatchNormResidual',
  normGrad: 'BatchNormGrad',
  gatherRows: 'GatherPointRows',
  gatherRowsGrad: 'GatherPointRowsGrad',
} as const;

/** tfjs types attributes as plain data; ours carry the plan, which tfjs only hands through. */
function run<T extends tf.Tensor | tf.Tensor[]>(
  name: string,
  inputs: Record<string, tf.Tensor | undefined>,
  attrs: object,
): T {
  const present = Object.fromEntries(Object.entries(inputs).filter(([, tensor]) => tensor !== undefined));
  return tf.engine().runKernel(name, present as tf.NamedTensorMap, attrs as tf.NamedAttrMap) as T;
}

function attrsOf<A>(attrs: tf.NamedAttrMap): A {
  return attrs as unknown as A;
}

/** Output rows of a convolution. */
export function outputRows(attrs: ConvAttrs, inputRows: number): number {
  if (attrs.map === null) return inputRows;
  return attrs.transposed ? attrs.map.vIn : attrs.map.vOut;
}

/**
 * Sparse convolution, core/indexLaw.
 * @param x [V, Cin]; @param w [K, Cin, Cout]
 * @returns [rows, Cout]
 */
export function sparseConv(x: tf.Tensor2D, w: tf.Tensor3D, attrs: ConvAttrs): tf.Tensor2D {
  return run(OPS.conv, { x, w }, attrs);
}

/**
 * Evaluation form: act(conv(x, w) * scale + shift + residual), no gradient.
 * @param affine [3, Cout]: scale, shift, slope
 */
export function sparseConvFused(
  x: tf.Tensor2D,
  w: tf.Tensor3D,
  affine: tf.Tensor2D,
  residual: tf.Tensor2D | undefined,
  attrs: FusedConvAttrs,
): tf.Tensor2D {
  return run(OPS.convFused, { x, w, affine, residual }, attrs);
}

/**
 * Batch norm with batch statistics, optional residual and activation in one.
 * @param x [V, C]; @param params [2, C] gamma, beta, and with `prelu` a third row of slopes
 * @returns y [V, C] and moments [2, C]: mean, biased variance
 */
export function batchNorm(
  x: tf.Tensor2D,
  params: tf.Tensor2D,
  residual: tf.Tensor2D | undefined,
  activation: Activation,
  eps = BATCH_NORM_EPS,
): { y: tf.Tensor2D; moments: tf.Tensor2D } {
  const attrs: NormAttrs = { activation, eps };
  const name = residual === undefined ? OPS.norm : OPS.normResidual;
  const [y, moments] = run<tf.Tensor[]>(name, { x, params, residual }, attrs);
  return { y: y as tf.Tensor2D, moments: moments as tf.Tensor2D };
}

/** @param x [V, C]; @returns [N, C]: each point's voxel row */
export function gatherPointRows(x: tf.Tensor2D, rows: PointRows): tf.Tensor2D {
  const attrs: GatherAttrs = { rows };
  return run(OPS.gatherRows, { x }, attrs);
}

function registerOnce(config: tf.GradConfig): void {
  if (tf.getGradient(config.kernelName) === undefined) tf.registerGradient(config);
}

/** Registers the gradients with tfjs; safe to call again. Backends call it when they open. */
export function registerGradients(): void {
  registerStockGradients();
  registerOnce({
    kernelName: OPS.conv,
    inputsToSave: ['x', 'w'],
    gradFunc: (dy, saved, attrs) => {
      const [x, w] = saved as [tf.Tensor, tf.Tensor];
      const conv = attrsOf<ConvAttrs>(attrs);
      return {
        x: () => run(OPS.convInputGrad, { dy: dy as tf.Tensor, w }, { ...conv, rows: x.shape[0] }),
        w: () => run(OPS.convWeightGrad, { x, dy: dy as tf.Tensor }, conv),
      };
    },
  });
  for (const kernelName of [OPS.norm, OPS.normResidual]) {
    const residual = kernelName === OPS.normResidual;
    registerOnce({
      kernelName,
      inputsToSave: residual ? ['x', 'params', 'residual'] : ['x', 'params'],
      outputsToSave: [false, true],
      gradFunc: (dys, saved, attrs) => {
        const dy = (dys as tf.Tensor[])[0]!;
        const moments = saved[saved.length - 1]!;
        const inputs = { x: saved[0], params: saved[1], residual: residual ? saved[2] : undefined };
        // One kernel makes all gradients: it runs here, not in the thunks.
        const [dx, dParams, dResidual] = run<tf.Tensor[]>(OPS.normGrad, { ...inputs, dy, moments }, attrs);
        return {
          x: () => dx!,
          params: () => dParams!,
          ...(residual ? { residual: () => dResidual! } : {}),
        };
      },
    });
  }
  registerOnce({
    kernelName: OPS.gatherRows,
    gradFunc: (dy, _saved, attrs) => ({
      x: () => run(OPS.gatherRowsGrad, { dy: dy as tf.Tensor }, attrs),
    }),
  });
}
