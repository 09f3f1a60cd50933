/** Training with samples made on the GPU: the same run as with samples from the CPU, up to rounding. */

import { afterAll, beforeAll, expect, test } from 'vitest';
import { architecture, type ModelConfig } from '../core/modelConfig.ts';
import { trainingConfig } from '../core/presets.ts';
import type { WebGpuCompute } from '../nn/backend.ts';
import * as tf from '../nn/tf.ts';
import { openWebGpuBackend } from '../nn/webgpuBackend.ts';
import { ellipsoidScan } from '../testing/trainingScans.ts';
import { withDevice } from '../testing/withDevice.ts';
import { runTraining } from './run.ts';

const gpu = withDevice();
let backend: WebGpuCompute;
beforeAll(async () => {
  backend = await openWebGpuBackend(gpu());
});
afterAll(() => backend.dispose());

const model: ModelConfig = {
  name: 'test',
  arch: architecture('demo'),
  inputs: 'xyz',
  voxelSize: 0.1,
  preset: 'paper',
  scoreNorm: 'l2',
};
const sources = [ellipsoidScan(260, 1), ellipsoidScan(300, 2)];

/** Few patches: a software adapter takes its time over each. */
const training = trainingConfig('paper', {
  steps: 2,
  batchSize: 3,
  microBatch: 2,
  maxPoints: 280,
  seed: 5,
  logEvery: 1,
  synthesis: { patches: 8, movedPatches: [1, 2] },
});

const run = (batches: 'host' | 'device') => runTraining({ backend, model, training, sources, batches });

test('the losses are those of samples made on the CPU', async () => {
  const [host, device] = [await run('host'), await run('device')];
  device.history.forEach(({ loss, dist, dir }, i) => {
    const expected = host.history[i]!;
    expect(loss).toBeCloseTo(expected.loss, 2);
    expect(dist).toBeCloseTo(expected.dist, 3);
    expect(dir).toBeCloseTo(expected.dir, 2);
  });
  expect(device.history.length).toBe(2);
});

test('two runs are bit-identical and leave nothing behind', async () => {
  const held = () => [tf.memory().numTensors, gpu().counters.buffers, gpu().counters.bytes];
  const before = held();
  const [a, b] = [await run('device'), await run('device')];
  expect(held()).toEqual(before);
  for (const name of ['backbone.conv0p1s1.kernel', 'linear_offset.6.bias'])
    expect(b.state.get(name)!.data).toEqual(a.state.get(name)!.data);
});
