/** Thinning while the view moves: fair, complete, and as much as the machine manages. */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DrawBudget } from './drawBudget.ts';
import { PASSES, pointOrder } from './pointOrder.ts';

describe('the order of points', () => {
  it('has every point once, in passes without gaps', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 3000 }), (count) => {
        const { indices, ends } = pointOrder(count);
        expect([...indices].sort((a, b) => a - b)).toEqual(Array.from({ length: count }, (_, i) => i));
        expect([ends[0], ends[PASSES]]).toEqual([0, count]);
        for (let pass = 0; pass < PASSES; pass++) {
          const taken = indices.subarray(ends[pass], ends[pass + 1]);
          expect([...taken]).toEqual([...taken].sort((a, b) => a - b));
        }
      }),
    );
  });

  it('takes evenly from rows and columns of a scanner, whatever their length', () => {
    for (const columns of [64, 96, 128, 1000, 1024]) {
      const { indices, ends } = pointOrder(columns * 512);
      const perColumn = new Uint32Array(columns);
      for (const index of indices.subarray(0, ends[8])) perColumn[index % columns]!++;
      const expected = (512 * 8) / PASSES;
      // Counts of a fair sample scatter by about the root of their mean.
      const scatter = Math.sqrt(perColumn.reduce((sum, n) => sum + (n - expected) ** 2, 0) / columns);
      expect(scatter, `${columns} columns`).toBeLessThan(2 * Math.sqrt(expected));
      expect(Math.min(...perColumn), `${columns} columns`).toBeGreaterThan(expected / 4);
    }
  });
});

describe('the budget of a frame', () => {
  it('falls until frames come in time, rises again, and is never nothing', () => {
    const budget = new DrawBudget(40);
    const count = 10_000_000;
    const drawn = () => (budget.passes(count) / PASSES) * count;
    const before = budget.passes(count);
    for (let i = 0; i < 100; i++) budget.note(200, drawn());
    expect(budget.passes(count)).toBe(1);
    for (let i = 0; i < 100; i++) budget.note(8, drawn());
    expect(budget.passes(count)).toBeGreaterThan(before);
    expect(budget.passes(count)).toBeLessThanOrEqual(PASSES);
    expect(budget.passes(1000)).toBe(PASSES);
  });

  it('does not take a quick frame with few points for a fast machine', () => {
    const budget = new DrawBudget(40);
    for (let i = 0; i < 1000; i++) budget.note(5, 7000);
    expect(budget.passes(100_000_000)).toBeLessThan(2);
  });
});
