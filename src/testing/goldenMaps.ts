/** Compares levels and kernel maps with the original's, whatever built them (golden/SPEC.md sections 1 and 3). */

import { expect } from 'vitest';
import { fmix32 } from '../core/random.ts';
import type { KernelMap, PyramidLevel } from '../core/types.ts';
import type { Bundle } from './golden.ts';
import { canonicalRank } from './goldenEval.ts';

/** [4V] in the golden data's canonical row order. */
export function canonicalCoords(coords: Int32Array): Int32Array {
  const result = new Int32Array(coords.length);
  canonicalRank(coords).forEach((to, from) => {
    result.set(coords.subarray(4 * from, 4 * from + 4), 4 * to);
  });
  return result;
}

/** Checksum of golden/SPEC.md section 3, over canonical rows. */
function checksum(map: KernelMap, rankIn: Uint32Array, rankOut: Uint32Array): number {
  let sum = 0;
  for (let k = 0; k < map.taps; k++)
    for (let o = 0; o < map.vOut; o++) {
      const i = map.source[k * map.vOut + o]!;
      if (i >= 0) sum = (sum + fmix32((fmix32((fmix32(k) + rankIn[i]!) >>> 0) + rankOut[o]!) >>> 0)) >>> 0;
    }
  return sum;
}

function pairsPerTap(map: KernelMap): number[] {
  return Array.from(
    { length: map.taps },
    (_, k) => map.source.subarray(k * map.vOut, (k + 1) * map.vOut).filter((row) => row >= 0).length,
  );
}

export interface Maps {
  readonly stem: KernelMap;
  readonly same: readonly KernelMap[];
  readonly down: readonly KernelMap[];
}

/** @param levels whose rows the maps speak of; the stem is 5^3 */
export function expectGoldenMaps(bundle: Bundle, levels: readonly PyramidLevel[], maps: Maps): void {
  const stored = bundle.meta.kernel_maps as Record<string, { checksum: number }>;
  const ranks = levels.map((level) => canonicalRank(level.coords));
  const expectMap = (name: string, map: KernelMap, from: number, to: number) => {
    expect(pairsPerTap(map), name).toEqual(Array.from(bundle.i32(`kmap_${name}_counts`)));
    expect(checksum(map, ranks[from]!, ranks[to]!), name).toBe(stored[name]!.checksum >>> 0);
  };
  expectMap('k5s1_1_1', maps.stem, 0, 0);
  maps.same.forEach((map, l) => {
    expectMap(`k3s1_${2 ** l}_${2 ** l}`, map, l, l);
  });
  maps.down.forEach((map, l) => {
    expectMap(`k2s2_${2 ** l}_${2 ** (l + 1)}`, map, l, l + 1);
  });
}
