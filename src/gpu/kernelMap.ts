/** Kernel maps on the GPU (`shaders/map`): count the pairs, then fill the maps and compact their pairs. */

import { type ConvPairs, PAIR_TILE, tapStarts } from '../core/convPairs.ts';
import { LEVELS } from '../core/indexLaw.ts';
import type { BufferScope } from './bufferScope.ts';
import { type Gpu, grid2d } from './device.ts';
import { encodeRanks, makeRanks, type RankBuffers, type RankSpan, rankSpans, wholeSpan } from './rank.ts';
import type { LevelBuffers } from './voxelise.ts';

/** A kernel map with its compacted pairs, core/convPairs; its buffers belong to the pyramid. */
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
}

/** A map of the plan: which levels, which kernel, and where its taps stand among all taps. */
export interface PlannedMap {
  readonly edge: number;
  readonly inLevel: number;
  readonly outLevel: number;
  readonly firstTap: number;
}

/** The five 3^3 maps, the four 2^3 maps, and the stem's where it is not 3^3; in that order. */
export function planMaps(stemKernel: 3 | 5): { maps: PlannedMap[]; taps: number } {
  const maps: PlannedMap[] = [];
  let taps = 0;
  const add = (edge: number, inLevel: number, outLevel: number) => {
    maps.push({ edge, inLevel, outLevel, firstTap: taps });
    taps += edge ** 3;
  };
  for (let l = 0; l < LEVELS; l++) add(3, l, l);
  for (let l = 0; l + 1 < LEVELS; l++) add(2, l, l + 1);
  if (stemKernel !== 3) add(stemKernel, 0, 0);
  return { maps, taps };
}

/** Rows a workgroup of map/count walks for one tap. */
const COUNT_ROWS = 2048;

/** Encodes the counting of pairs, at most up to the centre. @param tapPairs u32 [taps of all maps], zero before */
export function encodeCounts(
  gpu: Gpu,
  pass: GPUComputePassEncoder,
  maps: readonly PlannedMap[],
  levels: readonly LevelBuffers[],
  counts: GPUBuffer,
  tapPairs: GPUBuffer,
): void {
  for (const { edge, inLevel, outLevel, firstTap } of maps) {
    const input = levels[inLevel]!;
    const output = levels[outLevel]!;
    const params = gpu.params([outLevel, input.stride, input.mask, firstTap]);
    const taps = edge === 2 ? 8 : (edge ** 3 - 1) / 2;
    gpu
      .kernel('map/count', { EDGE: edge })
      .encode(
        pass,
        [params, counts, output.keys, input.keys, input.table, tapPairs],
        Math.ceil(output.capacity / COUNT_ROWS),
        taps,
      );
  }
}

/** Pairs per tap of one map, from what was counted up to the centre. */
function completeTaps(
  { edge, firstTap, outLevel }: PlannedMap,
  counted: Uint32Array,
  rows: readonly number[],
) {
  const tapPairs = counted.slice(firstTap, firstTap + edge ** 3);
  if (edge === 2) return tapPairs;
  const centre = (tapPairs.length - 1) / 2;
  tapPairs[centre] = rows[outLevel]!;
  for (let k = 0; k < centre; k++) tapPairs[tapPairs.length - 1 - k] = tapPairs[k]!;
  return tapPairs;
}

/** A map whose size is known, with buffers of that size. */
interface SizedMap extends PlannedMap {
  readonly map: GpuConvMap;
}

function sizeMap(
  planned: PlannedMap,
  rows: readonly number[],
  counted: Uint32Array,
  owned: BufferScope,
): SizedMap {
  const tapPairs = completeTaps(planned, counted, rows);
  const tapStart = tapStarts(tapPairs);
  const taps = tapPairs.length;
  const slots = tapStart[taps]!;
  const vOut = rows[planned.outLevel]!;
  const map: GpuConvMap = {
    taps,
    vIn: rows[planned.inLevel]!,
    vOut,
    pairs: tapPairs.reduce((sum, n) => sum + n, 0),
    slots,
    tapStart,
    tapPairs,
    source: owned.buffer('map source', 4 * taps * vOut),
    pairIn: owned.buffer('pair in', 4 * slots),
    pairOut: owned.buffer('pair out', 4 * slots),
    tileTap: owned.buffer('tile tap', (4 * slots) / PAIR_TILE),
    slotOf: owned.buffer('slot of', 4 * taps * vOut),
  };
  return { ...planned, map };
}

