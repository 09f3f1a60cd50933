/** The pyramid and its kernel maps on the GPU: twin of core/pyramid, same field names. */

import { type ConvPairs, convPairs } from '../core/convPairs.ts';
import { CapacityError, InvalidInputError } from '../core/errors.ts';
import { LEVELS } from '../core/indexLaw.ts';
import type { GridPyramid, KernelMap } from '../core/types.ts';
import type { Gpu } from './device.ts';
import { type CountedMap, encodeCounts, encodeMap, type GpuConvMap, planMaps } from './kernelMap.ts';
import { readBuffers } from './readback.ts';
import { ExclusiveSum } from './scan.ts';
import { encodeLevels, type LevelBuffers, type VoxelInput } from './voxelise.ts';

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
 * @throws InvalidInputError when points are not finite or beyond `bound`
 * @throws CapacityError when a table or buffer cannot hold the cloud
 */
export async function buildGpuPyramid(gpu: Gpu, options: PyramidOptions): Promise<GpuPyramid> {
  const { count, stemKernel } = options;
  if (count === 0) throw new InvalidInputError('cloud', 'has no points');
  const owned: GPUBuffer[] = [];
  const scratch: GPUBuffer[] = [];
  const own = (buffer: GPUBuffer) => {
    owned.push(buffer);
    return buffer;
  };
  const scan = new ExclusiveSum(gpu, count);
  let levels: LevelBuffers[] = [];
  try {
    const planned = planMaps(stemKernel);
    const counters = {
      counts: gpu.buffer('level counts', 4 * LEVELS),
      failures: gpu.buffer('failures', 8),
    };
    const tapPairs = gpu.buffer('pairs per tap', 4 * planned.taps);
    scratch.push(counters.counts, counters.failures, tapPairs);
    const encoder = gpu.device.createCommandEncoder({ label: 'pyramid' });
    levels = encodeLevels(gpu, encoder, { bound: DEFAULT_BOUND, ...options }, counters, scan, scratch);
    encodeCounts(gpu, encoder, planned, levels, counters.counts, tapPairs);
    gpu.device.queue.submit([encoder.finish()]);
    const [countBytes, failureBytes, pairBytes] = await readBuffers(gpu, [
      { buffer: counters.counts, bytes: 4 * LEVELS },
      { buffer: counters.failures, bytes: 8 },
      { buffer: tapPairs, bytes: 4 * planned.taps },
    ]);
    throwOnFailure(new Uint32Array(failureBytes!), options);
    const counts = Array.from(new Uint32Array(countBytes!));
    const maps = fillMaps(gpu, planned.maps, levels, counts, new Uint32Array(pairBytes!), own);
    const [first] = levels as [LevelBuffers];
    own(first.itemRow);
    own(first.representative);
    return {
      counts,
      points: count,
      batchSize: options.cloudStarts.length - 1,
      voxelSize: options.voxelSize,
      pointToVoxel: first.itemRow,
      representative: first.representative,
      ...maps,
      dispose: () => gpu.release(...owned),
    };
  } catch (error) {
    gpu.release(
      ...owned.filter((buffer) => buffer !== levels[0]?.itemRow && buffer !== levels[0]?.representative),
    );
    gpu.release(levels[0]?.itemRow, levels[0]?.representative);
    throw error;
  } finally {
    scan.dispose();
    gpu.release(...scratch);
    levels.forEach((level, l) => {
      gpu.release(level.keys, level.table);
      if (l > 0) gpu.release(level.itemRow, level.representative);
    });
  }
}

function throwOnFailure(failures: Uint32Array, { bound = DEFAULT_BOUND, count }: PyramidOptions): void {
  if (failures[0]! > 0)
    throw new InvalidInputError(
      'voxelise',
      `${failures[0]} coordinates are not finite or further than ${bound} from the centre`,
    );
  if (failures[1]! > 0) throw new CapacityError('voxel/insert', count + failures[1]!, count, 'table slots');
}

/** Second half, when the sizes are known. */
function fillMaps(
  gpu: Gpu,
  maps: readonly CountedMap[],
  levels: readonly LevelBuffers[],
  counts: readonly number[],
  tapPairs: Uint32Array,
  own: (buffer: GPUBuffer) => GPUBuffer,
): Pick<GpuPyramid, 'stem' | 'same' | 'down'> {
  const largest = Math.max(...maps.map((map) => map.edge ** 3 * counts[map.outLevel]!));
  const scan = new ExclusiveSum(gpu, largest);
  const place = gpu.buffer('pair places', 4 * largest);
  const uploads: GPUBuffer[] = [];
  try {
    const encoder = gpu.device.createCommandEncoder({ label: 'kernel maps' });
    const pass = encoder.beginComputePass({ label: 'kernel maps' });
    const made = maps.map((map) =>
      encodeMap(gpu, pass, map, levels, counts, tapPairs, { scan, place, uploads, own }),
    );
    pass.end();
    gpu.device.queue.submit([encoder.finish()]);
    const same = made.slice(0, LEVELS);
    const down = made.slice(LEVELS, 2 * LEVELS - 1);
    return { same, down, stem: made[2 * LEVELS - 1] ?? same[0]! };
  } finally {
    scan.dispose();
    gpu.release(place, ...uploads);
  }
}

function uploadMap(gpu: Gpu, map: KernelMap, own: (buffer: GPUBuffer) => GPUBuffer): GpuConvMap {
  const pairs: ConvPairs = convPairs(map);
  return {
    ...pairs,
    source: own(gpu.upload('map source', map.source)),
    pairIn: own(gpu.upload('pair in', pairs.pairIn)),
    pairOut: own(gpu.upload('pair out', pairs.pairOut)),
    tileTap: own(gpu.upload('tile tap', pairs.tileTap)),
    slotOf: own(gpu.upload('slot of', pairs.slotOf)),
  };
}

/** Uploads the CPU twin's pyramid: tests, and batches whose coordinates are given. */
export function pyramidFromCpu(gpu: Gpu, pyramid: GridPyramid): GpuPyramid {
  const { grid } = pyramid;
  const owned: GPUBuffer[] = [];
  const own = (buffer: GPUBuffer) => {
    owned.push(buffer);
    return buffer;
  };
  const same = pyramid.same.map((map) => uploadMap(gpu, map, own));
  return {
    counts: pyramid.levels.map((level) => level.coords.length / 4),
    points: grid.pointToVoxel.length,
    batchSize: pyramid.batchSize,
    voxelSize: grid.size,
    pointToVoxel: own(gpu.upload('point to voxel', grid.pointToVoxel)),
    representative: own(gpu.upload('representative', grid.representative)),
    same,
    down: pyramid.down.map((map) => uploadMap(gpu, map, own)),
    stem: pyramid.stem === pyramid.same[0] ? same[0]! : uploadMap(gpu, pyramid.stem, own),
    dispose: () => gpu.release(...owned),
  };
}
