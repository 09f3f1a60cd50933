/** Brings a pyramid back from the GPU, to be compared as a whole with the CPU twin or the golden data. */

import { PAIR_TILE } from '../core/convPairs.ts';
import type { Gpu } from '../gpu/device.ts';
import type { GpuPyramid } from '../gpu/pyramid.ts';
import { readBuffers } from '../gpu/readback.ts';

/** `ConvPairs` and the source of one map. */
export interface DownloadedMap {
  readonly taps: number;
  readonly vIn: number;
  readonly vOut: number;
  readonly pairs: number;
  readonly slots: number;
  readonly tapStart: Uint32Array;
  readonly tapPairs: Uint32Array;
  readonly source: Int32Array;
  readonly pairIn: Uint32Array;
  readonly pairOut: Uint32Array;
  readonly tileTap: Uint32Array;
  readonly slotOf: Int32Array;
}

export interface DownloadedPyramid {
  readonly counts: readonly number[];
  readonly pointToVoxel: Uint32Array;
  readonly representative: Uint32Array;
  /** Stem, the five 3^3 maps, the four 2^3 maps. */
  readonly maps: readonly DownloadedMap[];
}

export async function downloadPyramid(gpu: Gpu, made: GpuPyramid): Promise<DownloadedPyramid> {
  const maps = [made.stem, ...made.same, ...made.down];
  const spans = maps.flatMap(({ taps, vOut, slots, source, pairIn, pairOut, tileTap, slotOf }) => [
    { buffer: source, bytes: 4 * taps * vOut },
    { buffer: pairIn, bytes: 4 * slots },
    { buffer: pairOut, bytes: 4 * slots },
    { buffer: tileTap, bytes: (4 * slots) / PAIR_TILE },
    { buffer: slotOf, bytes: 4 * taps * vOut },
  ]);
  const [rows, first, ...parts] = await readBuffers(gpu, [
    { buffer: made.pointToVoxel, bytes: 4 * made.points },
    { buffer: made.representative, bytes: 4 * made.counts[0]! },
    ...spans,
  ]);
  return {
    counts: made.counts,
    pointToVoxel: new Uint32Array(rows!),
    representative: new Uint32Array(first!),
    maps: maps.map(({ taps, vIn, vOut, pairs, slots, tapStart, tapPairs }, m) => {
      const [source, pairIn, pairOut, tileTap, slotOf] = parts.slice(5 * m, 5 * m + 5);
      return {
        ...{ taps, vIn, vOut, pairs, slots, tapStart, tapPairs },
        source: new Int32Array(source!),
        pairIn: new Uint32Array(pairIn!),
        pairOut: new Uint32Array(pairOut!),
        tileTap: new Uint32Array(tileTap!),
        slotOf: new Int32Array(slotOf!),
      };
    }),
  };
}

/** Where two pyramids differ, in words; empty when they are equal. Quick, unlike a matcher on long arrays. */
export function pyramidDifferences(actual: DownloadedPyramid, expected: DownloadedPyramid): string[] {
  const found: string[] = [];
  const compare = (name: string, a: ArrayLike<number>, b: ArrayLike<number>) => {
    if (a.length !== b.length) found.push(`${name}: ${a.length} values, not ${b.length}`);
    for (let i = 0; i < b.length; i++)
      if (a[i] !== b[i]) {
        found.push(`${name}[${i}]: ${a[i]}, not ${b[i]}`);
        break;
      }
  };
  compare('counts', actual.counts, expected.counts);
  compare('pointToVoxel', actual.pointToVoxel, expected.pointToVoxel);
  compare('representative', actual.representative, expected.representative);
  expected.maps.forEach((map, m) => {
    const made = actual.maps[m]!;
    const sizes = (of: DownloadedMap) => [of.taps, of.vIn, of.vOut, of.pairs, of.slots];
    compare(`map ${m} sizes`, sizes(made), sizes(map));
    for (const key of ['tapStart', 'tapPairs', 'source', 'pairIn', 'pairOut', 'tileTap', 'slotOf'] as const)
      compare(`map ${m} ${key}`, made[key], map[key]);
  });
  return found;
}
