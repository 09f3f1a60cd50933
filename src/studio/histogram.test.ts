import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { countAbove, histogram, ticks } from './histogram.ts';

const scores = fc.float32Array({ min: 0, max: 2, noNaN: true, maxLength: 200 });

describe('histogram of scores', () => {
  it('shows every point exactly once, those beyond the axis apart', () => {
    fc.assert(
      fc.property(scores, fc.integer({ min: 1, max: 64 }), (score, bins) => {
        const h = histogram(score, 1, bins);
        const inside = h.counts.reduce((sum, count) => sum + count, 0);
        expect(inside + h.over).toBe(score.length);
        expect(h.over).toBe(score.filter((s) => s >= 1).length);
        expect(h.peak).toBe(score.reduce((max, s) => Math.max(max, s), 0));
      }),
    );
  });

  it('puts a score into the bin that covers it', () => {
    const h = histogram(Float32Array.of(0, 0.24, 0.25, 0.999999, 1), 1, 4);
    expect([...h.counts]).toEqual([2, 1, 0, 1]);
    expect(h.over).toBe(1);
  });

  it('has both directions where values have a sign', () => {
    const h = histogram(Float32Array.of(-1, -0.6, -0.1, 0, 0.9, 1.5, -3), 1, 4, -1);
    expect([...h.counts]).toEqual([2, 1, 1, 1]);
    expect(h.over).toBe(2);
    expect(h.peak).toBe(3);
  });
});

describe('points above the threshold', () => {
  it('does not count a point exactly at the threshold, even when that is no float32 number', () => {
    const score = Float32Array.of(0.1, 0.1, 0.2);
    expect(countAbove(score, 0.1)).toBe(1);
    expect(countAbove(score, 0.2)).toBe(0);
    expect(countAbove(score, -1)).toBe(3);
  });
});

describe('axis ticks', () => {
  it('are round, start at zero, stay on the axis and are never more than asked for', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 1e-6, max: 1e6, noNaN: true }),
        fc.integer({ min: 3, max: 12 }),
        (max, n) => {
          const all = ticks(max, n);
          expect(all[0]).toBe(0);
          expect(all.length).toBeGreaterThanOrEqual(2);
          expect(all.length).toBeLessThanOrEqual(n + 1);
          expect(all.at(-1)!).toBeLessThanOrEqual(max * (1 + 1e-6));
          const lead = Number(all[1]!.toExponential(3).split('e')[0]);
          expect([1, 2, 5]).toContain(lead);
        },
      ),
    );
  });
});
