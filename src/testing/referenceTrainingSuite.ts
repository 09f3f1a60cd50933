/** What every backend must hold when it trains with reference inputs: the same tests for WebGPU and wasm. */

import { describe, expect, test } from 'vitest';
import { architecture, type ModelConfig } from '../core/modelConfig.ts';
import { trainingConfig } from '../core/presets.ts';
import { REFERENCE_CHANNELS } from '../core/referenceFeatures.ts';
import type { ComputeBackend } from '../nn/backend.ts';
import * as tf from '../nn/tf.ts';
import { runTraining } from '../train/run.ts';
import type { TrainingSource } from '../train/samples.ts';
import { ellipsoidPart, ellipsoidScan } from './trainingScans.ts';

const model: ModelConfig = {
  name: 'test',
  arch: { ...architecture('demo'), inChannels: REFERENCE_CHANNELS },
  inputs: 'reference',
  voxelSize: 0.1,
  preset: 'studio',
  scoreNorm: 'l2',
};
const references = [ellipsoidPart(600, 1), ellipsoidPart(500, 2)];

/** @param held what is held beside tensors: buffers of our own */
export function describeReferenceTraining(
  name: string,
  backend: () => ComputeBackend,
  held: () => readonly number[],
): void {
  const run = (steps: number, sources: readonly TrainingSource[] = references, config = model) =>
    runTraining({
      backend: backend(),
      model: config,
      training: trainingConfig('studio', { steps, batchSize: 2, maxPoints: 300, seed: 3, logEvery: 1 }),
      sources,
    });

  describe(`reference-conditioned training on ${name}`, () => {
    test('starts at the loss of "nothing moved", goes on, and repeats to the bit', async () => {
      const before = [tf.memory().numTensors, ...held()];
      const [a, b] = [await run(3), await run(3)];
      expect(a.history).toEqual(b.history);
      // The head is zero: no direction yet.
      expect(a.history[0]!.dir).toBe(0);
      expect(a.history[2]!.dir).not.toBe(0);
      expect(a.history.every(({ gradNorm }) => gradNorm > 0)).toBe(true);
      const kernel = 'backbone.conv0p1s1.kernel';
      expect(a.state.get(kernel)!.shape[1]).toBe(REFERENCE_CHANNELS);
      expect(a.state.get(kernel)!.data).toEqual(b.state.get(kernel)!.data);
      expect([tf.memory().numTensors, ...held()]).toEqual(before);
    });

    test('refuses scans that are no reference, and a network that takes something else', async () => {
      await expect(run(1, [ellipsoidScan(300, 1)])).rejects.toThrow('no merged reference');
      await expect(run(1, references, { ...model, arch: architecture('demo') })).rejects.toThrow(
        '20 channels',
      );
    });
  });
}
