/** Initial weights: the released distributions, the same every time, different with another seed. */

import { expect, test } from 'vitest';
import { initialiseWeights } from './initWeights.ts';
import { architecture } from './modelConfig.ts';
import { tensorSpecs } from './networkSpec.ts';

const arch = architecture('small');
const weights = initialiseWeights(arch, 1);
const values = (name: string): Float32Array => weights.get(name)!.data;

function moments(data: Float32Array): { mean: number; std: number; max: number } {
  const mean = data.reduce((sum, x) => sum + x, 0) / data.length;
  const std = Math.sqrt(data.reduce((sum, x) => sum + (x - mean) ** 2, 0) / data.length);
  return { mean, std, max: data.reduce((most, x) => Math.max(most, Math.abs(x)), 0) };
}

test('every tensor of the architecture is there, in its shape and finite', () => {
  for (const { name, shape } of tensorSpecs(arch)) {
    expect(weights.get(name)!.shape).toEqual(shape);
    expect(values(name).length).toBe(shape.reduce((x, y) => x * y, 1));
    expect(values(name).every(Number.isFinite)).toBe(true);
  }
  expect(weights.size).toBe(tensorSpecs(arch).length);
});

test.each([
  ['backbone.conv0p1s1.kernel', Math.sqrt(2 / (125 * 8))],
  ['backbone.block4.0.conv2.kernel', Math.sqrt(2 / (27 * 64))],
  ['backbone.conv3p4s2.kernel', Math.sqrt(2 / (8 * 16))],
  ['backbone.block5.0.downsample.0.kernel', Math.sqrt(2 / 96)],
  ['backbone.final_sematic.kernel', Math.sqrt(2 / 24)],
])('%s is normal with the released deviation', (name, std) => {
  const got = moments(values(name));
  expect(Math.abs(got.std / std - 1)).toBeLessThan(0.1);
  expect(Math.abs(got.mean)).toBeLessThan(4 * (std / Math.sqrt(values(name).length)));
  expect(got.max).toBeGreaterThan(2 * std);
});

test.each([
  ['backbone.convtr4p16s2.kernel', 1 / Math.sqrt(8 * 64)],
  ['backbone.final_sematic.bias', 1 / Math.sqrt(24)],
  ['linear_offset.0.weight', 1 / Math.sqrt(32)],
  ['linear_offset.6.weight', 1 / Math.sqrt(16)],
])('%s is uniform within its bound', (name, bound) => {
  const got = moments(values(name));
  expect(got.max).toBeLessThanOrEqual(bound);
  expect(got.max).toBeGreaterThan(0.8 * bound);
  expect(Math.abs(got.std / (bound / Math.sqrt(3)) - 1)).toBeLessThan(0.2);
});

test('norms start as the identity and PReLU at 0.25', () => {
  expect(new Set(values('backbone.bn0.bn.weight'))).toEqual(new Set([1]));
  expect(new Set(values('backbone.bn0.bn.bias'))).toEqual(new Set([0]));
  expect(new Set(values('backbone.bn0.bn.running_var'))).toEqual(new Set([1]));
  expect([...values('linear_offset.2.weight')]).toEqual([0.25]);
});

test('the same seed gives the same weights, another seed others', () => {
  const [again, other] = [initialiseWeights(arch, 1), initialiseWeights(arch, 2)];
  for (const name of ['backbone.conv0p1s1.kernel', 'linear_offset.6.bias']) {
    expect(again.get(name)).toEqual(weights.get(name));
    expect(other.get(name)).not.toEqual(weights.get(name));
  }
});

test('a head that starts at zero predicts that nothing moved', () => {
  const zero = initialiseWeights(arch, 1, { zeroHead: true });
  expect(zero.get('linear_offset.6.weight')!.data.every((x) => x === 0)).toBe(true);
  expect(zero.get('linear_offset.6.bias')!.data.every((x) => x === 0)).toBe(true);
  expect(zero.get('linear_offset.3.weight')).toEqual(weights.get('linear_offset.3.weight'));
});
