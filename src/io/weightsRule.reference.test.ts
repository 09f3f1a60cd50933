/** The weight rule that every golden evaluation stands on, against the sums the original stored. */

import { expect, test } from 'vitest';
import { fmix32, fnv1a32 } from '../core/random.ts';
import { loadBundle } from '../testing/golden.ts';
import { goldenTensorSpecs, goldenWeights } from '../testing/goldenWeights.ts';

const bundle = loadBundle('weights');

test('hash functions give the test vectors of the specification', () => {
  const tests = bundle.meta.tests as Record<'fmix32' | 'fnv1a32', Record<string, number>>;
  for (const [input, hash] of Object.entries(tests.fmix32)) expect(fmix32(Number(input))).toBe(hash);
  for (const [input, hash] of Object.entries(tests.fnv1a32)) expect(fnv1a32(input)).toBe(hash);
});

test.each([
  { variant: 'small', tensors: 210, parameters: 729_917 },
  { variant: 'full', tensors: 390, parameters: 37_858_901 },
] as const)(
  '$variant: every tensor agrees in its first four values, sum, norm and last value',
  (expected) => {
    const { variant } = expected;
    const weights = goldenWeights(variant);
    const specs = goldenTensorSpecs(variant);
    const first4 = bundle.f32(`${variant}_first4`);
    const sums = bundle.f64(`${variant}_sum_l2_last`);
    expect(weights.size).toBe(expected.tensors);
    let parameters = 0;
    specs.forEach(({ name, seed, is_param }, row) => {
      const { data } = weights.get(name)!;
      expect(fnv1a32(name), name).toBe(seed);
      for (let i = 0; i < Math.min(4, data.length); i++) expect(data[i], name).toBe(first4[row * 4 + i]);
      let sum = 0;
      let squares = 0;
      for (const x of data) {
        sum += x;
        squares += x * x;
      }
      const l2 = Math.sqrt(squares);
      // The original summed in another order, so only the rounding of the sum may differ.
      expect(Math.abs(sum - sums[row * 3]!), name).toBeLessThanOrEqual(
        1e-13 * (l2 * Math.sqrt(data.length) + 1),
      );
      expect(Math.abs(l2 - sums[row * 3 + 1]!), name).toBeLessThanOrEqual(1e-12 * (l2 + 1));
      expect(data[data.length - 1], name).toBe(Math.fround(sums[row * 3 + 2]!));
      if (is_param) parameters += data.length;
    });
    expect(parameters).toBe(expected.parameters);
  },
);
