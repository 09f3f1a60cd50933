/**
 * Gradients of the three stock operations that the training graph uses. tfjs-core registers none by itself;
 * its `register_all_gradients` would pull in all of them, and cannot be imported by Node as published.
 */

import * as tf from './tf.ts';

/**
 * Sums a gradient over what the forward pass broadcast. Sums over rows are products with a row of ones: the
 * stock reduction over the first axis takes four times as long.
 * @param dy [rows, C]; @param shape of the input, rank 2
 */
function unbroadcast(dy: tf.Tensor, shape: readonly number[]): tf.Tensor {
  const [rows, columns] = dy.shape as [number, number];
  let sum = tf.clone(dy);
  if (shape[1] === 1 && columns > 1) sum = tf.sum(sum, 1, true);
  if (shape[0] === 1 && rows > 1) sum = tf.matMul(tf.ones([1, rows]), sum);
  return sum;
}

const ADD: tf.GradConfig = {
  kernelName: tf.Add,
  inputsToSave: ['a', 'b'],
  gradFunc: (dy, saved) => {
    const [a, b] = saved as [tf.Tensor, tf.Tensor];
    return {
      a: () => unbroadcast(dy as tf.Tensor, a.shape),
      b: () => unbroadcast(dy as tf.Tensor, b.shape),
    };
  },
};

const CONCAT: tf.GradConfig = {
  kernelName: tf.Concat,
  saveAllInputs: true,
  gradFunc: (dy, saved, attrs) => {
    const axis = Number(attrs.axis);
    const sizes = saved.map((part) => part.shape[axis]!);
    const parts = tf.split(dy as tf.Tensor, sizes, axis);
    return Object.fromEntries(parts.map((part, i) => [String(i), () => part]));
  },
};

/** Of a scalar [1, 1] spread over a row: the only tiling in the network. */
const TILE: tf.GradConfig = {
  kernelName: tf.Tile,
  inputsToSave: ['x'],
  gradFunc: (dy, [x]) => ({ x: () => unbroadcast(dy as tf.Tensor, x!.shape) }),
};

/** Safe to call again. */
export function registerStockGradients(): void {
  for (const config of [ADD, CONCAT, TILE])
    if (tf.getGradient(config.kernelName) === undefined) tf.registerGradient(config);
}
