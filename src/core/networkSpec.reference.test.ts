import { expect, test } from 'vitest';
import { loadBundle } from '../testing/golden.ts';
import { architecture } from './modelConfig.ts';
import { countParameters, isParameter, tensorSpecs } from './networkSpec.ts';

const KINDS: Record<string, string> = {
  kernel: 'kernel',
  linear: 'linear',
  bnGamma: 'bn_gamma',
  bnBeta: 'bn_beta',
  bnMean: 'bn_mean',
  bnVar: 'bn_var',
  bnCount: 'zero_int',
  prelu: 'prelu',
  bias: 'bias',
};

test.each([
  ['small', 'small', 729_917],
  ['full', 'MinkUNet34C', 37_858_901],
])('names, shapes and order of the %s variant are the original ones', (variant, name, parameters) => {
  const { variants } = loadBundle('weights').meta as {
    variants: Record<
      string,
      { tensors: { name: string; shape: number[]; kind: string; is_param: boolean }[] }
    >;
  };
  const arch = architecture(name);
  const ours = tensorSpecs(arch).map((s) => [s.name, s.shape, KINDS[s.kind], isParameter(s)]);
  expect(ours).toEqual(variants[variant]!.tensors.map((t) => [t.name, t.shape, t.kind, t.is_param]));
  expect(countParameters(arch)).toBe(parameters);
});
