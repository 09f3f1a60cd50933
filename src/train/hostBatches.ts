/**
 * Micro-batches made on the CPU: pose and displacement in float64, voxels and maps by the CPU twins. For
 * wasm, and for software adapters, whose workgroup barriers make the GPU path slower than this.
 */

import type { ModelConfig } from '../core/modelConfig.ts';
import type { TrainingConfig } from '../core/presets.ts';
import { buildPyramid } from '../core/pyramid.ts';
import { makeTrainingSample } from '../core/synthesise.ts';
import type { TrainingSample } from '../core/types.ts';
import { voxelise } from '../core/voxelise.ts';
import type { ComputeBackend } from '../nn/backend.ts';
import type { NetPlan } from '../nn/plan.ts';
import { wasmPlan } from '../nn/wasmPlan.ts';
import { webGpuPlanFromCpu } from '../nn/webgpuPlan.ts';
import type { BatchMaker } from './batchMaker.ts';
import type { SampleDraw, TrainingSource } from './samples.ts';

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
export function hostPlan(
  backend: ComputeBackend,
  { arch, voxelSize }: ModelConfig,
  { points, cloudStarts }: CloudBatch,
): NetPlan {
  const grid = voxelise(points, voxelSize, cloudStarts);
  const pyramid = buildPyramid(grid, cloudStarts.length - 1, arch.stemKernel);
  if (backend.name === 'wasm') return wasmPlan(pyramid, points);
  const { gpu, queue } = backend;
  const buffer = gpu.upload('training points', points);
  try {
    const plan = webGpuPlanFromCpu(queue, pyramid, buffer, true);
    return {
      ...plan,
      dispose: () => {
        // The plan submits what is queued before it lets go; only then may the points go too.
        plan.dispose();
        gpu.release(buffer);
      },
    };
  } catch (error) {
    gpu.release(buffer);
    throw error;
  }
}

function concat(parts: readonly Float32Array[]): Float32Array {
  const whole = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** Lays samples end to end. */
export function joinSamples(
  samples: readonly TrainingSample[],
): CloudBatch & { readonly targets: Float32Array } {
  const cloudStarts = new Uint32Array(samples.length + 1);
  samples.forEach(({ points }, i) => {
    cloudStarts[i + 1] = cloudStarts[i]! + points.length / 3;
  });
  return {
    points: concat(samples.map((sample) => sample.points)),
    targets: concat(samples.map((sample) => sample.targetOffsets)),
    cloudStarts,
  };
}

export function hostBatches(
  backend: ComputeBackend,
  model: ModelConfig,
  training: TrainingConfig,
  sources: readonly TrainingSource[],
): BatchMaker {
  // Samples that were made ahead, by their draw; a WeakMap lets go of those that are never asked for.
  const ready = new WeakMap<SampleDraw, TrainingSample>();
  const sampleOf = (draw: SampleDraw): TrainingSample =>
    ready.get(draw) ?? makeTrainingSample(sources[draw.source]!, training, draw.plan.seed);
  return {
    prepare: (draws) => {
      for (const draw of draws) ready.set(draw, sampleOf(draw));
    },
    make: async (draws) => {
      const batch = joinSamples(draws.map(sampleOf));
      return { plan: hostPlan(backend, model, batch), targets: batch.targets };
    },
    dispose: () => {},
  };
}
