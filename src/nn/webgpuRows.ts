/** Voxel features to points and back on WebGPU: `shaders/rows`. */

import { type Gpu, grid2d } from '../gpu/device.ts';
import { registerKernel, type TfjsQueue } from './interop.ts';
import { type GatherAttrs, OPS } from './ops.ts';
import type { PointRows } from './plan.ts';

/** Points sorted by voxel; needed by the gradient only. */
interface PointOrderBuffers {
  readonly counts: GPUBuffer;
  readonly ends: GPUBuffer;
  readonly order: GPUBuffer;
}

export interface WebGpuPointRows extends PointRows {
  /** u32 [points]; owned by the pyramid. */
  readonly pointToVoxel: GPUBuffer;
  /** Null in a plan for evaluation. */
  readonly order: PointOrderBuffers | null;
}

/**
 * Sorts the points by voxel on the GPU: count, start, fill, sort. Deterministic.
 * @param pointToVoxel u32 [points]
 */
export function orderPointsGpu(
  gpu: Gpu,
  pointToVoxel: GPUBuffer,
  points: number,
  voxels: number,
): PointOrderBuffers {
  const counts = gpu.buffer('points per voxel', voxels * 4);
  const ends = gpu.buffer('voxel span ends', voxels * 4);
  const order = gpu.buffer('points by voxel', points * 4);
  const [px, py] = grid2d(gpu, Math.ceil(points / 64));
  const [vx, vy] = grid2d(gpu, Math.ceil(voxels / 64));
  const perPoint = gpu.params([points, px * 64]);
  gpu.run('order points', (pass) => {
    gpu.kernel('rows/count').encode(pass, [perPoint, pointToVoxel, counts], px, py);
    gpu.kernel('rows/starts').encode(pass, [gpu.params([voxels]), counts, ends], 1);
    gpu.kernel('rows/fill').encode(pass, [perPoint, pointToVoxel, ends, order], px, py);
    gpu.kernel('rows/sort').encode(pass, [gpu.params([voxels, vx * 64]), counts, ends, order], vx, vy);
  });
  return { counts, ends, order };
}

export function disposeOrder(gpu: Gpu, order: PointOrderBuffers | null): void {
  if (order !== null) gpu.release(order.counts, order.ends, order.order);
}

/**
 * Encodes one dispatch: row i of the output is row `rows[i]` of the input.
 * @param rows u32 [count]; @param input f32 [any, channels]; @param output f32 [count, channels], written
 */
export function gatherRowsGpu(
  queue: TfjsQueue,
  rows: GPUBuffer,
  count: number,
  channels: number,
  input: GPUBuffer,
  output: GPUBuffer,
): void {
  const { gpu } = queue;
  const items = (count * channels) / 4;
  const [gx, gy] = grid2d(gpu, Math.ceil(items / 64));
  const params = gpu.params([items, channels / 4, gx * 64]);
  queue.dispatch(gpu.kernel('rows/gather'), [params, rows, input, output], gx, gy);
}

/** @returns the ways to take the registrations back */
export function registerWebGpuRows(queue: TfjsQueue): (() => void)[] {
  const { gpu } = queue;
  const rowsOf = (attrs: unknown) => (attrs as GatherAttrs).rows as WebGpuPointRows;
  return [
    registerKernel('webgpu', OPS.gatherRows, ({ inputs, attrs }) => {
      const rows = rowsOf(attrs);
      const channels = inputs.x!.shape[1]!;
      const { info, buffer } = queue.output([rows.points, channels]);
      gatherRowsGpu(queue, rows.pointToVoxel, rows.points, channels, queue.bufferOf(inputs.x!), buffer);
      return info;
    }),
    registerKernel('webgpu', OPS.gatherRowsGrad, ({ inputs, attrs }) => {
      const { order, voxels } = rowsOf(attrs);
      if (order === null) throw new Error('this plan was built for evaluation: it has no point order');
      const channels = inputs.dy!.shape[1]!;
      const { info, buffer } = queue.output([voxels, channels]);
      const items = (voxels * channels) / 4;
      const [gx, gy] = grid2d(gpu, Math.ceil(items / 64));
      queue.dispatch(
        gpu.kernel('rows/gather_grad'),
        [
          gpu.params([items, channels / 4, gx * 64]),
          order.counts,
          order.ends,
          order.order,
          queue.bufferOf(inputs.dy!),
          buffer,
        ],
        gx,
        gy,
      );
      return info;
    }),
  ];
}