/** TapSlots of `shaders/shared/tap_slots` for the taps of all maps. */
function tapSlots(maps: readonly SizedMap[], taps: number): Uint32Array {
  const words = new Uint32Array(3 * taps);
  let pairsBefore = 0;
  for (const { firstTap, map } of maps)
    map.tapPairs.forEach((pairs, k) => {
      const start = map.tapStart[k]!;
      words.set([start, pairs, start - pairsBefore], 3 * (firstTap + k));
      pairsBefore += pairs;
    });
  return words;
}

/**
 * Encodes all maps and their pairs.
 * @param rows per level; @param counted u32 [taps of all maps], by `encodeCounts`
 * @param owned the maps' buffers go here; @param scratch everything else, to release once submitted
 * @throws CapacityError when a buffer is too large for the adapter
 */
export function encodeMaps(
  gpu: Gpu,
  pass: GPUComputePassEncoder,
  maps: readonly PlannedMap[],
  levels: readonly LevelBuffers[],
  rows: readonly number[],
  counted: Uint32Array,
  scratch: BufferScope,
  owned: BufferScope,
): GpuConvMap[] {
  const sized = maps.map((planned) => sizeMap(planned, rows, counted, owned));
  const taps = scratch.upload('tap slots', tapSlots(sized, counted.length));
  const spans = rankSpans(sized.map(({ map }) => map.taps * map.vOut));
  const all = wholeSpan(spans);
  const ranks = makeRanks(scratch, all);
  sized.forEach((map, m) => {
    encodeSource(gpu, pass, map, levels, ranks, spans[m]!);
  });
  encodeRanks(gpu, pass, ranks, all, scratch.buffer('pairs of all maps', 4), 0);
  sized.forEach((map, m) => {
    encodePairs(gpu, pass, map, taps, ranks, spans[m]!);
  });
  return sized.map(({ map }) => map);
}

function encodeSource(
  gpu: Gpu,
  pass: GPUComputePassEncoder,
  { edge, inLevel, outLevel, map }: SizedMap,
  levels: readonly LevelBuffers[],
  ranks: RankBuffers,
  { firstWord, words }: RankSpan,
): void {
  const input = levels[inLevel]!;
  const [wx, wy] = grid2d(gpu, Math.ceil(words / 64));
  const params = gpu.params([map.vOut, input.stride, input.mask, firstWord, words, wx * 64]);
  const buffers = [levels[outLevel]!.keys, input.keys, input.table, map.source, ranks.words, ranks.sums];
  gpu.kernel('map/source', { EDGE: edge }).encode(pass, [params, ...buffers], wx, wy);
}

function encodePairs(
  gpu: Gpu,
  pass: GPUComputePassEncoder,
  { firstTap, map }: SizedMap,
  taps: GPUBuffer,
  ranks: RankBuffers,
  { firstWord }: RankSpan,
): void {
  const { vOut, slots, source, pairIn, pairOut, slotOf, tileTap } = map;
  const items = map.taps * vOut;
  const [ix, iy] = grid2d(gpu, Math.ceil(items / 64));
  const compact = gpu.params([vOut, items, firstWord, firstTap, ix * 64]);
  gpu
    .kernel('map/compact')
    .encode(pass, [compact, taps, source, ranks.words, pairIn, pairOut, slotOf], ix, iy);
  const tiles = slots / PAIR_TILE;
  const [tx, ty] = grid2d(gpu, Math.ceil(tiles / 64));
  const tile = gpu.params([tiles, firstTap, map.taps, tx * 64]);
  gpu.kernel('map/tiles').encode(pass, [tile, taps, tileTap, pairIn, pairOut], tx, ty);
}
