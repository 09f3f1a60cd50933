import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { InvalidInputError } from './errors.ts';
import { cutPatches, drawCentreRanks, kthSmallest, patchSize } from './patches.ts';
import { RandomStream } from './random.ts';

/** Coordinates on a coarse lattice: duplicates and equal distances everywhere. */
const latticeCloud = fc.array(fc.integer({ min: -3, max: 3 }), { minLength: 60, maxLength: 240 });

test('too few points are refused with the number that is needed, not turned into NaN', () => {
  expect(() => patchSize(127, 64)).toThrow(InvalidInputError);
  expect(() => patchSize(127, 64)).toThrow('needs 128 points');
  expect(patchSize(128, 64)).toBe(2);
  expect(patchSize(8000, 64)).toBe(125);
});

test('quickselect finds what sorting finds, with many equal values', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 1 }), fc.nat(), (values, pick) => {
      const k = pick % values.length;
      const sorted = [...values].sort((a, b) => a - b);
      expect(kthSmallest(Float64Array.from(values), values.length, k)).toBe(sorted[k]);
    }),
  );
});

describe('cutting patches', () => {
  /** Straight from the definition: sort all free rows by (distance, row), take the first m. */
  function oracle(points: Float64Array, size: number, ranks: ArrayLike<number>): number[][] {
    let free = Array.from({ length: points.length / 3 }, (_, i) => i);
    return Array.from({ length: ranks.length }, (_, j) => {
      const centre = free[ranks[j]!]!;
      const distance = (row: number) =>
        [0, 1, 2].reduce((sum, d) => sum + (points[3 * row + d]! - points[3 * centre + d]!) ** 2, 0);
      const near = [...free].sort((a, b) => distance(a) - distance(b) || a - b).slice(0, size);
      free = free.filter((row) => !near.includes(row));
      return near.sort((a, b) => a - b);
    });
  }

  test('gives the m nearest free points, ties to the lower row, every point at most once', () => {
    fc.assert(
      fc.property(
        latticeCloud,
        fc.integer({ min: 1, max: 8 }),
        fc.integer({ min: 0, max: 0xffffffff }),
        (flat, patches, seed) => {
          const points = Float64Array.from(flat.slice(0, flat.length - (flat.length % 3)));
          const n = points.length / 3;
          const size = patchSize(n, patches);
          const ranks = drawCentreRanks(n, size, patches, new RandomStream(seed));
          const cut = cutPatches(points, size, ranks).map(({ rows }) => [...rows]);
          expect(cut).toEqual(oracle(points, size, ranks));
          expect(new Set(cut.flat()).size).toBe(patches * size);
        },
      ),
      { numRuns: 60 },
    );
  });

  test('the first patches do not depend on how many are cut', () => {
    const stream = new RandomStream(3);
    const points = Float64Array.from({ length: 600 }, () => stream.uniform());
    const all = drawCentreRanks(200, 10, 20, new RandomStream(9));
    const few = drawCentreRanks(200, 10, 4, new RandomStream(9));
    expect(cutPatches(points, 10, few)).toEqual(cutPatches(points, 10, all).slice(0, 4));
  });
});
