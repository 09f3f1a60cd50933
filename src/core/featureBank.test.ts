/** The memory of good surface: which descriptors it keeps, and how far others are from it. */

import { describe, expect, test } from 'vitest';
import { bankDistances, checkBank, coreset, makeBank } from './featureBank.ts';
import { RandomStream } from './random.ts';

const WIDTH = 40;

function draw(rows: number, seed: number): Float32Array {
  const random = new RandomStream(seed);
  return Float32Array.from({ length: rows * WIDTH }, () => random.normal());
}

/** Plain oracle: all with all. */
function nearest(values: Float32Array, i: number, bank: Float32Array, rows: readonly number[]): number {
  return Math.min(
    ...rows.map((row) =>
      Math.hypot(...Array.from({ length: WIDTH }, (_, d) => values[i * WIDTH + d]! - bank[row * WIDTH + d]!)),
    ),
  );
}

describe('the bank', () => {
  test('tells the distance from the nearest descriptor, like a search over all of them', () => {
    const bank = { width: WIDTH, values: draw(50, 1) };
    const values = draw(30, 2);
    const all = Array.from({ length: 50 }, (_, k) => k);
    bankDistances(bank, values).forEach((distance, i) => {
      expect(distance).toBeCloseTo(nearest(values, i, bank.values, all), 4);
    });
  });

  test('keeps rows that cover the others: each taken one is the furthest from those before', () => {
    const values = draw(60, 3);
    const rows = [...coreset(values, WIDTH, 12)];
    expect(new Set(rows).size).toBe(12);
    for (let k = 1; k < rows.length; k++) {
      const before = rows.slice(0, k);
      const furthest = Math.max(...Array.from({ length: 60 }, (_, i) => nearest(values, i, values, before)));
      expect(nearest(values, rows[k]!, values, before)).toBeCloseTo(furthest, 5);
    }
  });

  test('is the same for the same good scans, and small for many', () => {
    const members = [draw(4000, 4), draw(4000, 5)];
    const bank = makeBank(members, WIDTH);
    expect(bank.values.length).toBe(1500 * WIDTH);
    expect(makeBank(members, WIDTH)).toEqual(bank);
  });

  test('keeps a descriptor that repeats once', () => {
    const one = draw(1, 6);
    const thrice = Float32Array.from([...one, ...one, ...one]);
    expect(makeBank([thrice], WIDTH).values).toEqual(one);
  });

  test('is refused when its numbers are no rows', () => {
    expect(() => checkBank('f', { width: 3, values: new Float32Array(4) })).toThrow(
      'has a bank of 4 numbers, not rows of 3',
    );
    expect(() => checkBank('f', { width: 1, values: Float32Array.of(Number.NaN) })).toThrow('bank');
  });
});
