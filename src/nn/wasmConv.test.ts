/** A wrong product, gradient or epilogue here is a wrong heatmap for everybody without WebGPU. */

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { convPairs } from '../core/convPairs.ts';
import { buildPyramid } from '../core/pyramid.ts';
import { RandomStream } from '../core/random.ts';
import { sparseConv as cpuConv, sparseConvInputGrad, sparseConvWeightGrad } from '../core/sparseConv.ts';
import type { KernelMap } from '../core/types.ts';
import { voxelise } from '../core/voxelise.ts';
import { maxAbs, maxAbsDifference } from '../testing/compare.ts';
import type { WasmCompute } from './backend.ts';
import { type ConvAttrs, sparseConv, sparseConvFused } from './ops.ts';
import * as tf from './tf.ts';
import { openWasm } from './wasmBackend.ts';

let backend: WasmCompute;
beforeAll(async () => {
  backend = await openWasm();
});
afterAll(() => backend.dispose());

function randoms(seed: number, length: number): Float32Array {
  const stream = new RandomStream(seed);
  return Float32Array.from({ length }, () => stream.range(-1, 1));
}

// Two clouds, negative coordinates, a density that leaves most taps of the stem empty.
const pyramid = buildPyramid(voxelise(randoms(7, 3 * 900), 0.12, Uint32Array.of(0, 500, 900)), 2, 5);

const identity = (rows: number): KernelMap => ({
  taps: 1,
  source: Int32Array.from({ length: rows }, (_, i) => i),
  vIn: rows,
  vOut: rows,
});

interface Case {
  readonly name: string;
  readonly map: KernelMap;
  readonly attrs: ConvAttrs;
}

const over = (name: string, map: KernelMap, transposed = false): Case => ({
  name,
  map,
  attrs: { map: convPairs(map), transposed },
});

const cases: Case[] = [
  over('stem 5^3', pyramid.stem),
  over('submanifold 3^3', pyramid.same[0]!),
  over('deep submanifold 3^3', pyramid.same[3]!),
  over('down 2^3', pyramid.down[0]!),
  over('up 2^3', pyramid.down[0]!, true),
  { name: 'dense', map: identity(77), attrs: { map: null, transposed: false } },
  { name: 'dense, one row', map: identity(1), attrs: { map: null, transposed: false } },
];
// 4 and 100 leave a narrow panel over; 100 rows are walked in chunks of 40.
const channels = [
  [4, 8],
  [8, 4],
  [24, 32],
  [12, 100],
] as const;

const relative = (actual: ArrayLike<number>, expected: ArrayLike<number>) =>
  maxAbsDifference(actual, expected) / maxAbs(expected);

describe.each(cases)('$name', ({ map, attrs }) => {
  const { transposed } = attrs;
  const rowsIn = transposed ? map.vOut : map.vIn;
  const rowsOut = transposed ? map.vIn : map.vOut;

  test.each(channels)('forward and both gradients, %i -> %i channels', (cin, cout) => {
    const x = randoms(1, rowsIn * cin);
    const w = randoms(2, map.taps * cin * cout);
    const dy = randoms(3, rowsOut * cout);
    const { value, grads } = tf.valueAndGrads((a: tf.Tensor, b: tf.Tensor) =>
      sparseConv(a as tf.Tensor2D, b as tf.Tensor3D, attrs),
    )(
      [tf.tensor2d(x, [rowsIn, cin]), tf.tensor3d(w, [map.taps, cin, cout])],
      tf.tensor2d(dy, [rowsOut, cout]),
    );
    expect(relative(value.dataSync(), cpuConv(x, w, map, cin, cout, transposed))).toBeLessThan(1e-6);
    const dx = sparseConvInputGrad(dy, w, map, cin, cout, transposed);
    expect(relative(grads[0]!.dataSync(), dx)).toBeLessThan(1e-6);
    const dw = sparseConvWeightGrad(x, dy, map, cin, cout, transposed);
    expect(relative(grads[1]!.dataSync(), dw)).toBeLessThan(1e-6);
  });

  test.each([
    ['none', false],
    ['relu', false],
    ['relu', true],
    ['prelu', true],
  ] as const)('the fused epilogue %s, residual %s, equals the steps done apart', (activation, residual) => {
    const [cin, cout] = [8, 12];
    const x = tf.tensor2d(randoms(1, rowsIn * cin), [rowsIn, cin]);
    const w = tf.tensor3d(randoms(2, map.taps * cin * cout), [map.taps, cin, cout]);
    const affine = randoms(4, 3 * cout);
    const added = residual ? randoms(5, rowsOut * cout) : null;
    const fused = sparseConvFused(
      x,
      w,
      tf.tensor2d(affine, [3, cout]),
      added === null ? undefined : tf.tensor2d(added, [rowsOut, cout]),
      { ...attrs, activation },
    );
    const expected = sparseConv(x, w, attrs)
      .dataSync()
      .map((value, i) => {
        const c = i % cout;
        const u = value * affine[c]! + affine[cout + c]! + (added?.[i] ?? 0);
        if (activation === 'none' || u > 0) return u;
        return activation === 'relu' ? 0 : u * affine[2 * cout + c]!;
      });
    expect(maxAbsDifference(fused.dataSync(), expected)).toBeLessThan(2e-6);
  });
});

test('a value that is not finite is not hidden by the ReLU', () => {
  const x = tf.tensor2d([Number.NaN, 0, 0, 0, 1, 1, 1, 1], [2, 4]);
  const affine = tf.tensor2d([1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0], [3, 4]);
  const attrs = { map: null, transposed: false, activation: 'relu' } as const;
  const y = sparseConvFused(x, tf.ones([1, 4, 4]), affine, undefined, attrs).dataSync();
  expect([...y]).toEqual([Number.NaN, Number.NaN, Number.NaN, Number.NaN, 4, 4, 4, 4]);
});
