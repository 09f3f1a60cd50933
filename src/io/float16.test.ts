/** Half precision must lose no more than half precision loses. */

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fromBfloat16, fromFloat16, toFloat16 } from './float16.ts';

test('every one of the 65536 halves comes back', () => {
  for (let bits = 0; bits < 0x10000; bits++) {
    const value = fromFloat16(bits);
    if (Number.isNaN(value)) expect(fromFloat16(toFloat16(value))).toBeNaN();
    else expect(toFloat16(value)).toBe(bits);
  }
});

test('other numbers go to the nearest half', () => {
  fc.assert(
    fc.property(fc.float({ noNaN: true, min: -65503, max: 65503 }), (x) => {
      const bits = toFloat16(x);
      const error = Math.abs(fromFloat16(bits) - x);
      for (const other of [bits - 1, bits + 1].map((b) => fromFloat16(b & 0xffff)))
        expect(Math.abs(other - x) >= error || Number.isNaN(other)).toBe(true);
    }),
    { numRuns: 2000 },
  );
});

test('ties go to even, overflow to infinity', () => {
  expect(fromFloat16(toFloat16(2049))).toBe(2048);
  expect(fromFloat16(toFloat16(2051))).toBe(2052);
  expect(fromFloat16(toFloat16(65519))).toBe(65504);
  expect(fromFloat16(toFloat16(65520))).toBe(Infinity);
  expect(toFloat16(-0)).toBe(0x8000);
});

test('bfloat16 is the upper half of a float32', () => {
  expect(fromBfloat16(0x3f80)).toBe(1);
  expect(fromBfloat16(0xc020)).toBe(-2.5);
  expect(fromBfloat16(0x7fc0)).toBeNaN();
});
