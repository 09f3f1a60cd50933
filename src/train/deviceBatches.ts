/**
 * Micro-batches made on the GPU: the good scans lie there, and only drawn numbers and the voxel counts cross
 * the bus. For hardware adapters. The samples are those of `hostBatches` from the same draws, up to the
 * float32 rounding of the pose.
 */

import type { ModelConfig } from '../core/modelConfig.ts';
import type { TrainingConfig } from '../core/presets.ts';
import { synthesiseGpu, uploadSource } from '../gpu/normAs.ts';
import type { ComputeBackend, WebGpuCompute } from '../nn/backend.ts';
import { webGpuPlan } from '../nn/webgpuPlan.ts';
import type { BatchMaker } from './batchMaker.ts';
import { countBatch, normAsPlan, type TrainingSource } from './samples.ts';

/** Bytes of scans that may lie on the GPU beside the network; with more, samples are made on the CPU. */
const MOST_SOURCE_BYTES = 256 * 1024 * 1024;

/** Whether this backend should make its own batches from these scans: plain Norm-AS on a hardware GPU. */
export function suitsDevice(
  backend: ComputeBackend,
  sources: readonly TrainingSource[],
  { synthesis }: TrainingConfig,
): backend is WebGpuCompute {
  if (synthesis.defects !== null || sources.some(({ still }) => still !== undefined)) return false;
  const bytes = sources.reduce((sum, { points, normals }) => sum + points.byteLength + normals.byteLength, 0);
  return backend.name === 'webgpu' && !backend.gpu.adapter.software && bytes <= MOST_SOURCE_BYTES;
}

/** @throws CapacityError when the adapter cannot hold the scans */
export function deviceBatches(
  { gpu, queue }: WebGpuCompute,
  { arch, voxelSize }: ModelConfig,
  sources: readonly TrainingSource[],
): BatchMaker {
  const held = sources.map((source) => uploadSource(gpu, source));
  return {
    prepare: () => {},
    count: (draws) => countBatch(sources, draws),
    make: async (draws) => {
      const orders = draws.map((draw) => ({ source: held[draw.source]!, plan: normAsPlan(draw) }));
      const samples = synthesiseGpu(gpu, orders);
      try {
        const { points, cloudStarts, targetOffsets } = samples;
        const count = cloudStarts[draws.length]!;
        const options = {
          points,
          count,
          cloudStarts,
          voxelSize,
          stemKernel: arch.stemKernel,
          training: true,
        };
        const plan = await webGpuPlan(queue, options);
        const dispose = () => {
          // The plan submits what is queued before it lets go; only then may the samples go too.
          plan.dispose();
          samples.dispose();
        };
        return { plan: { ...plan, dispose }, targets: targetOffsets };
      } catch (error) {
        samples.dispose();
        throw error;
      }
    },
    dispose: () => {
      for (const source of held) source.dispose();
    },
  };
}
