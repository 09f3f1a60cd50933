/** Adam over five steps with given gradients, and the learning rate, against PyTorch (golden/optim). */

import { expect, test } from 'vitest';
import { maxAbsDifference } from '../testing/compare.ts';
import { loadBundle } from '../testing/golden.ts';
import { adamStep, adamUpdate } from './adam.ts';
import { learningRate, learningRateOfEpoch } from './schedule.ts';

const bundle = loadBundle('optim');
const [steps, n] = bundle.shape('grads') as [number, number];

test('Adam in float64 follows PyTorch to the last digits', () => {
  const parameter = bundle.numbers('p0');
  const [first, second] = [new Float64Array(n), new Float64Array(n)];
  const { lr } = bundle.meta.adam as { lr: number };
  for (let t = 0; t < steps; t++) {
    const gradient = bundle.numbers('grads').subarray(t * n, (t + 1) * n);
    adamUpdate(parameter, gradient, first, second, adamStep(t + 1, lr));
    const truth = bundle.f64('params_after_step').subarray(t * n, (t + 1) * n);
    expect(maxAbsDifference(parameter, truth)).toBeLessThan(1e-13);
  }
  expect(maxAbsDifference(first, bundle.f64('exp_avg_after5'))).toBeLessThan(1e-14);
  expect(maxAbsDifference(second, bundle.f64('exp_avg_sq_after5'))).toBeLessThan(1e-14);
});

test('the learning rate of every recorded epoch, by epoch and by step', () => {
  const stepsPerEpoch = 12;
  const truth = bundle.f64('lr_values');
  bundle.i32('lr_epochs').forEach((epoch, i) => {
    expect(Math.abs(learningRateOfEpoch(epoch) - truth[i]!)).toBeLessThan(1e-15);
    for (const within of [0, stepsPerEpoch - 1]) {
      const step = (epoch - 1) * stepsPerEpoch + within;
      expect(learningRate(step, 1000 * stepsPerEpoch)).toBe(learningRateOfEpoch(epoch));
    }
  });
});
