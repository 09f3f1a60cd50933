/** The float32 cell boundaries that the GPU quantises with: one ulp off and a point changes its voxel. */

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { boundaryTable } from './boundaryTable.ts';
import { CapacityError, InvalidInputError } from './errors.ts';
import { quantise } from './indexLaw.ts';

const float32 = new Float32Array(1);
const bits = new Int32Array(float32.buffer);

function nextBelow(x: number): number {
  if (x === 0) return -(2 ** -149);
  float32[0] = x;
  bits[0]! += x > 0 ? -1 : 1;
  return float32[0];
}

test('each boundary is the smallest float32 of its cell, and the cells cover the bound', () => {
  fc.assert(
    fc.property(
      fc.double({ min: 0.004, max: 3, noNaN: true }),
      fc.double({ min: 0.01, max: 2, noNaN: true }),
      (size, bound) => {
        const { kMin, boundaries } = boundaryTable(size, bound);
        boundaries.forEach((x, i) => {
          expect(quantise(x, size)).toBeGreaterThanOrEqual(kMin + i);
          expect(quantise(nextBelow(x), size)).toBeLessThan(kMin + i);
        });
        expect(quantise(-bound, size)).toBe(kMin);
        expect(quantise(bound, size)).toBe(kMin + boundaries.length - 2);
      },
    ),
    { numRuns: 60, seed: 3 },
  );
});

test('a size that is not positive and a grid beyond 16 bits are refused', () => {
  expect(() => boundaryTable(0, 1)).toThrow(InvalidInputError);
  expect(() => boundaryTable(1e-5, 1)).toThrow(CapacityError);
});
