/** The offset model on the running backend: variables by name, made from and turned into a state dict. */

import { BATCH_NORM_EPS, BATCH_NORM_MOMENTUM } from '../core/batchNorm.ts';
import type { ModelConfig } from '../core/modelConfig.ts';
import type { NamedTensor, StateDict } from '../core/networkSpec.ts';
import { packState, runningName, unpackState } from './parameters.ts';
import * as tf from './tf.ts';

/** Weights and running statistics of one network, layouts as in `nn/parameters`. */
export interface OffsetModel {
  readonly config: ModelConfig;
  /** Trainable: kernels [K, Cin, Cout], norms [2, C] (gamma, beta), PReLU slopes [1, 1], biases [1, C]. */
  readonly params: ReadonlyMap<string, tf.Variable>;
  /** Per norm, `NAME.running`: [2, C] running mean and variance. */
  readonly running: ReadonlyMap<string, tf.Variable>;
  /** Training batches behind the running statistics. */
  batchesTracked: number;
  dispose(): void;
}

/**
 * @param state original names -> values
 * @throws ModelMismatchError when it does not fit `config.arch`
 */
export function createModel(config: ModelConfig, state: StateDict): OffsetModel {
  const params = new Map<string, tf.Variable>();
  const running = new Map<string, tf.Variable>();
  for (const { name, shape, data, trainable } of packState(config.arch, state)) {
    const value = tf.tensor(data, shape.slice(), 'float32');
    (trainable ? params : running).set(name, tf.variable(value, trainable));
    value.dispose();
  }
  return {
    config,
    params,
    running,
    batchesTracked: state.get('backbone.bn0.bn.num_batches_tracked')?.data[0] ?? 0,
    dispose: () => {
      for (const variable of [...params.values(), ...running.values()]) variable.dispose();
    },
  };
}

/** Reads all values back under the original names, in state-dict order. */
export async function stateOf(model: OffsetModel): Promise<Map<string, NamedTensor>> {
  const variables = [...model.params, ...model.running];
  const data = await Promise.all(variables.map(([, variable]) => variable.data()));
  const values = new Map(variables.map(([name], i) => [name, Float32Array.from(data[i]!)]));
  return unpackState(model.config.arch, values, model.batchesTracked);
}

/** Batch statistics that a training forward pass met at one norm. */
export interface BatchMoments {
  readonly norm: string;
  /** [2, C] mean and biased variance; kept, to be disposed by whoever consumes it. */
  readonly moments: tf.Tensor2D;
  readonly rows: number;
}

/** Moves the running statistics towards a batch's (unbiased variance, momentum 0.1) and frees the moments. */
export function updateRunning(model: OffsetModel, batch: readonly BatchMoments[]): void {
  for (const { norm, moments, rows } of batch) {
    const variable = model.running.get(runningName(norm))!;
    tf.tidy(() => {
      const unbiased = [[BATCH_NORM_MOMENTUM], [(BATCH_NORM_MOMENTUM * rows) / (rows - 1)]];
      variable.assign(
        tf.add(tf.mul(variable, 1 - BATCH_NORM_MOMENTUM), tf.mul(moments, tf.tensor2d(unbiased))),
      );
    });
    moments.dispose();
  }
  model.batchesTracked++;
}

/**
 * What evaluation needs beside the kernels: per unit [3, C] scale, shift and slope, so that norm, bias and
 * activation are the epilogue of the convolution.
 */
export interface FrozenModel {
  readonly model: OffsetModel;
  readonly affine: ReadonlyMap<string, tf.Tensor2D>;
  dispose(): void;
}

/** @param slope [1, 1] PReLU slope or null */
function foldNorm(params: tf.Tensor, running: tf.Tensor, slope: tf.Tensor | null): tf.Tensor2D {
  return tf.tidy(() => {
    const [gamma, beta] = tf.split(params as tf.Tensor2D, 2, 0) as [tf.Tensor2D, tf.Tensor2D];
    const [mean, variance] = tf.split(running as tf.Tensor2D, 2, 0) as [tf.Tensor2D, tf.Tensor2D];
    const scale = tf.div(gamma, tf.sqrt(tf.add(variance, BATCH_NORM_EPS))) as tf.Tensor2D;
    const shift = tf.sub(beta, tf.mul(mean, scale)) as tf.Tensor2D;
    const width = gamma.shape[1]!;
    const slopes = slope === null ? tf.zeros([1, width]) : tf.tile(slope as tf.Tensor2D, [1, width]);
    return tf.concat2d([scale, shift, slopes as tf.Tensor2D], 0);
  });
}

/** Prepares a model for evaluation from its current variables; freeze again after training on. */
export function freezeModel(model: OffsetModel): FrozenModel {
  const affine = new Map<string, tf.Tensor2D>();
  for (const [name, running] of model.running) {
    const norm = name.replace(/\.running$/, '');
    const slope = PRELU_OF[norm];
    affine.set(norm, foldNorm(model.params.get(norm)!, running, slope ? model.params.get(slope)! : null));
  }
  for (const bias of BIASES) {
    affine.set(
      bias,
      tf.tidy(() => {
        const shift = model.params.get(bias)! as tf.Variable<tf.Rank.R2>;
        return tf.concat2d([tf.onesLike(shift) as tf.Tensor2D, shift, tf.zerosLike(shift) as tf.Tensor2D], 0);
      }),
    );
  }
  return {
    model,
    affine,
    dispose: () => {
      for (const tensor of affine.values()) tensor.dispose();
    },
  };
}

/** PReLU behind a norm of the head. */
export const PRELU_OF: Readonly<Record<string, string>> = {
  'linear_offset.1': 'linear_offset.2.weight',
  'linear_offset.4': 'linear_offset.5.weight',
};

const BIASES = ['backbone.final_sematic.bias', 'linear_offset.6.bias'];
