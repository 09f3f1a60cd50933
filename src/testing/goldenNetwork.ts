/** One golden evaluation case against a backend's network; the backends' reference tests differ in the plan only. */

import { expect } from 'vitest';
import { LEVELS } from '../core/indexLaw.ts';
import { buildPyramid } from '../core/pyramid.ts';
import type { GridPyramid } from '../core/types.ts';
import { voxelise } from '../core/voxelise.ts';
import { forwardEval } from '../nn/minkunet.ts';
import { createModel, type FrozenModel, freezeModel } from '../nn/model.ts';
import { gatherPointRows } from '../nn/ops.ts';
import type { NetPlan } from '../nn/plan.ts';
import * as tf from '../nn/tf.ts';
import { type Bundle, loadBundle } from './golden.ts';
import {
  canonicalRank,
  expectLayer,
  expectOffsets,
  goldenConfig,
  goldenWeights,
  toCanonical,
  type Variant,
} from './goldenEval.ts';

/** All clouds of golden/eval with both networks. */
export const EVAL_CASES = (['small', 'full'] as const).flatMap((variant) =>
  ['tiny', 'bunny1k', 'vase4k', 'knot12k'].map((cloud) => [variant, cloud] as const),
);

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
  const values = Float32Array.from(await sliced.data());
  sliced.dispose();
  return values;
}

async function expectLayers(
  bundle: Bundle,
  frozen: FrozenModel,
  plan: NetPlan,
  pyramid: GridPyramid,
): Promise<void> {
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
    const values = layer === 'head6' ? await dropPadding(tensor) : Float32Array.from(await tensor.data());
    expectLayer(bundle, layer, level === 'points' ? values : toCanonical(values, ranks[level]!));
    tensor.dispose();
  }
}

/**
 * Offsets, object score and, on demand, every named layer, within golden/SPEC.md section 9.
 * @param makePlan builds the backend's plan; disposed here
 */
export async function expectGoldenNetwork(
  variant: Variant,
  cloud: string,
  layers: boolean,
  makePlan: (pyramid: GridPyramid, points: Float32Array) => NetPlan,
): Promise<void> {
  const bundle = loadBundle(`eval/${variant}_${cloud}`);
  const points = loadBundle(`inputs/${cloud}`).f32('xyz');
  const config = goldenConfig(variant);
  const model = createModel(config, goldenWeights(variant));
  const frozen = freezeModel(model);
  const pyramid = buildPyramid(voxelise(points, config.voxelSize), 1, config.arch.stemKernel);
  const plan = makePlan(pyramid, points);
  const offsets = tf.tidy(() => forwardEval(frozen, plan));
  expectOffsets(bundle, await dropPadding(offsets));
  if (layers) await expectLayers(bundle, frozen, plan, pyramid);
  offsets.dispose();
  plan.dispose();
  frozen.dispose();
  model.dispose();
}
