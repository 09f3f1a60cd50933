/** The pyramid and its kernel maps on the GPU: twin of core/pyramid, same field names. */

import { convPairs } from '../core/convPairs.ts';
import { CapacityError, InvalidInputError } from '../core/errors.ts';
import { LEVELS } from '../core/indexLaw.ts';
import type { GridPyramid, KernelMap } from '../core/types.ts';
import { checkBatch } from '../core/voxelise.ts';
import { BufferScope } from './bufferScope.ts';
import type { Gpu } from './device.ts';
import { encodeCounts, encodeMaps, type GpuConvMap, type PlannedMap, planMaps } from './kernelMap.ts';
import { readBuffers } from './readback.ts';
import {
  type BuildCounters,
  encodeLevels,
  type LevelBuffers,
  NO_FAILURES,
  type VoxelInput,
} from './voxelise.ts';

export interface GpuPyramid {
  /** Voxels per level. */
  readonly counts: readonly number[];
  readonly points: number;
  readonly batchSize: number;
  readonly voxelSize: number;
  /** u32 [N] */
  readonly pointToVoxel: GPUBuffer;
  /** u32 [V], possibly longer. */
  readonly representative: GPUBuffer;
  readonly stem: GpuConvMap;
  readonly same: readonly GpuConvMap[];
  readonly down: readonly GpuConvMap[];
  dispose(): void;
}

export interface PyramidOptions extends Omit<VoxelInput, 'bound'> {
  readonly stemKernel: 3 | 5;
  /** Largest |coordinate|, model units: 1 for a framed cloud, a little more once points were displaced. */
  readonly bound?: number;
}

/** Room for displaced points around the unit ball. */
const DEFAULT_BOUND = 2;

/**
 * Builds voxels, levels and maps with ONE readback (row counts and pairs per tap).
 * @throws InvalidInputError when points are not finite or beyond `bound`, or the batch is empty
 * @throws CapacityError when a table or buffer cannot hold the cloud
 */
export async function buildGpuPyramid(gpu: Gpu, options: PyramidOptions): Promise<GpuPyramid> {
  const { count, cloudStarts, voxelSize, stemKernel, bound = DEFAULT_BOUND } = options;
  checkBatch(count, cloudStarts);
  const scratch = new BufferScope(gpu);
  const owned = new BufferScope(gpu);
  try {
    const { maps, taps } = planMaps(stemKernel);
    const counters: BuildCounters = {
      counts: scratch.buffer('rows per level', 4 * LEVELS),
      failures: scratch.upload('failures', NO_FAILURES),
    };
    const tapPairs = scratch.buffer('pairs per tap', 4 * taps);
    const encoder = gpu.device.createCommandEncoder({ label: 'voxels' });
    const pass = encoder.beginComputePass({ label: 'voxels' });
    const made = encodeLevels(gpu, pass, { ...options, bound }, counters, scratch, owned);
    encodeCounts(gpu, pass, maps, made.levels, counters.counts, tapPairs);
    pass.end();
    gpu.device.queue.submit([encoder.finish()]);
    const [countBytes, failureBytes, pairBytes] = await readBuffers(gpu, [
      { buffer: counters.counts, bytes: 4 * LEVELS },
      { buffer: counters.failures, bytes: 4 * NO_FAILURES.length },
      { buffer: tapPairs, bytes: 4 * taps },
    ]);
    throwOnFailure(new Uint32Array(failureBytes!), bound, made.levels);
    const counts = Array.from(new Uint32Array(countBytes!));
    const counted = new Uint32Array(pairBytes!);
    return {
      counts,
      points: count,
      batchSize: cloudStarts.length - 1,
      voxelSize,
      pointToVoxel: made.pointToVoxel,
      representative: made.representative,
      ...fillMaps(gpu, maps, made.levels, counts, counted, scratch, owned),
      dispose: () => owned.release(),
    };
  } catch (error) {
    owned.release();
    throw error;
  } finally {
    scratch.release();
  }
}

function throwOnFailure(failures: Uint32Array, bound: number, levels: readonly LevelBuffers[]): void {
  const [broken, outside, homeless] = failures as unknown as [number, number, number];
  if (broken !== NO_FAILURES[0]) throw new InvalidInputError(`point ${broken}`, 'is not finite');
  if (outside !== NO_FAILURES[1])
    throw new InvalidInputError(
      `point ${outside}`,
      `has a coordinate beyond +-${bound}, where no voxels were planned`,
    );
  // Cannot happen while tables have twice as many slots as rows are possible.
  if (homeless > 0) {
    const { mask } = levels[0]!;
    throw new CapacityError('voxel/insert', mask + 1 + homeless, mask + 1, 'table slots');
  }
}

/** Second half, when the sizes are known. */
function fillMaps(
  gpu: Gpu,
  maps: readonly PlannedMap[],
  levels: readonly LevelBuffers[],
  counts: readonly number[],
  counted: Uint32Array,
  scratch: BufferScope,
  owned: BufferScope,
): Pick<GpuPyramid, 'stem' | 'same' | 'down'> {
  const encoder = gpu.device.createCommandEncoder({ label: 'kernel maps' });
  const pass = encoder.beginComputePass({ label: 'kernel maps' });
  const made = encodeMaps(gpu, pass, maps, levels, counts, counted, scratch, owned);
  pass.end();
  gpu.device.queue.submit([encoder.finish()]);
  const same = made.slice(0, LEVELS);
  const down = made.slice(LEVELS, 2 * LEVELS - 1);
  return { same, down, stem: made[2 * LEVELS - 1] ?? same[0]! };
}

function uploadMap(owned: BufferScope, map: KernelMap): GpuConvMap {
  const pairs = convPairs(map);
  return {
    ...pairs,
    source: owned.upload('map source', map.source),
    pairIn: owned.upload('pair in', pairs.pairIn),
    pairOut: owned.upload('pair out', pairs.pairOut),
    tileTap: owned.upload('tile tap', pairs.tileTap),
    slotOf: owned.upload('slot of', pairs.slotOf),
  };
}

/**
 * Uploads the CPU twin's pyramid: tests, and batches whose coordinates are given.
 * @throws CapacityError when the adapter cannot hold a map
 */
export function pyramidFromCpu(gpu: Gpu, pyramid: GridPyramid): GpuPyramid {
  const { grid } = pyramid;
  const owned = new BufferScope(gpu);
  try {
    const same = pyramid.same.map((map) => uploadMap(owned, map));
    return {
      counts: pyramid.levels.map((level) => level.coords.length / 4),
      points: grid.pointToVoxel.length,
      batchSize: pyramid.batchSize,
      voxelSize: grid.size,
      pointToVoxel: owned.upload('point to voxel', grid.pointToVoxel),
      representative: owned.upload('representative', grid.representative),
      same,
      down: pyramid.down.map((map) => uploadMap(owned, map)),
      stem: pyramid.stem === pyramid.same[0] ? same[0]! : uploadMap(owned, pyramid.stem),
      dispose: () => owned.release(),
    };
  } catch (error) {
    owned.release();
    throw error;
  }
}
