/**
 * The hashed weights of the golden data: no weights are stored, every value follows from the tensor's name
 * and the flat index (golden/SPEC.md section 2). Names and shapes come from golden/weights.
 */

import { fmix32, fnv1a32 } from '../core/random.ts';
import { loadBundle } from './golden.ts';

export type GoldenVariant = 'small' | 'full';

/** One line of golden/weights, the original's state_dict in its order. */
export interface GoldenTensorSpec {
  readonly name: string;
  readonly shape: readonly number[];
  readonly kind:
    | 'kernel'
    | 'linear'
    | 'bn_gamma'
    | 'bn_beta'
    | 'bias'
    | 'bn_mean'
    | 'bn_var'
    | 'zero_int'
    | 'prelu';
  readonly is_param: boolean;
  readonly seed: number;
}

export interface GoldenTensor {
  readonly shape: readonly number[];
  /** C order, the original's layout. */
  readonly data: Float32Array;
}

/** All tensors of a variant as golden/weights lists them, without values. */
export function goldenTensorSpecs(variant: GoldenVariant): readonly GoldenTensorSpec[] {
  // The manifest's meta is untyped JSON; its fields are those of SPEC section 1.
  const variants = loadBundle('weights').meta.variants as Record<
    GoldenVariant,
    { tensors: GoldenTensorSpec[] }
  >;
  return variants[variant].tensors;
}

/** @returns the value at u in [-1, 1); `fan` is the product of all dimensions but the last */
function rule(kind: GoldenTensorSpec['kind'], shape: readonly number[]): (u: number) => number {
  const product = (dims: readonly number[]): number => dims.reduce((a, b) => a * b, 1);
  switch (kind) {
    case 'kernel': {
      const scale = Math.sqrt(8 / product(shape.slice(0, -1)));
      return (u) => scale * u;
    }
    case 'linear': {
      const scale = Math.sqrt(8 / shape[1]!);
      return (u) => scale * u;
    }
    case 'bn_gamma':
      return (u) => 1 + 0.1 * u;
    case 'bn_beta':
    case 'bias':
      return (u) => 0.1 * u;
    case 'bn_mean':
      return (u) => 0.05 * u;
    case 'bn_var':
      return (u) => 1 + 0.2 * Math.abs(u);
    case 'zero_int':
      return () => 0;
    case 'prelu':
      return () => 0.25;
  }
}

/** The values of one tensor. */
function goldenTensor(spec: Pick<GoldenTensorSpec, 'name' | 'shape' | 'kind'>): GoldenTensor {
  const data = new Float32Array(spec.shape.reduce((a, b) => a * b, 1));
  const value = rule(spec.kind, spec.shape);
  const seed = fnv1a32(spec.name);
  for (let i = 0; i < data.length; i++)
    data[i] = value(fmix32((seed + Math.imul(i, 0x9e3779b9)) >>> 0) / 0x80000000 - 1);
  return { shape: spec.shape, data };
}

/**
 * Every tensor of the original's state_dict (parameters, running statistics, `num_batches_tracked`) under
 * its own name and in its own layout, in state_dict order.
 */
export function goldenWeights(variant: GoldenVariant): Map<string, GoldenTensor> {
  return new Map(goldenTensorSpecs(variant).map((spec) => [spec.name, goldenTensor(spec)]));
}
