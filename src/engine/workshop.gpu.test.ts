/** Training runs on WebGPU: what they take they give back. */

import { afterAll, beforeAll, expect, test } from 'vitest';
import { architecture } from '../core/modelConfig.ts';
import { trainingConfig } from '../core/presets.ts';
import { nodeGpu } from '../gpu/nodeGpu.ts';
import { memoryFiles } from '../testing/memoryFiles.ts';
import { textScan } from '../testing/trainingScans.ts';
import type { TrainingStart } from './protocol.ts';
import { Session } from './session.ts';
import { Workshop } from './workshop.ts';

let session: Session;
beforeAll(async () => {
  session = await Session.open({ backend: 'webgpu', gpu: nodeGpu });
});
afterAll(() => session.dispose());

const START: TrainingStart = {
  setup: {
    name: 'part',
    plan: 'test',
    arch: { ...architecture('demo'), planes: [8, 8, 8, 8, 8, 8, 8, 8] },
    voxelSize: 0.2,
    training: trainingConfig('paper', {
      steps: 4,
      batchSize: 2,
      microBatch: 1,
      checkpointEvery: 2,
      logEvery: 1,
    }),
    thresholdRule: 'max',
    unit: '',
    watchEvery: 1,
  },
  scans: [{ name: 'good.xyz', bytes: textScan(200, 1), role: 'train' }],
  init: null,
  preview: { name: 'good.xyz', bytes: textScan(200, 2) },
};

function workshop() {
  return new Workshop({
    session: () => session,
    files: memoryFiles(),
    thumbnail: async () => null,
    now: () => 0,
    alone: (_, work) => work(),
  });
}

test('a cancelled run frees every buffer and every byte it had on the GPU', async () => {
  const before = session.memory();
  const stop = new AbortController();
  const held: number[] = [];
  const run = workshop().train(
    { runId: 'run', start: START },
    {
      signal: stop.signal,
      onTraining: (event) => {
        if (event.kind !== 'step') return;
        held.push(session.memory().gpuBuffers);
        if (event.report.step === 3) stop.abort();
      },
    },
  );
  await expect(run).rejects.toMatchObject({ kind: 'cancelled' });
  expect(Math.min(...held)).toBeGreaterThan(before.gpuBuffers);
  expect(session.memory()).toEqual(before);
});

test('so does one that came to its end', async () => {
  const before = session.memory();
  const shop = workshop();
  const { model } = await shop.train({ runId: 'run', start: START }, {});
  expect(model.metrics?.step).toBe(4);
  expect(session.memory()).toEqual(before);
});
