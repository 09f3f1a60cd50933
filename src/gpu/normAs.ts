/**
 * Training samples made on the GPU: pose, patches and displacement of a whole batch, so that nothing but a
 * handful of drawn numbers leaves TypeScript. Twin of core/synthesise `makeTrainingSample`, from the same
 * draws. Poses are float32 and distances are compared in fixed point (core/patches `fixedPoint`): a patch
 * may differ from the twin's among points whose distances agree to about 1e-4 model units.
 */

import { poseRotation } from '../core/augment.ts';
import { InvalidInputError } from '../core/errors.ts';
import { modelFrame } from '../core/frame.ts';
import type { NormAsPlan } from '../core/normAs.ts';
import { pickRows } from '../core/pickRows.ts';
import type { DisplacementDirection } from '../core/presets.ts';
import type { Matrix3 } from '../core/rotation.ts';
import type { NormAsSamplePlan, TrainingSource } from '../core/synthesise.ts';
import { type Gpu, grid2d } from './device.ts';

/** Good clouds laid end to end, in the unit ball. */
export interface GpuClouds {
  /** f32 [3N] model units. */
  readonly points: GPUBuffer;
  /** f32 [3N] unit normals. */
  readonly normals: GPUBuffer;
  /** [clouds + 1] first point of each cloud, and N. */
  readonly cloudStarts: Uint32Array;
}

/** The same clouds with their pseudo-anomalies. */
export interface GpuSamples {
  /** f32 [3N] model units, displaced. */
  readonly points: GPUBuffer;
  /** f32 [3N] displaced minus original, model units. */
  readonly targetOffsets: GPUBuffer;
  /** u32 [N] 1 + the cut a point belongs to, counted over the batch; 0: none, or none that was needed. */
  readonly cutOf: GPUBuffer;
  readonly cloudStarts: Uint32Array;
  /** Points in patches that move; those on a patch's rim have a zero target. */
  readonly moved: number;
  dispose(): void;
}

/** A good cloud that stays on the GPU while it is trained on. */
export interface GpuSource {
  readonly host: TrainingSource;
  /** f32 [3N] any unit. */
  readonly points: GPUBuffer;
  /** f32 [3N] unit normals. */
  readonly normals: GPUBuffer;
  dispose(): void;
}

/** One sample to make: from what, and what was drawn for it. */
export interface SampleOrder {
  readonly source: GpuSource;
  readonly plan: NormAsSamplePlan;
}

/** Words of `Cloud` in synth/cut_patch and of `Move` in synth/displace. */
const CLOUD_WORDS = 5;
const MOVE_WORDS = 8;
const DIRECTION: Record<DisplacementDirection, number> = { normal: 0, absoluteNormal: 1, random: 2 };
const IDENTITY: Matrix3 = [1, 0, 0, 0, 1, 0, 0, 0, 1];

/** @throws InvalidInputError when there are not as many normals as points */
export function uploadSource(gpu: Gpu, host: TrainingSource): GpuSource {
  const { length } = host.points;
  if (length !== host.normals.length)
    throw new InvalidInputError('source', `has ${length / 3} points and ${host.normals.length / 3} normals`);
  const points = gpu.upload('source points', host.points);
  const normals = gpu.upload('source normals', host.normals);
  return { host, points, normals, dispose: () => gpu.release(points, normals) };
}

/** What the kernels look up: clouds, their centre ranks, their moves, each cut with a number of its own. */
function tables(cloudStarts: Uint32Array, plans: readonly NormAsPlan[]) {
  const clouds = new Uint32Array(CLOUD_WORDS * plans.length);
  const cuts = plans.reduce((sum, { ranks }) => sum + ranks.length, 0);
  const ranks = new Uint32Array(cuts);
  const moves = new Float32Array(MOVE_WORDS * cuts);
  const moveWords = new Uint32Array(moves.buffer);
  let firstCut = 0;
  plans.forEach((plan, b) => {
    const start = cloudStarts[b]!;
    clouds.set([start, cloudStarts[b + 1]! - start, plan.size, plan.ranks.length, firstCut], CLOUD_WORDS * b);
    ranks.set(plan.ranks, firstCut);
    for (const { patch, axis, alpha, beta, direction } of plan.moves) {
      const at = MOVE_WORDS * (firstCut + patch);
      moves.set([...axis, alpha * beta], at);
      moveWords[at + 4] = DIRECTION[direction];
    }
    firstCut += plan.ranks.length;
  });
  return { clouds, ranks, moves, rounds: Math.max(...plans.map((plan) => plan.ranks.length)) };
}

/**
 * Cuts and moves patches; submitted, not waited for. One dispatch for each patch up to the last that moves,
 * over all clouds at once.
 * @param plans one for each cloud, drawn for its number of points
 * @throws InvalidInputError when there is no cloud
 * @throws CapacityError when the adapter cannot hold the batch
 */
