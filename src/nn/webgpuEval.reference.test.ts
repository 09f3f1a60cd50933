import { beforeAll, describe, expect, test } from 'vitest';
import { LEVELS } from '../core/indexLaw.ts';
import { buildPyramid } from '../core/pyramid.ts';
import { voxelise } from '../core/voxelise.ts';
import { loadBundle } from '../testing/golden.ts';
import {
  canonicalRank,
  expectLayer,
  expectOffsets,
  goldenConfig,
  goldenWeights,
  toCanonical,
} from '../testing/goldenEval.ts';
import { withDevice } from '../testing/withDevice.ts';
import type { TfjsQueue } from './interop.ts';
import { forwardEval } from './minkunet.ts';
import { createModel, freezeModel } from './model.ts';
import { gatherPointRows } from './ops.ts';
import * as tf from './tf.ts';
import { openWebGpuBackend } from './webgpuBackend.ts';
import { webGpuPlanFromCpu } from './webgpuPlan.ts';

const gpu = withDevice();
let queue: TfjsQueue;
beforeAll(async () => {
  ({ queue } = await openWebGpuBackend(gpu()));
});

/** Level whose rows a golden layer has; the head is on points. */
function levelOf(layer: string): number | 'points' {
  if (layer.startsWith('head')) return 'points';
  const levels: Record<string, number> = { conv0p1s1: 0, out_p1: 0, final_sematic: 0 };
  for (let stage = 1; stage <= 8; stage++) levels[`block${stage}`] = stage <= 4 ? stage : 8 - stage;
  const strided = /^conv(tr)?(\d)p/.exec(layer);
  if (strided) return strided[1] ? 7 - Number(strided[2]) : Number(strided[2]);
  return levels[layer]!;
}

async function dropPadding(offsets: tf.Tensor2D): Promise<Float32Array> {
  const sliced = tf.slice(offsets, [0, 0], [-1, 3]);
  return Float32Array.from(await sliced.data());
}

const cases = (['small', 'full'] as const).flatMap((variant) =>
  ['tiny', 'bunny1k', 'vase4k', 'knot12k'].map((name) => [variant, name] as const),
);

describe.each(cases)('%s network, %s', (variant, name) => {
  test('offsets, object score and every named layer are the original ones', async () => {
    const bundle = loadBundle(`eval/${variant}_${name}`);
    const points = loadBundle(`inputs/${name}`).f32('xyz');
    const config = goldenConfig(variant);
    const model = createModel(config, goldenWeights(variant));
    const frozen = freezeModel(model);
    const pyramid = buildPyramid(voxelise(points, config.voxelSize), 1, config.arch.stemKernel);
    const buffer = gpu().upload('points', points);
    const plan = webGpuPlanFromCpu(queue, pyramid, buffer, false);

    const offsets = tf.tidy(() => forwardEval(frozen, plan));
    expectOffsets(bundle, await dropPadding(offsets));

    // The full network takes SwiftShader minutes; its layers are looked at on the smaller clouds.
    if (variant === 'small' || name === 'tiny' || name === 'bunny1k') {
      const ranks = Array.from({ length: LEVELS }, (_, l) => canonicalRank(pyramid.levels[l]!.coords));
      const seen = new Map<string, tf.Tensor2D>();
      tf.tidy(() => {
        forwardEval(frozen, plan, (layer, value) => {
          const rows = levelOf(layer) === 'points' ? gatherPointRows(value, plan.rows) : value;
          seen.set(layer, tf.keep(rows === value ? tf.clone(rows) : rows));
        });
      });
      expect(seen.size).toBeGreaterThan(20);
      for (const [layer, tensor] of seen) {
        const level = levelOf(layer);
        const shaped = layer === 'head6' ? tf.slice(tensor, [0, 0], [-1, 3]) : tensor;
        const values = Float32Array.from(await shaped.data());
        expectLayer(bundle, layer, level === 'points' ? values : toCanonical(values, ranks[level]!));
        tf.dispose([tensor, shaped]);
      }
    }
    offsets.dispose();
    plan.dispose();
    gpu().release(buffer);
    frozen.dispose();
    model.dispose();
    queue.trimPool(0);
  });
});
