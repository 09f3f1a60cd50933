/**
 * Micro-batches made on the CPU: pose and displacement in float64, voxels and maps by the CPU twins. For
 * wasm, and for software adapters, whose workgroup barriers make the GPU path slower than this.
 */

import type { ModelConfig } from '../core/modelConfig.ts';
import type { TrainingConfig } from '../core/presets.ts';
import { buildPyramid } from '../core/pyramid.ts';
import { REFERENCE_CHANNELS } from '../core/referenceFeatures.ts';
import { makeReferenceSample, type ReferenceSample } from '../core/referenceSample.ts';
import { makeTrainingSample } from '../core/synthesise.ts';
import type { TrainingSample } from '../core/types.ts';
import type { PointFeatures } from '../core/voxelFeatures.ts';
import { voxelise } from '../core/voxelise.ts';
import type { ComputeBackend, WebGpuCompute } from '../nn/backend.ts';
import type { NetPlan } from '../nn/plan.ts';
import { wasmPlan } from '../nn/wasmPlan.ts';
import { webGpuPlan, webGpuPlanFromCpu } from '../nn/webgpuPlan.ts';
import type { BatchMaker } from './batchMaker.ts';
import type { SampleDraw, TrainingSource } from './samples.ts';

/** Clouds laid end to end. */
export interface CloudBatch {
  /** [3N] model units. */
  readonly points: Float32Array;
  /** [B + 1] first point of each cloud, and N. */
  readonly cloudStarts: Uint32Array;
  /** Of the points, for a network that takes more than their coordinates. */
  readonly features?: PointFeatures;
}

/** The plan submits what is queued before it lets go; only then may what it was made from go too. */
function disposeWith(plan: NetPlan, release: () => void): void {
  plan.dispose();
  release();
}

/**
 * Voxels, pyramid and maps with what gradients need. The caller disposes the plan.
 * @throws InvalidInputError for points that are not finite
 * @throws CapacityError when voxel coordinates or buffers exceed what can be held
 */
export function hostPlan(
  backend: ComputeBackend,
  { arch, voxelSize }: ModelConfig,
  { points, cloudStarts, features }: CloudBatch,
): NetPlan {
  const grid = voxelise(points, voxelSize, cloudStarts);
  const pyramid = buildPyramid(grid, cloudStarts.length - 1, arch.stemKernel);
  if (backend.name === 'wasm') return wasmPlan(pyramid, points, features);
  const { gpu, queue } = backend;
  const buffer = gpu.upload('training points', points);
  try {
    const plan = webGpuPlanFromCpu(queue, pyramid, buffer, true, features);
    return { ...plan, dispose: () => disposeWith(plan, () => gpu.release(buffer)) };
  } catch (error) {
    gpu.release(buffer);
    throw error;
  }
}

/** The same with voxels and maps made on the GPU, for hardware adapters. */
async function gpuPlan(
  { gpu, queue }: WebGpuCompute,
  { arch, voxelSize }: ModelConfig,
  { points, cloudStarts, features }: CloudBatch,
): Promise<NetPlan> {
  const buffer = gpu.upload('training points', points);
  try {
    const plan = await webGpuPlan(queue, {
      points: buffer,
      count: points.length / 3,
      cloudStarts,
      voxelSize,
      stemKernel: arch.stemKernel,
      training: true,
      ...(features === undefined ? {} : { features }),
    });
    return { ...plan, dispose: () => disposeWith(plan, () => gpu.release(buffer)) };
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

/** A sample, and features where the network takes them. */
type HostSample = TrainingSample & Partial<Pick<ReferenceSample, 'features'>>;

/** Lays samples end to end; all of them have features or none. */
export function joinSamples(samples: readonly HostSample[]): CloudBatch & { readonly targets: Float32Array } {
  const cloudStarts = new Uint32Array(samples.length + 1);
  samples.forEach(({ points }, i) => {
    cloudStarts[i + 1] = cloudStarts[i]! + points.length / 3;
  });
  const features = samples.flatMap((sample) => (sample.features === undefined ? [] : [sample.features]));
  return {
    points: concat(samples.map((sample) => sample.points)),
    targets: concat(samples.map((sample) => sample.targetOffsets)),
    cloudStarts,
    ...(features.length === 0
      ? {}
      : { features: { channels: REFERENCE_CHANNELS, values: concat(features) } }),
  };
}

/** @returns the sample of a draw */
function sampler(
  training: TrainingConfig,
  sources: readonly TrainingSource[],
): (draw: SampleDraw) => HostSample {
  return ({ source, plan }) => {
    if (plan.kind !== 'reference') return makeTrainingSample(sources[source]!, training, plan.seed);
    const { rotate, maxPoints, synthesis, variation } = training;
    const { points, normals, family, reference } = sources[source]!;
    // `checkInputs` has made sure that there are all three.
    const part = { points, normals, family: family!, reference: reference! };
    return makeReferenceSample(
      part,
      { rotate, maxPoints, variation, defects: synthesis.defects! },
      plan.seed,
    );
  };
}

export function hostBatches(
  backend: ComputeBackend,
  model: ModelConfig,
  training: TrainingConfig,
  sources: readonly TrainingSource[],
): BatchMaker {
  const make = sampler(training, sources);
  // Samples that were made ahead, by their draw; a WeakMap lets go of those that are never asked for.
  const ready = new WeakMap<SampleDraw, HostSample>();
  const sampleOf = (draw: SampleDraw): HostSample => {
    const sample = ready.get(draw) ?? make(draw);
    ready.set(draw, sample);
    return sample;
  };
  return {
    prepare: (draws) => {
      for (const draw of draws) sampleOf(draw);
    },
    count: (draws) => {
      const samples = draws.map(sampleOf);
      return {
        points: samples.reduce((sum, { points }) => sum + points.length / 3, 0),
        moved: samples.reduce((sum, { patch }) => sum + patch.length, 0),
      };
    },
    make: async (draws) => {
      const batch = joinSamples(draws.map(sampleOf));
      const onGpu = backend.name === 'webgpu' && !backend.gpu.adapter.software;
      const plan = onGpu ? await gpuPlan(backend, model, batch) : hostPlan(backend, model, batch);
      return { plan, targets: batch.targets };
    },
    dispose: () => {},
  };
}
