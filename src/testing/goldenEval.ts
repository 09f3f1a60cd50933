/** Golden evaluation cases as the network meets them; shared by the WebGPU and the wasm reference tests. */

import { expect } from 'vitest';
import { architecture, type ModelConfig } from '../core/modelConfig.ts';
import { maxAbsDifference, relativeL2 } from './compare.ts';
import type { loadBundle } from './golden.ts';
import { goldenWeights } from './goldenWeights.ts';

export type Variant = 'small' | 'full';

/** Tolerances of golden/SPEC.md section 9. */
const EVAL_TOLERANCE = { relativeL2: 1e-5, maxAbs: 2e-5, score: 5e-6 } as const;

export function goldenConfig(variant: Variant): ModelConfig {
  const arch = architecture(variant === 'full' ? 'MinkUNet34C' : 'small');
  return { name: variant, arch, inputs: 'xyz', voxelSize: 0.03, preset: 'released', scoreNorm: 'l1' };
}

export { goldenWeights };

interface LayerMeta {
  readonly shape: number[];
  readonly max_abs: number;
}

/** Compares a layer's stored samples; rows must be in canonical order (points: file order). */
export function expectLayer(
  bundle: ReturnType<typeof loadBundle>,
  layer: string,
  values: Float32Array,
): void {
  const meta = (bundle.meta.layers as Record<string, LayerMeta>)[layer];
  if (meta === undefined) throw new Error(`no golden layer ${layer}`);
  expect(values.length, `${layer} size`).toBe(meta.shape.reduce((x, y) => x * y, 1));
  const samples = Float64Array.from(bundle.i32(`L_${layer}_idx`), (i) => values[i]!);
  const expected = bundle.f64(`L_${layer}_val`);
  expect(relativeL2(samples, expected), `${layer} relative L2`).toBeLessThan(EVAL_TOLERANCE.relativeL2);
  expect(maxAbsDifference(samples, expected) / meta.max_abs, `${layer} max`).toBeLessThan(
    EVAL_TOLERANCE.maxAbs,
  );
}

/** Compares offsets and object score of a case. @param offsets [3N] */
export function expectOffsets(bundle: ReturnType<typeof loadBundle>, offsets: Float32Array): void {
  const expected = bundle.f64('offsets');
  const { offsets_max_abs: largest, score_l1: score } = bundle.meta as {
    offsets_max_abs: number;
    score_l1: number;
  };
  expect(relativeL2(offsets, expected)).toBeLessThan(EVAL_TOLERANCE.relativeL2);
  expect(maxAbsDifference(offsets, expected) / largest).toBeLessThan(EVAL_TOLERANCE.maxAbs);
  const ours = offsets.reduce((sum, v) => sum + Math.abs(v), 0) / (offsets.length / 3);
  expect(Math.abs(ours - score) / score).toBeLessThan(EVAL_TOLERANCE.score);
}

/** Rank of each row in lexicographic (b, x, y, z) order: the golden data's canonical row order. */
export function canonicalRank(coords: Int32Array): Uint32Array {
  const order = Array.from({ length: coords.length / 4 }, (_, i) => i).sort((a, b) => {
    for (let d = 0; d < 4; d++) {
      const difference = coords[4 * a + d]! - coords[4 * b + d]!;
      if (difference !== 0) return difference;
    }
    return 0;
  });
  const rank = new Uint32Array(order.length);
  order.forEach((row, i) => {
    rank[row] = i;
  });
  return rank;
}

/** [rows * C] with its rows moved to canonical order. */
export function toCanonical(values: Float32Array, rank: Uint32Array): Float32Array {
  const width = values.length / rank.length;
  const moved = new Float32Array(values.length);
  rank.forEach((to, from) => {
    moved.set(values.subarray(from * width, (from + 1) * width), to * width);
  });
  return moved;
}
