/**
 * What stock tfjs operations can do: the sparse convolution and batch norm composed from gather, matMul,
 * scatter and reductions. The yardstick of the bench; never shipped.
 */

import * as tf from '@tensorflow/tfjs';
import type { ConvPairs } from '../src/core/convPairs.ts';
import type { KernelMap } from '../src/core/types.ts';

/** Index tensors of one map, made once, as a fair user of tfjs would. */
export interface ComposedMap {
  readonly taps: number;
  readonly vOut: number;
  /** Per tap: rows to read, and rows to add to as [P, 1]. Null for a tap without pairs. */
  readonly perTap: readonly ({ readonly from: tf.Tensor1D; readonly to: tf.Tensor2D } | null)[];
  /** [vOut * taps] rows to read; absent ones read the zero row behind the last. */
  readonly columns: tf.Tensor1D;
}

export function composedMap(map: KernelMap, pairs: ConvPairs): ComposedMap {
  const perTap = Array.from({ length: map.taps }, (_, k) => {
    const start = pairs.tapStart[k]!;
    const end = start + pairs.tapPairs[k]!;
    if (end === start) return null;
    return {
      from: tf.tensor1d(Int32Array.from(pairs.pairIn.slice(start, end)), 'int32'),
      to: tf.tensor2d(Int32Array.from(pairs.pairOut.slice(start, end)), [end - start, 1], 'int32'),
    };
  });
  const columns = new Int32Array(map.vOut * map.taps);
  for (let k = 0; k < map.taps; k++)
    for (let o = 0; o < map.vOut; o++) {
      const source = map.source[k * map.vOut + o]!;
      columns[o * map.taps + k] = source < 0 ? map.vIn : source;
    }
  return { taps: map.taps, vOut: map.vOut, perTap, columns: tf.tensor1d(columns, 'int32') };
}

/** gather -> matMul -> scatter-add, one after the other for each tap. */
export function convPerOffset(x: tf.Tensor2D, w: tf.Tensor3D, map: ComposedMap): tf.Tensor2D {
  const cout = w.shape[2];
  let sum = tf.zeros([map.vOut, cout]) as tf.Tensor2D;
  map.perTap.forEach((tap, k) => {
    if (tap === null) return;
    const weight = tf.squeeze(tf.slice(w, [k, 0, 0], [1, -1, -1]), [0]) as tf.Tensor2D;
    const product = tf.matMul(tf.gather(x, tap.from), weight);
    sum = tf.add(sum, tf.scatterND(tap.to, product, [map.vOut, cout]));
  });
  return sum;
}

/** One gather of all taps, one matMul. */
export function convIm2col(
  x: tf.Tensor2D,
  w: tf.Tensor3D,
  map: Pick<ComposedMap, 'vOut' | 'columns'>,
): tf.Tensor2D {
  const [taps, cin, cout] = w.shape;
  const padded = tf.concat([x, tf.zeros([1, cin])], 0);
  const columns = tf.reshape(tf.gather(padded, map.columns), [map.vOut, taps * cin]);
  return tf.matMul(columns as tf.Tensor2D, tf.reshape(w, [taps * cin, cout]) as tf.Tensor2D);
}

/** Batch norm with batch statistics and ReLU from stock operations. */
export function batchNormRelu(x: tf.Tensor2D, gamma: tf.Tensor1D, beta: tf.Tensor1D): tf.Tensor2D {
  const { mean, variance } = tf.moments(x, 0);
  return tf.relu(tf.batchNorm2d(x, mean as tf.Tensor1D, variance as tf.Tensor1D, beta, gamma, 1e-5));
}
