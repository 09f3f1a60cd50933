/** The compacted pairs against the map they come from: a lost pair would silently drop a neighbour. */

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { convPairs, NO_ROW, PAIR_TILE } from './convPairs.ts';
import type { KernelMap } from './types.ts';

const maps: fc.Arbitrary<KernelMap> = fc
  .record({
    taps: fc.constantFrom(1, 8, 27),
    vIn: fc.integer({ min: 1, max: 90 }),
    vOut: fc.integer({ min: 1, max: 90 }),
  })
  .chain(({ taps, vIn, vOut }) =>
    fc
      .array(fc.integer({ min: -1, max: vIn - 1 }), { minLength: taps * vOut, maxLength: taps * vOut })
      .map((source) => ({ taps, vIn, vOut, source: Int32Array.from(source) })),
  );

test('tap by tap the slots are the pairs by ascending output row, then padding to whole tiles', () => {
  fc.assert(
    fc.property(maps, (map) => {
      const made = convPairs(map);
      const { taps, vOut } = map;
      const pairIn: number[] = [];
      const pairOut: number[] = [];
      const tileTap: number[] = [];
      const slotOf: number[] = [];
      const tapStart: number[] = [];
      const tapPairs: number[] = [];
      for (let k = 0; k < taps; k++) {
        tapStart.push(pairIn.length);
        for (let o = 0; o < vOut; o++) {
          const i = map.source[k * vOut + o]!;
          slotOf.push(i < 0 ? -1 : pairIn.length);
          if (i < 0) continue;
          pairIn.push(i);
          pairOut.push(o);
        }
        tapPairs.push(pairIn.length - tapStart[k]!);
        while (pairIn.length % PAIR_TILE !== 0) {
          pairIn.push(NO_ROW);
          pairOut.push(NO_ROW);
        }
        while (tileTap.length < pairIn.length / PAIR_TILE) tileTap.push(k);
      }
      expect({ ...made }).toEqual({
        taps,
        vIn: map.vIn,
        vOut,
        pairs: tapPairs.reduce((sum, n) => sum + n, 0),
        slots: pairIn.length,
        tapStart: Uint32Array.from([...tapStart, pairIn.length]),
        tapPairs: Uint32Array.from(tapPairs),
        pairIn: Uint32Array.from(pairIn),
        pairOut: Uint32Array.from(pairOut),
        tileTap: Uint32Array.from(tileTap),
        slotOf: Int32Array.from(slotOf),
      });
    }),
    { numRuns: 100, seed: 2 },
  );
});
