/**
 * Voxels and levels on the GPU (`shaders/voxel`). Row counts stay there: buffers have the size of what is
 * possible, and the kernels look the counts up. `gpu/pyramid` reads them back once.
 */

import { type BoundaryTable, boundaryTable } from '../core/boundaryTable.ts';
import { LEVELS } from '../core/indexLaw.ts';
import type { BufferScope } from './bufferScope.ts';
import { type Gpu, grid2d } from './device.ts';
import { encodeRanks, makeRanks, type RankBuffers, type RankSpan, rankSpans, wholeSpan } from './rank.ts';

/** One level while the pyramid is being built. */
export interface LevelBuffers {
  readonly stride: number;
  /** What its rows are made from, at most: points at stride 1, rows of the finer level above. */
  readonly items: number;
  /** Rows there can be. */
  readonly capacity: number;
  /** u32 [2 * capacity] packed coordinates of the rows. */
  readonly keys: GPUBuffer;
  /** u32 [slots] row + 1, or 0. */
  readonly table: GPUBuffer;
  /** slots - 1 */
  readonly mask: number;
}

/** Counters that the kernels share. */
export interface BuildCounters {
  /** u32 [LEVELS] rows per level. */
  readonly counts: GPUBuffer;
  /** u32 [3], see `NO_FAILURES`. */
  readonly failures: GPUBuffer;
}

/** First point that is not finite, first point out of bounds (none), items that found no slot (none). */
export const NO_FAILURES = Uint32Array.of(0xffffffff, 0xffffffff, 0);

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

export interface VoxelBuffers {
  readonly levels: readonly LevelBuffers[];
  /** u32 [N] voxel of each point. */
  readonly pointToVoxel: GPUBuffer;
  /** u32 [V], longer than that: first point of each voxel. */
  readonly representative: GPUBuffer;
}

/** Cells that all clouds together can have at that stride. */
function possibleCells({ kMin, boundaries }: BoundaryTable, clouds: number, stride: number): number {
  const kMax = kMin + boundaries.length - 2;
  return clouds * (Math.floor(kMax / stride) - Math.floor(kMin / stride) + 1) ** 3;
}

/** At most half of the slots are taken, so a search always ends. */
function tableSlots(capacity: number): number {
  let slots = 64;
  while (slots < 2 * capacity) slots *= 2;
  return slots;
}

/** What floors packed coordinates to multiples of the stride, see `shaders/shared/coords`. */
function keyMask(stride: number): readonly [number, number] {
  const axis = 0x10000 - stride;
  return [0xffff0000 + axis, 0x10001 * axis];
}

function makeLevels(
  scratch: BufferScope,
  cells: BoundaryTable,
  count: number,
  clouds: number,
): LevelBuffers[] {
  const levels: LevelBuffers[] = [];
  let items = count;
  for (let stride = 1; levels.length < LEVELS; stride *= 2) {
    const capacity = Math.min(items, possibleCells(cells, clouds, stride));
    const slots = tableSlots(capacity);
    levels.push({
      stride,
      items,
      capacity,
      keys: scratch.buffer('row keys', 8 * capacity),
      table: scratch.buffer('coordinate table', 4 * slots),
      mask: slots - 1,
    });
    items = capacity;
  }
  return levels;
}

/**
 * Encodes voxels and levels.
 * @param owned what outlives the build goes here; @param scratch everything else, to release once submitted
 * @throws CapacityError when the cells do not fit 16 bits or a buffer is too large for the adapter
 */
