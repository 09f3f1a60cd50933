/** Variants differ in what they are about and in nothing else, or the comparison would say nothing. */

import { expect, test } from 'vitest';
import { TRAINING_VARIANTS, variantTraining } from './ablation.ts';
import { TRAINING_PRESETS, validateTrainingConfig } from './presets.ts';

test.each(['paper', 'released', 'studio'] as const)(
  'variants of %s are valid and differ in one field each',
  (preset) => {
    const base = TRAINING_PRESETS[preset];
    const [full, ...others] = TRAINING_VARIANTS.map((variant) => variantTraining(base, variant));
    const flat = (config: object) => JSON.stringify(config, null, 1).split('\n');
    for (const config of [full!, ...others]) validateTrainingConfig(config);
    for (const other of others) {
      const lines = flat(full!);
      expect(flat(other).filter((line, i) => line !== lines[i])).toHaveLength(1);
    }
    // Only Norm-AS has a direction that could be random.
    expect(full!.synthesis.defects).toBeNull();
  },
);
