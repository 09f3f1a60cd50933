/** Whole evaluation passes: what a scan costs on each backend, and what of it is JavaScript. */

import { initialiseWeights } from '../src/core/initWeights.ts';
import { architecture, type ModelConfig } from '../src/core/modelConfig.ts';
import { buildPyramid } from '../src/core/pyramid.ts';
import { voxelise } from '../src/core/voxelise.ts';
import { readBuffers } from '../src/gpu/readback.ts';
import type { ComputeBackend, WebGpuCompute } from '../src/nn/backend.ts';
import { forwardEval } from '../src/nn/minkunet.ts';
import { createModel, type FrozenModel, freezeModel } from '../src/nn/model.ts';
import type { NetPlan } from '../src/nn/plan.ts';
import * as tf from '../src/nn/tf.ts';
import { wasmPlan } from '../src/nn/wasmPlan.ts';
import { webGpuPlan } from '../src/nn/webgpuPlan.ts';
import { median } from './median.ts';
import { mainThreadMs, round } from './timing.ts';

export interface ForwardResult {
  readonly architecture: string;
  readonly backend: string;
  readonly voxels: readonly number[];
  /** Milliseconds: voxels, pyramid and maps. */
  readonly plan: number;
  /** Milliseconds: network to offsets in JavaScript's hands. */
  readonly network: number;
  /** Milliseconds until the network's last command was submitted: the JavaScript side (WebGPU only). */
  readonly javascript: number | null;
  /** The same as CPU time of the main thread, the least of the runs; null where the system does not tell. */
  readonly mainThread: number | null;
  /** Times the GPU was waited for in one scan (WebGPU only). */
  readonly readbacks: number | null;
  readonly dispatches: number | null;
}

function randomModel(name: string): FrozenModel {
  const arch = architecture(name);
  const config: ModelConfig = {
    name,
    arch,
    inputs: 'xyz',
    voxelSize: 0.03,
    preset: 'paper',
    scoreNorm: 'l2',
  };
  return freezeModel(createModel(config, initialiseWeights(arch, 1)));
}

interface Sample {
  readonly plan: number;
  readonly network: number;
  readonly javascript: number;
  readonly mainThread: number | null;
  readonly voxels: readonly number[];
}

async function onWebGpu(
  { gpu, queue }: WebGpuCompute,
  frozen: FrozenModel,
  points: Float32Array,
): Promise<Sample> {
  const count = points.length / 3;
  const start = performance.now();
  const buffer = gpu.upload('points', points);
  const { voxelSize, arch } = frozen.model.config;
  const plan: NetPlan = await webGpuPlan(queue, {
    points: buffer,
    count,
    cloudStarts: Uint32Array.of(0, count),
    voxelSize,
    stemKernel: arch.stemKernel,
    training: false,
  });
  const planned = performance.now();
  const busyBefore = mainThreadMs();
  const offsets = tf.tidy(() => forwardEval(frozen, plan));
  queue.flush();
  const encoded = performance.now();
  const busy = mainThreadMs();
  await readBuffers(gpu, [{ buffer: queue.bufferOf(offsets), bytes: count * 16 }]);
  const end = performance.now();
  offsets.dispose();
  plan.dispose();
  gpu.release(buffer);
  return {
    plan: planned - start,
    network: end - planned,
    javascript: encoded - planned,
    mainThread: busy === null || busyBefore === null ? null : busy - busyBefore,
    voxels: plan.counts,
  };
}

async function onWasm(frozen: FrozenModel, points: Float32Array): Promise<Sample> {
  const start = performance.now();
  const { voxelSize, arch } = frozen.model.config;
  const plan = wasmPlan(buildPyramid(voxelise(points, voxelSize), 1, arch.stemKernel), points);
  const planned = performance.now();
  const offsets = tf.tidy(() => forwardEval(frozen, plan));
  await offsets.data();
  const end = performance.now();
  offsets.dispose();
  plan.dispose();
  return {
    plan: planned - start,
    network: end - planned,
    javascript: 0,
    mainThread: null,
    voxels: plan.counts,
  };
}

function least(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null);
  return known.length === 0 ? null : round(Math.min(...known));
}

/** Medians over `runs` scans after one warm-up, random weights (the time does not depend on them). */
export async function benchForward(
  backend: ComputeBackend,
  name: string,
  points: Float32Array,
  runs: number,
): Promise<ForwardResult> {
  const frozen = randomModel(name);
  const once = () => (backend.name === 'webgpu' ? onWebGpu(backend, frozen, points) : onWasm(frozen, points));
  await once();
  const before = backend.name === 'webgpu' ? { ...backend.gpu.counters } : null;
  const samples: Sample[] = [];
  for (let i = 0; i < runs; i++) samples.push(await once());
  const after = backend.name === 'webgpu' ? backend.gpu.counters : null;
  frozen.dispose();
  frozen.model.dispose();
  const mid = (key: 'plan' | 'network' | 'javascript') => round(median(samples.map((sample) => sample[key])));
  return {
    architecture: name,
    backend: backend.description,
    voxels: samples[0]!.voxels,
    plan: mid('plan'),
    network: mid('network'),
    javascript: before ? mid('javascript') : null,
    mainThread: least(samples.map(({ mainThread }) => mainThread)),
    readbacks: before && after ? (after.readbacks - before.readbacks) / runs : null,
    dispatches: before && after ? (after.dispatches - before.dispatches) / runs : null,
  };
}
