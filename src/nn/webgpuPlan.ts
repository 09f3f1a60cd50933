/** From points on the GPU to what the network needs: pyramid, maps and voxel features. */

import type { GridPyramid } from '../core/types.ts';
import { encodeVoxelFeatures } from '../gpu/features.ts';
import { buildGpuPyramid, type GpuPyramid, type PyramidOptions, pyramidFromCpu } from '../gpu/pyramid.ts';
import type { TfjsQueue } from './interop.ts';
import type { NetPlan } from './plan.ts';
import * as tf from './tf.ts';
import { disposeOrder, orderPointsGpu, type WebGpuPointRows } from './webgpuRows.ts';

export interface PlanOptions extends PyramidOptions {
  /** True to prepare what gradients need. */
  readonly training: boolean;
}

/** Builds the plan on the GPU: one readback, for the counts. */
export async function webGpuPlan(queue: TfjsQueue, options: PlanOptions): Promise<NetPlan> {
  // What tfjs has queued may be what writes the points.
  queue.flush();
  const pyramid = await buildGpuPyramid(queue.gpu, options);
  return planOf(queue, pyramid, options.points, options.training);
}

/** The same from the CPU twin's pyramid. */
export function webGpuPlanFromCpu(
  queue: TfjsQueue,
  pyramid: GridPyramid,
  points: GPUBuffer,
  training: boolean,
): NetPlan {
  return planOf(queue, pyramidFromCpu(queue.gpu, pyramid), points, training);
}

function planOf(queue: TfjsQueue, pyramid: GpuPyramid, points: GPUBuffer, training: boolean): NetPlan {
  const { gpu } = queue;
  const voxels = pyramid.counts[0]!;
  const order = training ? orderPointsGpu(gpu, pyramid.pointToVoxel, pyramid.points, voxels) : null;
  const rows: WebGpuPointRows = { points: pyramid.points, voxels, pointToVoxel: pyramid.pointToVoxel, order };
  const { info, buffer } = queue.output([voxels, 4]);
  queue.encode((pass) => encodeVoxelFeatures(gpu, pass, points, pyramid.representative, voxels, buffer), 1);
  const features = tf.engine().makeTensorFromTensorInfo(info) as tf.Tensor2D;
  return {
    counts: pyramid.counts,
    points: pyramid.points,
    stem: pyramid.stem,
    same: pyramid.same,
    down: pyramid.down,
    rows,
    features,
    dispose: () => {
      // tfjs may hold commands that name these buffers.
      queue.flush();
      features.dispose();
      disposeOrder(gpu, order);
      pyramid.dispose();
    },
  };
}
