/** The checkpoint that the original saved must load to the very weights, bit for bit. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { architecture } from '../core/modelConfig.ts';
import { SHARED } from '../testing/golden.ts';
import { goldenWeights } from '../testing/goldenWeights.ts';
import { importedConfig } from './inferArchitecture.ts';
import { readModelFile, writeModelFile } from './modelFile.ts';
import { readPyTorch } from './pytorch.ts';

const file = 'checkpoint_small.pth';
const read = () => readPyTorch(file, new Uint8Array(readFileSync(join(SHARED, 'golden', file))));

test('names, order, shapes and every bit of the weights', () => {
  const tensors = read();
  const golden = goldenWeights('small');
  expect([...tensors.keys()]).toEqual([...golden.keys()]);
  for (const [name, { shape, data }] of golden) {
    expect(tensors.get(name)!.shape, name).toEqual(shape);
    expect(tensors.get(name)!.data, name).toEqual(data);
  }
  expect(tensors.get('backbone.bn0.bn.num_batches_tracked')!.dtype).toBe('int64');
});

test('it becomes a model file of the right architecture without losing a bit', () => {
  const state = read();
  const config = importedConfig(file, 'small', state);
  expect(config.arch).toEqual(architecture('small'));
  const back = readModelFile(
    'a',
    writeModelFile({ config, state, calibration: null, provenance: { from: file } }),
  );
  for (const [name, { data }] of goldenWeights('small'))
    expect(back.state.get(name)!.data, name).toEqual(data);
});
