/** From points on the GPU to what the network needs: pyramid, maps and voxel features. */

import type { GridPyramid } from '../core/types.ts';
import type { PointFeatures } from '../core/voxelFeatures.ts';
import { encodeVoxelFeatures } from '../gpu/features.ts';
import { buildGpuPyramid, type GpuPyramid, type PyramidOptions, pyramidFromCpu } from '../gpu/pyramid.ts';
import type { TfjsQueue } from './interop.ts';
import type { NetPlan } from './plan.ts';
import * as tf from './tf.ts';
import { disposeOrder, gatherRowsGpu, orderPointsGpu, type WebGpuPointRows } from './webgpuRows.ts';

export interface PlanOptions extends PyramidOptions {
  /** True to prepare what gradients need. */
  readonly training: boolean;
  /** [N, C] features of the points; left out: their coordinates. */
  readonly features?: PointFeatures;
}

/** Builds the plan on the GPU: one readback, for the counts. */
export async function webGpuPlan(queue: TfjsQueue, options: PlanOptions): Promise<NetPlan> {
  // What tfjs has queued may be what writes the points.
  queue.flush();
  for (const work of queue.beforePlan) await work();
  const pyramid = await buildGpuPyramid(queue.gpu, options);
  return planOf(queue, pyramid, options);
}

/** The same from the CPU twin's pyramid. */
export function webGpuPlanFromCpu(
  queue: TfjsQueue,
  pyramid: GridPyramid,
  points: GPUBuffer,
  training: boolean,
  features?: PointFeatures,
): NetPlan {
  const options = { points, training, ...(features === undefined ? {} : { features }) };
  return planOf(queue, pyramidFromCpu(queue.gpu, pyramid), options);
}

/** Uploads the features of the points. @returns null for a network that takes coordinates */
function uploadFeatures(queue: TfjsQueue, given: PointFeatures | undefined): GPUBuffer | null {
  return given === undefined ? null : queue.gpu.upload('point features', given.values);
}

function planOf(
  queue: TfjsQueue,
  pyramid: GpuPyramid,
  { points, training, features: given }: Pick<PlanOptions, 'points' | 'training' | 'features'>,
): NetPlan {
  const { gpu } = queue;
  const voxels = pyramid.counts[0]!;
  const order = training ? orderPointsGpu(gpu, pyramid.pointToVoxel, pyramid.points, voxels) : null;
  const rows: WebGpuPointRows = { points: pyramid.points, voxels, pointToVoxel: pyramid.pointToVoxel, order };
  const channels = given?.channels ?? 4;
  const { info, buffer } = queue.output([voxels, channels]);
  const { representative } = pyramid;
  const uploaded = uploadFeatures(queue, given);
  if (uploaded === null)
    queue.encode((pass) => encodeVoxelFeatures(gpu, pass, points, representative, voxels, buffer), 1);
  else gatherRowsGpu(queue, representative, voxels, channels, uploaded, buffer);
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
      if (uploaded !== null) gpu.release(uploaded);
      disposeOrder(gpu, order);
      pyramid.dispose();
    },
  };
}
