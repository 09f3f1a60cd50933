import { afterAll, beforeAll, expect, test } from 'vitest';
import { gatherRows, gatherRowsGrad, orderPoints } from '../core/pointRows.ts';
import { RandomStream } from '../core/random.ts';
import type { WasmCompute } from './backend.ts';
import { gatherPointRows } from './ops.ts';
import * as tf from './tf.ts';
import { openWasm } from './wasmBackend.ts';
import type { WasmPointRows } from './wasmRows.ts';

let backend: WasmCompute;
beforeAll(async () => {
  backend = await openWasm();
});
afterAll(() => backend.dispose());

test.each([
  [1, 1, 4],
  [900, 210, 8],
  [700, 2000, 32], // voxels without points
])(
  '%i points over %i voxels: gather and its gradient equal the twin, bit for bit',
  (points, voxels, channels) => {
    const stream = new RandomStream(points);
    const pointToVoxel = Uint32Array.from({ length: points }, () => stream.below(voxels));
    const x = Float32Array.from({ length: voxels * channels }, () => stream.normal());
    const dy = Float32Array.from({ length: points * channels }, () => stream.normal());
    const rows: WasmPointRows = { points, voxels, pointToVoxel };
    const { value, grad } = tf.valueAndGrad((a) => gatherPointRows(a as tf.Tensor2D, rows))(
      tf.tensor2d(x, [voxels, channels]),
      tf.tensor2d(dy, [points, channels]),
    );
    expect(value.dataSync()).toEqual(gatherRows(x, pointToVoxel, channels));
    expect(grad.dataSync()).toEqual(gatherRowsGrad(dy, orderPoints(pointToVoxel, voxels), channels));
  },
);