export function encodeLevels(
  gpu: Gpu,
  pass: GPUComputePassEncoder,
  input: VoxelInput,
  counters: BuildCounters,
  scratch: BufferScope,
  owned: BufferScope,
): VoxelBuffers {
  const { count, voxelSize, bound, cloudStarts } = input;
  const cells = boundaryTable(voxelSize, bound);
  const levels = makeLevels(scratch, cells, count, cloudStarts.length - 1);
  const spans = rankSpans(levels.map((level) => level.items));
  const ranks = makeRanks(scratch, wholeSpan(spans));
  const pointToVoxel = owned.buffer('point to voxel', 4 * count);
  const representative = owned.buffer('representatives', 4 * levels[0]!.capacity);
  // What the coarser levels write in turn and nobody needs afterwards.
  const coarseSlots = scratch.buffer('slots of rows', 4 * levels[0]!.capacity);
  const coarseFirst = scratch.buffer('first rows', 4 * levels[0]!.capacity);
  let keys = encodeQuantise(gpu, pass, input, cells, counters, scratch);
  levels.forEach((level, l) => {
    const items =
      l === 0
        ? { keys, slotOf: pointToVoxel, representative }
        : { keys, slotOf: coarseSlots, representative: coarseFirst };
    encodeLevel(gpu, pass, l, level, items, counters, ranks, spans[l]!);
    keys = level.keys;
  });
  const [gx, gy] = grid2d(gpu, Math.ceil(count / 64));
  const params = gpu.params([count, gx * 64]);
  gpu.kernel('voxel/rows').encode(pass, [params, levels[0]!.table, pointToVoxel], gx, gy);
  return { levels, pointToVoxel, representative };
}

interface ItemBuffers {
  /** u32 [2 * items] packed coordinates, not floored to the level's stride. */
  readonly keys: GPUBuffer;
  /** u32 [items], written: slot of each. */
  readonly slotOf: GPUBuffer;
  /** u32 [rows], written: first item of each row. */
  readonly representative: GPUBuffer;
}

/** Insert the items, mark the first of each cell, number those, and put their rows in the table. */
function encodeLevel(
  gpu: Gpu,
  pass: GPUComputePassEncoder,
  l: number,
  level: LevelBuffers,
  { keys, slotOf, representative }: ItemBuffers,
  { counts, failures }: BuildCounters,
  ranks: RankBuffers,
  span: RankSpan,
): void {
  const { items, table, mask } = level;
  const floor = keyMask(level.stride);
  const [gx, gy] = grid2d(gpu, Math.ceil(items / 64));
  const insert = gpu.params([...floor, items, l, mask, gx * 64]);
  gpu.kernel('voxel/insert').encode(pass, [insert, counts, keys, table, slotOf, failures], gx, gy);
  const [wx, wy] = grid2d(gpu, Math.ceil(span.words / 64));
  const first = gpu.params([items, l, span.firstWord, span.words, wx * 64]);
  gpu.kernel('voxel/first').encode(pass, [first, counts, table, slotOf, ranks.words, ranks.sums], wx, wy);
  encodeRanks(gpu, pass, ranks, span, counts, l);
  const assign = gpu.params([...floor, items, span.firstWord, gx * 64]);
  gpu
    .kernel('voxel/assign')
    .encode(pass, [assign, ranks.words, slotOf, keys, table, level.keys, representative], gx, gy);
}

/** @returns packed keys of the points */
function encodeQuantise(
  gpu: Gpu,
  pass: GPUComputePassEncoder,
  { points, count, cloudStarts, voxelSize }: VoxelInput,
  { kMin, boundaries }: BoundaryTable,
  { failures }: BuildCounters,
  scratch: BufferScope,
): GPUBuffer {
  const boundary = scratch.upload('cell boundaries', boundaries);
  const starts = scratch.upload('cloud starts', cloudStarts);
  const keys = scratch.buffer('point keys', 8 * count);
  const [gx, gy] = grid2d(gpu, Math.ceil(count / 64));
  const words = [count, cloudStarts.length - 1, kMin, boundaries.length - 1, 1 / voxelSize, gx * 64];
  gpu
    .kernel('voxel/quantise')
    .encode(pass, [gpu.params(words, [4]), points, starts, boundary, keys, failures], gx, gy);
  return keys;
}
