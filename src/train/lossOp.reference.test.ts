/** The loss kernel on WebGPU at every edge case of the original (golden/loss): zeros, ties, tiny norms. */

import { afterAll, beforeAll, expect, test } from 'vitest';
import { lossWeights } from '../core/loss.ts';
import type { WebGpuCompute } from '../nn/backend.ts';
import * as tf from '../nn/tf.ts';
import { openWebGpuBackend } from '../nn/webgpuBackend.ts';
import { maxAbs, maxAbsDifference } from '../testing/compare.ts';
import { countMoved } from '../testing/countMoved.ts';
import { loadBundle } from '../testing/golden.ts';
import { withDevice } from '../testing/withDevice.ts';
import { offsetLossOp, registerOffsetLoss } from './lossOp.ts';

const bundle = loadBundle('loss');
const cases = bundle.names.filter((name) => name.endsWith('_pred')).map((name) => name.slice(0, -5));

const gpu = withDevice();
let backend: WebGpuCompute;
let unregister: () => void;
beforeAll(async () => {
  backend = await openWebGpuBackend(gpu());
  unregister = registerOffsetLoss(backend);
});
afterAll(() => {
  unregister();
  backend.dispose();
});

/** The largest direction term before parallel vectors cancel it: float32 cannot see below its rounding. */
function largestTerm(pred: Float32Array, points: number): number {
  let least = Number.POSITIVE_INFINITY;
  for (let i = 0; i < pred.length; i += 3)
    least = Math.min(least, Math.hypot(pred[i]!, pred[i + 1]!, pred[i + 2]!));
  return 1 / ((least + 1e-8) * points);
}

test.each(cases)('%s', async (name) => {
  const [pred, target] = [bundle.f32(`${name}_pred`), bundle.f32(`${name}_gt`)];
  const points = pred.length / 3;
  const weights = lossWeights('released', { points, moved: countMoved(target) });
  const o = tf.tensor2d(pred, [points, 3]);
  const { value, grads } = tf.engine().gradients(() => offsetLossOp(o, target, weights), [o]);
  const truth = bundle.meta[name] as { dist: number; dir: number };
  const [dist, dir] = await value.data();
  expect(Math.abs(dist! - truth.dist)).toBeLessThan(1e-6);
  expect(Math.abs(dir! - truth.dir)).toBeLessThan(1e-6);
  const gradient = bundle.f64(`${name}_grad`);
  const scale = Math.max(maxAbs(gradient), largestTerm(pred, points));
  expect(maxAbsDifference(await grads[0]!.data(), gradient)).toBeLessThan(1e-6 * scale);
  tf.dispose([o, value, ...grads]);
});
