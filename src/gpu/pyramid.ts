/** The pyramid and its kernel maps on the GPU: twin of core/pyramid with the same field names. */

import { type ConvPairs, convPairs } from '../core/convPairs.ts';
import type { GridPyramid, KernelMap } from '../core/types.ts';
import type { Gpu } from './device.ts';

/** A kernel map with its compacted pairs, core/convPairs. */
export interface GpuConvMap
  extends Pick<ConvPairs, 'taps' | 'vIn' | 'vOut' | 'pairs' | 'slots' | 'tapStart' | 'tapPairs'> {
  /** i32 [taps * vOut] */
  readonly source: GPUBuffer;
  /** u32 [slots] */
  readonly pairIn: GPUBuffer;
  /** u32 [slots] */
  readonly pairOut: GPUBuffer;
  /** u32 [slots / PAIR_TILE] */
  readonly tileTap: GPUBuffer;
  /** i32 [taps * vOut] */
  readonly slotOf: GPUBuffer;
  dispose(): void;
}

export interface GpuPyramid {
  /** Voxels per level. */
  readonly counts: readonly number[];
  readonly points: number;
  readonly batchSize: number;
  readonly voxelSize: number;
  /** u32 [N] */
  readonly pointToVoxel: GPUBuffer;
  /** u32 [V] */
  readonly representative: GPUBuffer;
  /** Per level i32 [4V]. */
  readonly coords: readonly GPUBuffer[];
  readonly stem: GpuConvMap;
  readonly same: readonly GpuConvMap[];
  readonly down: readonly GpuConvMap[];
  dispose(): void;
}

function uploadMap(gpu: Gpu, map: KernelMap): GpuConvMap {
  const pairs = convPairs(map);
  const source = gpu.upload('map source', map.source);
  const pairIn = gpu.upload('pair in', pairs.pairIn);
  const pairOut = gpu.upload('pair out', pairs.pairOut);
  const tileTap = gpu.upload('tile tap', pairs.tileTap);
  const slotOf = gpu.upload('slot of', pairs.slotOf);
  return {
    ...pairs,
    source,
    pairIn,
    pairOut,
    tileTap,
    slotOf,
    dispose: () => gpu.release(source, pairIn, pairOut, tileTap, slotOf),
  };
}

/** Uploads the CPU twin's pyramid. */
export function pyramidFromCpu(gpu: Gpu, pyramid: GridPyramid): GpuPyramid {
  const { grid } = pyramid;
  const same = pyramid.same.map((map) => uploadMap(gpu, map));
  const down = pyramid.down.map((map) => uploadMap(gpu, map));
  const stem = pyramid.stem === pyramid.same[0] ? same[0]! : uploadMap(gpu, pyramid.stem);
  const pointToVoxel = gpu.upload('point to voxel', grid.pointToVoxel);
  const representative = gpu.upload('representative', grid.representative);
  const coords = pyramid.levels.map((level) => gpu.upload('coords', level.coords));
  return {
    counts: pyramid.levels.map((level) => level.coords.length / 4),
    points: grid.pointToVoxel.length,
    batchSize: pyramid.batchSize,
    voxelSize: grid.size,
    pointToVoxel,
    representative,
    coords,
    stem,
    same,
    down,
    dispose: () => {
      for (const map of new Set([stem, ...same, ...down])) map.dispose();
      gpu.release(pointToVoxel, representative, ...coords);
    },
  };
}
