/** Voxel features to points and back on the CPU: `wasmNormCode`; twin: core/pointRows. */

import { registerKernel } from './interop.ts';
import { type GatherAttrs, OPS } from './ops.ts';
import type { PointRows } from './plan.ts';
import type { WasmHeap } from './wasmHeap.ts';

export interface WasmPointRows extends PointRows {
  /** [points] voxel row of each point. */
  readonly pointToVoxel: Uint32Array;
}

/** @returns the ways to take the registrations back */
export function registerWasmRows(heap: WasmHeap): (() => void)[] {
  const rowsOf = (attrs: unknown) => (attrs as GatherAttrs).rows as WasmPointRows;
  const run = (
    kernel: 'gatherRows' | 'addRows',
    { points, pointToVoxel }: WasmPointRows,
    matrix: number,
    lines: number,
    channels: number,
  ) => {
    const list = heap.scratch(4 * points);
    heap.words(list.address, points).set(pointToVoxel);
    heap.kernels[kernel](matrix, list.address, lines, points, channels);
    list.free();
  };
  return [
    registerKernel('wasm', OPS.gatherRows, ({ inputs, attrs }) => {
      const x = inputs.x!;
      const rows = rowsOf(attrs);
      const y = heap.output([rows.points, x.shape[1]!]);
      run('gatherRows', rows, heap.address(x), heap.address(y), x.shape[1]!);
      return y;
    }),
    registerKernel('wasm', OPS.gatherRowsGrad, ({ inputs, attrs }) => {
      const dy = inputs.dy!;
      const rows = rowsOf(attrs);
      const dx = heap.zeros([rows.voxels, dy.shape[1]!]);
      run('addRows', rows, heap.address(dx), heap.address(dy), dy.shape[1]!);
      return dx;
    }),
  ];
}
