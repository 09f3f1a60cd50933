/** The network's plan of a micro-batch, on whichever backend trains. */

import type { ModelConfig } from '../core/modelConfig.ts';
import { buildPyramid } from '../core/pyramid.ts';
import { voxelise } from '../core/voxelise.ts';
import type { ComputeBackend } from '../nn/backend.ts';
import type { NetPlan } from '../nn/plan.ts';
import { wasmPlan } from '../nn/wasmPlan.ts';
import { webGpuPlanFromCpu } from '../nn/webgpuPlan.ts';

/** Clouds laid end to end. */
export interface CloudBatch {
  /** [3N] model units. */
  readonly points: Float32Array;
  /** [B + 1] first point of each cloud, and N. */
  readonly cloudStarts: Uint32Array;
}

/**
 * Voxels, pyramid and maps with what gradients need. The caller disposes the plan.
 * @throws InvalidInputError for points that are not finite
 * @throws CapacityError when voxel coordinates or buffers exceed what can be held
 */
export async function trainingPlan(
  backend: ComputeBackend,
  { arch, voxelSize }: ModelConfig,
  { points, cloudStarts }: CloudBatch,
): Promise<NetPlan> {
  const { stemKernel } = arch;
  const grid = voxelise(points, voxelSize, cloudStarts);
  const pyramid = buildPyramid(grid, cloudStarts.length - 1, stemKernel);
  if (backend.name === 'wasm') return wasmPlan(pyramid, points);
  const { gpu, queue } = backend;
  const buffer = gpu.upload('training points', points);
  const release = () => gpu.release(buffer);
  try {
    const plan = webGpuPlanFromCpu(queue, pyramid, buffer, true);
    return {
      ...plan,
      dispose: () => {
        // The plan submits what is queued before it lets go; only then may the points go too.
        plan.dispose();
        release();
      },
    };
  } catch (error) {
    release();
    throw error;
  }
}
