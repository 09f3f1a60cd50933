/**
 * Voxels and levels on the GPU (`shaders/voxel`). Row counts stay there: buffers have the size of what is
 * possible, and the kernels look the counts up. `gpu/pyramid` reads them back once.
 */

import { boundaryTable } from '../core/boundaryTable.ts';
import { LEVELS } from '../core/indexLaw.ts';
import { type Gpu, grid2d } from './device.ts';
import type { ExclusiveSum } from './scan.ts';

/** One level while the pyramid is being built. */
export interface LevelBuffers {
  readonly stride: number;
  /** Rows there can be. */
  readonly capacity: number;
  /** u32 [2 * capacity] packed coordinates of the rows. */
  readonly keys: GPUBuffer;
  /** u32 [slots] row + 1, or 0. */
  readonly table: GPUBuffer;
  /** slots - 1 */
  readonly mask: number;
  /** u32 [items] row of each item: points at stride 1, rows of the finer level above. */
  readonly itemRow: GPUBuffer;
  /** u32 [capacity] first item of each row. */
  readonly representative: GPUBuffer;
}

/** Counters that the kernels share. */
export interface BuildCounters {
  /** u32 [LEVELS] rows per level. */
  readonly counts: GPUBuffer;
  /** u32 [2]: coordinates out of range, table overflows. */
  readonly failures: GPUBuffer;
}

export interface VoxelInput {
  /** f32 [3N] model units. */
  readonly points: GPUBuffer;
  readonly count: number;
  /** [B + 1] first point of each cloud, and N. */
  readonly cloudStarts: Uint32Array;
  readonly voxelSize: number;
  /** Largest |coordinate| that is expected, model units. */
  readonly bound: number;
}

/** Cells per cloud that a level of that stride can have within the bound. */
function cellsWithin({ bound, voxelSize }: VoxelInput, stride: number): number {
  return (2 * Math.ceil(bound / (voxelSize * stride)) + 2) ** 3;
}

function tableSlots(capacity: number): number {
  let slots = 64;
  while (slots < 2 * capacity) slots *= 2;
  return slots;
}

/**
 * Encodes the five levels into `encoder`.
 * @param scratch temporary buffers are added here; release them after submitting
 * @throws CapacityError when the cells do not fit 16 bits or a buffer is too large for the adapter
 */
export function encodeLevels(
  gpu: Gpu,
  encoder: GPUCommandEncoder,
  input: VoxelInput,
  counters: BuildCounters,
  scan: ExclusiveSum,
  scratch: GPUBuffer[],
): LevelBuffers[] {
  const levels: LevelBuffers[] = [];
  let keys = encodeQuantise(gpu, encoder, input, counters, scratch);
  let items = input.count;
  const slotOf = gpu.buffer('slot of item', 4 * items);
  const flags = gpu.buffer('first flags', 4 * items);
  const rowOfFirst = gpu.buffer('row of first', 4 * items);
  scratch.push(slotOf, flags, rowOfFirst);
  for (let level = 0; level < LEVELS; level++) {
    const stride = 1 << level;
    const clouds = input.cloudStarts.length - 1;
    const capacity = Math.min(items, clouds * cellsWithin(input, stride));
    const made = makeLevel(gpu, stride, items, capacity);
    levels.push(made);
    const pass = encoder.beginComputePass({ label: `level ${level}` });
    const [gx, gy] = grid2d(gpu, Math.ceil(items / 64));
    const params = gpu.params([items, level, gx * 64]);
    const run = (name: string, buffers: GPUBuffer[]) =>
      gpu.kernel(name).encode(pass, [params, ...buffers], gx, gy);
    const { counts, failures } = counters;
    gpu
      .kernel('voxel/insert')
      .encode(
        pass,
        [gpu.params([items, level, made.mask, gx * 64]), counts, keys, made.table, slotOf, failures],
        gx,
        gy,
      );
    run('voxel/first', [counts, made.table, slotOf, flags]);
    scan.encode(pass, flags, rowOfFirst, items);
    run('voxel/assign', [
      counts,
      made.table,
      slotOf,
      rowOfFirst,
      keys,
      made.itemRow,
      made.keys,
      made.representative,
    ]);
    const [rx, ry] = grid2d(gpu, Math.ceil(capacity / 64));
    gpu
      .kernel('voxel/table_rows')
      .encode(
        pass,
        [gpu.params([capacity, level, rx * 64]), counts, made.representative, slotOf, made.table],
        rx,
        ry,
      );
    if (level + 1 < LEVELS) {
      const coarse = gpu.buffer('coarse keys', 8 * capacity);
      scratch.push(coarse);
      gpu
        .kernel('voxel/coarsen')
        .encode(
          pass,
          [gpu.params([capacity, level, 2 * stride, rx * 64]), counts, made.keys, coarse],
          rx,
          ry,
        );
      keys = coarse;
      items = capacity;
    }
    pass.end();
  }
  return levels;
}

function makeLevel(gpu: Gpu, stride: number, items: number, capacity: number): LevelBuffers {
  const slots = tableSlots(capacity);
  return {
    stride,
    capacity,
    keys: gpu.buffer('row keys', 8 * capacity),
    table: gpu.buffer('coordinate table', 4 * slots),
    mask: slots - 1,
    itemRow: gpu.buffer('item rows', 4 * items),
    representative: gpu.buffer('representatives', 4 * capacity),
  };
}

/** @returns packed keys of the points */
function encodeQuantise(
  gpu: Gpu,
  encoder: GPUCommandEncoder,
  { points, count, cloudStarts, voxelSize, bound }: VoxelInput,
  { failures }: BuildCounters,
  scratch: GPUBuffer[],
): GPUBuffer {
  const table = boundaryTable(voxelSize, bound);
  const boundaries = gpu.upload('cell boundaries', table.boundaries);
  const starts = gpu.upload('cloud starts', cloudStarts);
  const keys = gpu.buffer('point keys', 8 * count);
  scratch.push(boundaries, starts, keys);
  const [gx, gy] = grid2d(gpu, Math.ceil(count / 64));
  const words = [count, cloudStarts.length - 1, table.kMin, table.boundaries.length, 1 / voxelSize, gx * 64];
  const pass = encoder.beginComputePass({ label: 'quantise' });
  gpu
    .kernel('voxel/quantise')
    .encode(pass, [gpu.params(words, [4]), points, starts, boundaries, keys, failures], gx, gy);
  pass.end();
  return keys;
}
