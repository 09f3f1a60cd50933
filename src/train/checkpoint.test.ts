/** Checkpoints: nothing is lost on the way through named tensors, and only the same run may go on. */

import { expect, test } from 'vitest';
import { FormatError, ModelMismatchError } from '../core/errors.ts';
import { initialiseWeights } from '../core/initWeights.ts';
import { architecture, type ModelConfig } from '../core/modelConfig.ts';
import { trainingConfig } from '../core/presets.ts';
import { type Checkpoint, checkpointFromTensors, checkpointTensors, checkResumable } from './checkpoint.ts';

const arch = architecture('demo');
const model: ModelConfig = {
  name: 'test',
  arch,
  inputs: 'xyz',
  voxelSize: 0.1,
  preset: 'paper',
  scoreNorm: 'l2',
};
const checkpoint: Checkpoint = {
  step: 40,
  training: trainingConfig('paper', { steps: 100, seed: 7 }),
  model,
  sources: ['a', 'b'],
  state: initialiseWeights(arch, 1),
  moments: new Map([
    ['backbone.bn0.bn', { first: Float32Array.of(1, 2), second: Float32Array.of(3, 4) }],
    ['linear_offset.2.weight', { first: Float32Array.of(-1), second: Float32Array.of(1e-30) }],
  ]),
  history: [{ step: 10, loss: 0.1, dist: 0.3, dir: -0.2, lr: 1e-3, gradNorm: 5 }],
};

test('a checkpoint comes back from named tensors and text as it was', () => {
  expect(checkpointFromTensors(checkpointTensors(checkpoint), 'run.ckpt')).toEqual(checkpoint);
});

test('a file of another kind is refused with its name', () => {
  const weights = { tensors: checkpoint.state, metadata: { format: 'pt' } };
  expect(() => checkpointFromTensors(weights, 'model.safetensors')).toThrow(FormatError);
});

test('a checkpoint of another version is refused, and says which', () => {
  const { tensors, metadata } = checkpointTensors(checkpoint);
  const newer = { tensors, metadata: { ...metadata, format: 'po3ad-checkpoint-7' } };
  expect(() => checkpointFromTensors(newer, 'run.ckpt')).toThrow(/another version \(po3ad-checkpoint-7/);
});

test('a checkpoint whose moments are incomplete is refused', () => {
  const { tensors, metadata } = checkpointTensors(checkpoint);
  const cut = new Map([...tensors].filter(([name]) => name !== 'adam.second/backbone.bn0.bn'));
  expect(() => checkpointFromTensors({ tensors: cut, metadata }, 'run.ckpt')).toThrow(FormatError);
});

test('the same run may go on, reporting more or less often', () => {
  checkResumable(checkpoint, checkpoint);
  const training = trainingConfig('paper', { steps: 100, seed: 7, logEvery: 1, checkpointEvery: null });
  checkResumable(checkpoint, { ...checkpoint, training });
});

test.each([
  ['seed', { ...checkpoint, training: { ...checkpoint.training, seed: 8 } }],
  [
    'synthesis.beta.1',
    {
      ...checkpoint,
      training: trainingConfig('paper', { steps: 100, seed: 7, synthesis: { beta: [0.06, 0.2] } }),
    },
  ],
  ['model.voxelSize', { ...checkpoint, model: { ...model, voxelSize: 0.05 } }],
  ['sources.1', { ...checkpoint, sources: ['a', 'c'] }],
  ['sources.2', { ...checkpoint, sources: ['a', 'b', 'c'] }],
])('another %s is another run', (field, run) => {
  try {
    checkResumable(checkpoint, run);
  } catch (error) {
    expect(error).toBeInstanceOf(ModelMismatchError);
    expect((error as ModelMismatchError).where).toBe(field);
    return;
  }
  expect.unreachable('was accepted');
});
