/** Training presets: what METHOD prescribes, and what is refused before a run is started. */

import { expect, test } from 'vitest';
import { STUDIO_DEFECTS } from './defects/mix.ts';
import { InvalidInputError } from './errors.ts';
import {
  TRAINING_PRESETS,
  type TrainingOverrides,
  trainingConfig,
  validateTrainingConfig,
} from './presets.ts';

test('all presets are valid as they stand', () => {
  for (const preset of Object.values(TRAINING_PRESETS)) validateTrainingConfig(preset);
});

test('the released preset differs from the paper where the released code does', () => {
  const { paper, released } = TRAINING_PRESETS;
  expect(paper.synthesis).toEqual({
    defects: null,
    patches: 64,
    movedPatches: [1, 1],
    drawnFrom: 'all',
    direction: 'normal',
    beta: [0.06, 0.12],
  });
  expect(released.synthesis).toEqual({
    ...paper.synthesis,
    drawnFrom: 'firstHalf',
    direction: 'absoluteNormal',
  });
  expect([paper.loss.form, released.loss.form]).toEqual(['paper', 'released']);
  expect(released.schedule).toEqual({ base: 1e-3, floor: 1e-6, constantUntil: 10, epochs: 1000 });
});

test('an ablation changes its field and nothing beside it', () => {
  const config = trainingConfig('paper', { loss: { terms: 'distance' }, synthesis: { patches: 32 } });
  expect(config).toEqual({
    ...TRAINING_PRESETS.paper,
    loss: { form: 'paper', terms: 'distance' },
    synthesis: { ...TRAINING_PRESETS.paper.synthesis, patches: 32 },
  });
});

test('a batch smaller than the preset micro-batch needs no second switch', () => {
  expect(trainingConfig('paper', { batchSize: 2 }).microBatch).toBe(2);
});

test.each<[string, TrainingOverrides]>([
  ['steps', { steps: 0 }],
  ['steps', { steps: 1.5 }],
  ['batchSize', { batchSize: -1 }],
  ['microBatch', { batchSize: 4, microBatch: 5 }],
  ['seed', { seed: -1 }],
  ['seed', { seed: Number.NaN }],
  ['logEvery', { logEvery: 0 }],
  ['maxPoints', { maxPoints: 0 }],
  ['checkpointEvery', { checkpointEvery: 0 }],
  ['synthesis.patches', { synthesis: { patches: 1, drawnFrom: 'firstHalf' } }],
  ['synthesis.movedPatches', { synthesis: { movedPatches: [1, 33], drawnFrom: 'firstHalf' } }],
  ['synthesis.movedPatches', { synthesis: { movedPatches: [3, 2] } }],
  ['synthesis.beta', { synthesis: { beta: [0.12, 0.06] } }],
  ['synthesis.beta', { synthesis: { beta: [0, Number.POSITIVE_INFINITY] } }],
  ['synthesis.defects.count', { synthesis: { defects: { ...STUDIO_DEFECTS, count: [0, 1] } } }],
  ['variation.density', { variation: { density: -1 } }],
  ['adam.beta2', { adam: { beta2: 1 } }],
  ['schedule.floor', { schedule: { floor: 1 } }],
])('a wrong %s is refused by its name: %j', (field, overrides) => {
  try {
    trainingConfig('paper', overrides);
  } catch (error) {
    expect(error).toBeInstanceOf(InvalidInputError);
    expect((error as InvalidInputError).where).toBe(field);
    return;
  }
  expect.unreachable('was accepted');
});
