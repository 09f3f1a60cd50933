/** A model file must give back the very model, and notice when it is not. */

import { describe, expect, test } from 'vitest';
import { FormatError, ModelMismatchError } from '../core/errors.ts';
import { ARCHITECTURES, type Architecture, type ModelConfig } from '../core/modelConfig.ts';
import { type NamedTensor, type StateDict, tensorSpecs } from '../core/networkSpec.ts';
import { RandomStream } from '../core/random.ts';
import { importedConfig, inferArchitecture } from './inferArchitecture.ts';
import { type ModelFile, modelHash, readModelFile, writeModelFile } from './modelFile.ts';
import { readSafetensors, writeSafetensors } from './safetensors.ts';

const arch: Architecture = {
  stemWidth: 2,
  stemKernel: 3,
  layers: [1, 2, 1, 1, 1, 1, 1, 1],
  planes: [2, 3, 4, 5, 4, 3, 2, 2],
  inChannels: 3,
  outChannels: 4,
  head: [4, 3],
};
const config: ModelConfig = {
  name: 'tiny',
  arch,
  inputs: 'xyz',
  voxelSize: 0.03,
  preset: 'paper',
  scoreNorm: 'l2',
};

function randomState(of: Architecture): Map<string, NamedTensor> {
  const random = new RandomStream(7);
  return new Map(
    tensorSpecs(of).map(({ name, shape, kind }) => {
      const length = shape.reduce((a, b) => a * b, 1);
      const data = Float32Array.from({ length }, () => (kind === 'bnCount' ? 12 : random.normal()));
      return [name, { shape, data }];
    }),
  );
}

const model: Omit<ModelFile, 'hash'> = {
  config,
  state: randomState(arch),
  calibration: { pointThreshold: 0.02, objectThreshold: 0.004, how: 'largest of 6 good scans' },
  provenance: { steps: 1200, parent: 'none' },
};

function values(state: StateDict): [string, readonly number[], Float32Array][] {
  return [...state].map(([name, { shape, data }]) => [name, shape, data]);
}

test('config, weights, calibration and provenance come back, the weights bit-exact', () => {
  const bytes = writeModelFile(model);
  const back = readModelFile('tiny.safetensors', bytes);
  expect(back.config).toEqual(config);
  expect(values(back.state)).toEqual(values(model.state));
  expect(back.calibration).toEqual(model.calibration);
  expect(back.provenance).toEqual(model.provenance);
  expect(back.hash).toMatch(/^[0-9a-f]{64}$/);
  expect(back.hash).toBe(modelHash(config, model.state));
  expect(writeModelFile(model)).toEqual(bytes);
});

test('calibrating a model keeps its identity, training it does not', () => {
  const { hash } = readModelFile('a', writeModelFile(model));
  expect(readModelFile('a', writeModelFile({ ...model, calibration: null })).hash).toBe(hash);
  expect(modelHash({ ...config, voxelSize: 0.02 }, model.state)).not.toBe(hash);
  // Two runs with one seed, saved under two names, are seen to be the same model.
  expect(modelHash({ ...config, name: 'another' }, model.state)).toBe(hash);
});

test('half precision rounds the parameters only, and saving it again changes nothing', () => {
  const half = readModelFile('a', writeModelFile(model, 'F16'));
  const name = 'backbone.bn0.bn.running_var';
  expect(half.state.get(name)!.data).toEqual(model.state.get(name)!.data);
  const kernel = half.state.get('backbone.conv0p1s1.kernel')!.data;
  const original = model.state.get('backbone.conv0p1s1.kernel')!.data;
  kernel.forEach((x, i) => {
    expect(Math.abs(x - original[i]!)).toBeLessThanOrEqual(Math.abs(original[i]!) * 2 ** -11 + 2 ** -25);
  });
  expect(readModelFile('a', writeModelFile(half)).hash).toBe(half.hash);
});

describe('refusals', () => {
  test('a changed weight', () => {
    const bytes = writeModelFile(model);
    bytes[bytes.length - 1]! ^= 1;
    expect(() => readModelFile('a', bytes)).toThrow(ModelMismatchError);
    expect(() => readModelFile('a', bytes)).toThrow(/hash/);
  });

  test('weights without a config', () => {
    expect(() => readModelFile('a', writeSafetensors(model.state))).toThrow(/import/);
  });

  test.each([
    [
      'a config of another architecture',
      'po3ad.config',
      JSON.stringify({ ...config, arch: { ...arch, stemWidth: 9 } }),
      ModelMismatchError,
    ],
    ['a config with a bad value', 'po3ad.config', JSON.stringify({ ...config, voxelSize: -1 }), FormatError],
    [
      'a config that would take all memory',
      'po3ad.config',
      JSON.stringify({ ...config, arch: { ...arch, layers: Array(8).fill(1e9) } }),
      FormatError,
    ],
    ['a config that is no JSON', 'po3ad.config', '{', FormatError],
    ['a calibration without thresholds', 'po3ad.calibration', '{}', FormatError],
    ['a newer version', 'po3ad.version', '2', FormatError],
  ])('%s', (_, key, text, error) => {
    const { tensors, metadata } = readSafetensors('a', writeModelFile(model));
    const bytes = writeSafetensors(tensors as StateDict as Map<string, NamedTensor>, {
      ...metadata,
      [key]: text,
    });
    expect(() => readModelFile('a', bytes)).toThrow(error);
  });

  test('a state that does not fit is not written', () => {
    const state = new Map(model.state);
    state.delete('linear_offset.6.bias');
    expect(() => writeModelFile({ ...model, state })).toThrow(/linear_offset.6.bias is missing/);
  });
});

describe('architecture from names and shapes', () => {
  test.each(Object.entries(ARCHITECTURES))('%s', (_, named) => {
    const shapes = new Map(tensorSpecs(named).map((s) => [s.name, s]));
    expect(inferArchitecture('a', shapes)).toEqual(named);
  });

  test('the config of imported weights is that of the released code', () => {
    expect(importedConfig('a', 'x', model.state)).toEqual({
      name: 'x',
      arch,
      inputs: 'xyz',
      voxelSize: 0.03,
      preset: 'released',
      scoreNorm: 'l1',
    });
  });

  const altered = (change: (state: Map<string, { shape: readonly number[] }>) => void) => {
    const state = new Map<string, { shape: readonly number[] }>(model.state);
    change(state);
    return () => inferArchitecture('a', state);
  };
  test('what does not fit is named', () => {
    expect(altered((s) => s.delete('backbone.block3.0.conv2.kernel'))).toThrow(
      /block3\.0\.conv2\.kernel is missing/,
    );
    expect(altered((s) => s.set('backbone.bn1.bn.weight', { shape: [99] }))).toThrow(
      /backbone\.bn1\.bn\.weight has shape \[99\], expected \[2\]/,
    );
    expect(altered((s) => s.set('extra', { shape: [1] }))).toThrow(/extra does not belong/);
    expect(altered((s) => s.set('backbone.conv0p1s1.kernel', { shape: [64, 3, 2] }))).toThrow(
      /64 kernel offsets/,
    );
    expect(altered((s) => s.clear())).toThrow(/no PO3AD network/);
  });
});