export function displaceGpu(gpu: Gpu, batch: GpuClouds, plans: readonly NormAsPlan[]): GpuSamples {
  const { points, normals, cloudStarts } = batch;
  if (plans.length === 0) throw new InvalidInputError('Norm-AS', 'needs at least one cloud');
  const { clouds, ranks, moves, rounds } = tables(cloudStarts, plans);
  const n = cloudStarts[plans.length]!;
  const scratch: GPUBuffer[] = [];
  const kept: GPUBuffer[] = [];
  const made = (list: GPUBuffer[], buffer: GPUBuffer) => {
    list.push(buffer);
    return buffer;
  };
  try {
    const cloudTable = made(scratch, gpu.upload('clouds', clouds));
    const rankTable = made(scratch, gpu.upload('centre ranks', ranks));
    const moveTable = made(scratch, gpu.upload('moves', moves));
    const centres = made(scratch, gpu.buffer('patch centres', 4 * ranks.length));
    const reach = made(scratch, gpu.buffer('patch reach', 4 * ranks.length));
    const cutOf = made(kept, gpu.buffer('cut of point', 4 * n));
    const displaced = made(kept, gpu.buffer('displaced points', 12 * n));
    const targetOffsets = made(kept, gpu.buffer('target offsets', 12 * n));
    const [gx, gy] = grid2d(gpu, Math.ceil(n / 64));
    const params = gpu.params([n, gx * 64]);
    gpu.run('Norm-AS', (pass) => {
      const cut = gpu.kernel('synth/cut_patch');
      for (let round = 0; round < rounds; round++)
        cut.encode(pass, [gpu.params([round]), cloudTable, rankTable, points, cutOf, centres], plans.length);
      const inputs = [cutOf, centres, moveTable, reach];
      gpu.kernel('synth/reach').encode(pass, [params, points, ...inputs], gx, gy);
      gpu
        .kernel('synth/displace')
        .encode(pass, [params, points, normals, ...inputs, displaced, targetOffsets], gx, gy);
    });
    const moved = plans.reduce((sum, plan) => sum + plan.moves.length * plan.size, 0);
    const dispose = () => gpu.release(...kept);
    return { points: displaced, targetOffsets, cutOf, cloudStarts, moved, dispose };
  } catch (error) {
    gpu.release(...kept);
    throw error;
  } finally {
    gpu.release(...scratch);
  }
}

/** Uniform block of `synth/pose`: where the cloud goes, and the map into the unit ball. */
function poseParams(gpu: Gpu, { source, plan }: SampleOrder, start: number, count: number, threadsX: number) {
  const { rows, pose } = plan;
  const used = rows === null ? source.host.points : pickRows(source.host.points, rows);
  const { centre, radius } = modelFrame(used, 'training cloud');
  const rotation = pose === null ? IDENTITY : poseRotation(pose);
  const affine = [0, 3, 6].flatMap((at) => {
    const [a, b, c] = rotation.slice(at, at + 3).map((v) => v / radius) as [number, number, number];
    return [a, b, c, -(a * centre[0] + b * centre[1] + c * centre[2])];
  });
  const words = [count, start, rows === null ? 0 : 1, threadsX, ...affine, radius];
  const floatAt = Array.from({ length: affine.length + 1 }, (_, i) => 4 + i);
  return gpu.params(words, floatAt);
}

/**
 * The samples of a batch: subset, pose, unit ball, Norm-AS. Submitted, not waited for; the same orders give
 * the same bits on the same device.
 * @throws InvalidInputError for an empty batch or a cloud without extent
 * @throws CapacityError when the adapter cannot hold the batch
 */
export function synthesiseGpu(gpu: Gpu, orders: readonly SampleOrder[]): GpuSamples {
  const cloudStarts = new Uint32Array(orders.length + 1);
  orders.forEach(({ source, plan }, b) => {
    cloudStarts[b + 1] = cloudStarts[b]! + (plan.rows?.length ?? source.host.points.length / 3);
  });
  const bytes = 12 * cloudStarts[orders.length]!;
  const points = gpu.buffer('posed points', bytes);
  const normals = gpu.buffer('posed normals', bytes);
  const subsets: GPUBuffer[] = [];
  try {
    gpu.run('pose', (pass) => {
      orders.forEach((order, b) => {
        const { source, plan } = order;
        const start = cloudStarts[b]!;
        const count = cloudStarts[b + 1]! - start;
        const [gx, gy] = grid2d(gpu, Math.ceil(count / 64));
        const params = poseParams(gpu, order, start, count, gx * 64);
        // Something must be bound even where no subset is read.
        let rows = source.points;
        if (plan.rows !== null) {
          rows = gpu.upload('subset', plan.rows);
          subsets.push(rows);
        }
        const resources = [params, source.points, source.normals, rows, points, normals];
        gpu.kernel('synth/pose').encode(pass, resources, gx, gy);
      });
    });
    const plans = orders.map(({ plan }) => plan.anomaly);
    return displaceGpu(gpu, { points, normals, cloudStarts }, plans);
  } finally {
    gpu.release(points, normals, ...subsets);
  }
}
