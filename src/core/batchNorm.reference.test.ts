/** Batch normalisation against PyTorch's BatchNorm1d in float64 (golden/batchnorm). */

import { expect, test } from 'vitest';
import { maxAbsDifference } from '../testing/compare.ts';
import { loadBundle } from '../testing/golden.ts';
import { batchNormBackward, batchNormEval, batchNormTrain, updateRunning } from './batchNorm.ts';

const bundle = loadBundle('batchnorm');
const [V, C] = bundle.shape('x') as [number, number];
const get = bundle.numbers;
const eps = Number(bundle.meta.eps);

test('evaluation mode uses the running statistics', () => {
  const [gamma, beta] = [get('init_weight'), get('init_bias')];
  const y = batchNormEval(
    get('x'),
    V,
    C,
    gamma,
    beta,
    get('init_running_mean'),
    get('init_running_var'),
    eps,
  );
  expect(maxAbsDifference(y, get('y_eval'))).toBeLessThan(1e-12);
});

test('training mode: output, gradients and running statistics', () => {
  const [x, gamma, beta] = [get('x'), get('init_weight'), get('init_bias')];
  const { y, mean, variance } = batchNormTrain(x, V, C, gamma, beta, eps);
  expect(maxAbsDifference(y, get('y_train'))).toBeLessThan(1e-12);

  const grads = batchNormBackward(get('dy'), x, V, C, mean, variance, gamma, eps);
  expect(maxAbsDifference(grads.dx, get('dx'))).toBeLessThan(1e-12);
  expect(maxAbsDifference(grads.dGamma, get('dweight'))).toBeLessThan(1e-12);
  expect(maxAbsDifference(grads.dBeta, get('dbias'))).toBeLessThan(1e-12);

  const running = { mean: get('init_running_mean'), variance: get('init_running_var') };
  updateRunning(running, mean, variance, V, Number(bundle.meta.momentum));
  expect(maxAbsDifference(running.mean, get('running_mean_after'))).toBeLessThan(1e-12);
  expect(maxAbsDifference(running.variance, get('running_var_after'))).toBeLessThan(1e-12);
});
