/**
 * Weights before training, distributed as the released code leaves them (golden/SPEC.md section 11, item 11):
 * its own initialisation reaches MinkowskiConvolution only, everything else keeps its library's default.
 */

import type { Architecture } from './modelConfig.ts';
import { type NamedTensor, type StateDict, type TensorSpec, tensorSpecs } from './networkSpec.ts';
import { deriveKey, fnv1a32, RandomStream } from './random.ts';

export interface InitOptions {
  /**
   * Start the last layer at zero, so that the first prediction is "nothing moved" (METHOD "Beyond the
   * original"). The released code does not.
   */
  readonly zeroHead?: boolean;
}

type Draw = (random: RandomStream) => number;

const constant =
  (value: number): Draw =>
  () =>
    value;
const normal =
  (std: number): Draw =>
  (random) =>
    std * random.normal();
const uniform =
  (bound: number): Draw =>
  (random) =>
    random.range(-bound, bound);

/** Convolution kernels: [K^3, Cin, Cout], or [Cin, Cout] for 1x1. */
function kernelRule({ name, shape }: TensorSpec): Draw {
  // The 2-D kernel of a 1x1 convolution is taken for a Linear, whose fan-out is dimension 0: Cin.
  if (shape.length === 2) return normal(Math.sqrt(2 / shape[0]!));
  const fan = shape[0]! * shape[2]!;
  // MinkowskiConvolutionTranspose is no subclass of MinkowskiConvolution and keeps its own default.
  return name.includes('.convtr') ? uniform(1 / Math.sqrt(fan)) : normal(Math.sqrt(2 / fan));
}

function rule(spec: TensorSpec, arch: Architecture): Draw {
  switch (spec.kind) {
    case 'kernel':
      return kernelRule(spec);
    case 'linear':
      return uniform(1 / Math.sqrt(spec.shape[1]!));
    case 'bias':
      // Both libraries bound a bias by the fan-in of its layer.
      return uniform(1 / Math.sqrt(spec.name.startsWith('backbone.') ? arch.planes[7]! : arch.head[1]));
    case 'bnGamma':
    case 'bnVar':
      return constant(1);
    case 'bnBeta':
    case 'bnMean':
    case 'bnCount':
      return constant(0);
    case 'prelu':
      return constant(0.25);
    default:
      return spec.kind satisfies never;
  }
}

/**
 * @param seed each tensor draws from its own stream (seed, name), so a tensor's values do not depend on
 *   which others the architecture has
 * @returns every tensor of the state dict, original names and layout
 */
export function initialiseWeights(arch: Architecture, seed: number, options: InitOptions = {}): StateDict {
  const tensors = tensorSpecs(arch).map((spec): [string, NamedTensor] => {
    const length = spec.shape.reduce((x, y) => x * y, 1);
    const zero = options.zeroHead === true && spec.name.startsWith('linear_offset.6.');
    const draw = zero ? constant(0) : rule(spec, arch);
    const random = new RandomStream(deriveKey(seed, fnv1a32(spec.name)));
    const data = new Float32Array(length);
    for (let i = 0; i < length; i++) data[i] = draw(random);
    return [spec.name, { shape: spec.shape, data }];
  });
  return new Map(tensors);
}
