import { beforeAll, expect, test } from 'vitest';
import { EVAL_CASES, expectGoldenNetwork } from '../testing/goldenNetwork.ts';
import { withDevice } from '../testing/withDevice.ts';
import type { TfjsQueue } from './interop.ts';
import { openWebGpuBackend } from './webgpuBackend.ts';
import { webGpuPlanFromCpu } from './webgpuPlan.ts';

const gpu = withDevice();
let queue: TfjsQueue;
beforeAll(async () => {
  ({ queue } = await openWebGpuBackend(gpu()));
});

test.each(EVAL_CASES)(
  '%s network, %s: offsets, object score and every named layer are the original ones',
  async (variant, cloud) => {
    // The full network takes SwiftShader minutes; its layers are looked at on the smaller clouds.
    const layers = variant === 'small' || cloud === 'tiny' || cloud === 'bunny1k';
    await expectGoldenNetwork(variant, cloud, layers, (pyramid, points) => {
      const buffer = gpu().upload('points', points);
      const plan = webGpuPlanFromCpu(queue, pyramid, buffer, false);
      return {
        ...plan,
        dispose: () => {
          plan.dispose();
          gpu().release(buffer);
        },
      };
    });
    queue.trimPool(0);
    expect(queue.usedBuffers).toBe(0);
  },
);
