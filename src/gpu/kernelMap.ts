/** Kernel maps on the GPU (`shaders/map`): count the pairs, then fill the map and compact its pairs. */

import { type ConvPairs, PAIR_TILE, tapStarts } from '../core/convPairs.ts';
import { LEVELS } from '../core/indexLaw.ts';
import { type Gpu, grid2d } from './device.ts';
import type { ExclusiveSum } from './scan.ts';
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

/** A map of the plan: which levels, which kernel, and where its taps stand among all counted taps. */
export interface CountedMap {
  readonly edge: number;
  readonly inLevel: number;
  readonly outLevel: number;
  readonly firstCount: number;
}

/** The five 3^3 maps, the four 2^3 maps, and the stem's where it is not 3^3; in that order. */
export function planMaps(stemKernel: 3 | 5): { maps: CountedMap[]; taps: number } {
  const maps: CountedMap[] = [];
  let taps = 0;
  const add = (edge: number, inLevel: number, outLevel: number) => {
    maps.push({ edge, inLevel, outLevel, firstCount: taps });
    taps += edge ** 3;
  };
  for (let l = 0; l < LEVELS; l++) add(3, l, l);
  for (let l = 0; l + 1 < LEVELS; l++) add(2, l, l + 1);
  if (stemKernel !== 3) add(stemKernel, 0, 0);
  return { maps, taps };
}

/** Rows one thread of map/count walks. */
const COUNT_ROWS = 32;

/** Encodes the counting of all pairs. @param tapPairs u32 [taps], zero before */
export function encodeCounts(
  gpu: Gpu,
  encoder: GPUCommandEncoder,
  { maps }: { maps: readonly CountedMap[] },
  levels: readonly LevelBuffers[],
  counts: GPUBuffer,
  tapPairs: GPUBuffer,
): void {
  const pass = encoder.beginComputePass({ label: 'count pairs' });
  for (const { edge, inLevel, outLevel, firstCount } of maps) {
    const input = levels[inLevel]!;
    const output = levels[outLevel]!;
    const params = gpu.params([output.capacity, outLevel, input.stride, input.mask, firstCount]);
    gpu
      .kernel('map/count', { EDGE: edge })
      .encode(
        pass,
        [params, counts, output.keys, input.keys, input.table, tapPairs],
        Math.ceil(output.capacity / (64 * COUNT_ROWS)),
        edge ** 3,
      );
  }
  pass.end();
}

/** What filling the maps shares. */
interface FillTools {
  readonly scan: ExclusiveSum;
  /** u32, as long as the largest map. */
  readonly place: GPUBuffer;
  /** Buffers to release once submitted. */
  readonly uploads: GPUBuffer[];
  readonly own: (buffer: GPUBuffer) => GPUBuffer;
}

/** Encodes one map and its pairs. @param allTapPairs pairs per tap of all maps, as counted */
export function encodeMap(
  gpu: Gpu,
  pass: GPUComputePassEncoder,
  { edge, inLevel, outLevel, firstCount }: CountedMap,
  levels: readonly LevelBuffers[],
  counts: readonly number[],
  allTapPairs: Uint32Array,
  { scan, place, uploads, own }: FillTools,
): GpuConvMap {
  const taps = edge ** 3;
  const input = levels[inLevel]!;
  const output = levels[outLevel]!;
  const vOut = counts[outLevel]!;
  const items = taps * vOut;
  const tapPairs = allTapPairs.slice(firstCount, firstCount + taps);
  const tapStart = tapStarts(tapPairs);
  const slots = tapStart[taps]!;
  const map: GpuConvMap = {
    taps,
    vIn: counts[inLevel]!,
    vOut,
    pairs: tapPairs.reduce((sum, n) => sum + n, 0),
    slots,
    tapStart,
    tapPairs,
    source: own(gpu.buffer('map source', 4 * items)),
    pairIn: own(gpu.buffer('pair in', 4 * slots)),
    pairOut: own(gpu.buffer('pair out', 4 * slots)),
    tileTap: own(gpu.buffer('tile tap', (4 * slots) / PAIR_TILE)),
    slotOf: own(gpu.buffer('slot of', 4 * items)),
  };
  const [ix, iy] = grid2d(gpu, Math.ceil(items / 64));
  gpu
    .kernel('map/source', { EDGE: edge })
    .encode(
      pass,
      [
        gpu.params([vOut, input.stride, input.mask, ix * 64]),
        output.keys,
        input.keys,
        input.table,
        map.source,
      ],
      ix,
      iy,
    );
  scan.encode(pass, map.source, place, items, true);
  const padding = gpu.upload('padding', paddingBefore(tapPairs, tapStart));
  const starts = gpu.upload('tap starts', tapStart);
  const sizes = gpu.upload('tap pairs', tapPairs);
  uploads.push(padding, starts, sizes);
  gpu
    .kernel('map/compact')
    .encode(
      pass,
      [gpu.params([vOut, items, ix * 64]), padding, map.source, place, map.pairIn, map.pairOut, map.slotOf],
      ix,
      iy,
    );
  const [sx, sy] = grid2d(gpu, Math.ceil(slots / 64));
  gpu
    .kernel('map/tiles')
    .encode(
      pass,
      [gpu.params([slots, taps, sx * 64]), starts, sizes, map.tileTap, map.pairIn, map.pairOut],
      sx,
      sy,
    );
  return map;
}

/** [taps] padding slots before each tap: its first slot less the pairs before it. */
function paddingBefore(tapPairs: Uint32Array, tapStart: Uint32Array): Uint32Array {
  let pairs = 0;
  return tapPairs.map((n, k) => {
    const padding = tapStart[k]! - pairs;
    pairs += n;
    return padding;
  });
}
