/** The stock operations of the training graph differentiate: a bias over rows, a shared slope, a skip. */

import { afterAll, beforeAll, expect, test } from 'vitest';
import { withDevice } from '../testing/withDevice.ts';
import type { WebGpuCompute } from './backend.ts';
import * as tf from './tf.ts';
import { openWebGpuBackend } from './webgpuBackend.ts';

const gpu = withDevice();
let backend: WebGpuCompute;

beforeAll(async () => {
  backend = await openWebGpuBackend(gpu());
});
afterAll(() => backend.dispose());

test('gradients of a broadcast addition, a tiled slope and both directions of concatenation', async () => {
  const x = tf.tensor2d([1, 2, 3, 4, 5, 6], [2, 3]);
  const bias = tf.tensor2d([0.5, 0.25, 0.125], [1, 3]);
  const slope = tf.tensor2d([0.1], [1, 1]);
  const skip = tf.tensor2d([7, 8, 9], [3, 1]);
  const dy = tf.tensor2d([1, 2, 3, 10, 4, 5, 6, 20, 7, 8, 9, 30], [3, 4]);
  const { value, grads } = tf.engine().gradients(
    () => {
      const rows = tf.concat2d([tf.add(x, bias) as tf.Tensor2D, tf.tile(slope, [1, 3])], 0);
      return tf.concat2d([rows, skip], 1);
    },
    [x, bias, slope, skip],
    dy,
  );
  expect(value.shape).toEqual([3, 4]);
  expect(grads.map((g) => g.shape)).toEqual([
    [2, 3],
    [1, 3],
    [1, 1],
    [3, 1],
  ]);
  const found = await Promise.all(grads.map((g) => g.data()));
  expect(found.map((g) => [...g])).toEqual([[1, 2, 3, 4, 5, 6], [5, 7, 9], [24], [10, 20, 30]]);
  tf.dispose([x, bias, slope, skip, dy, value, ...grads]);
});
