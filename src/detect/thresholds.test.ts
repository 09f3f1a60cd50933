import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { quantile } from './quantile.ts';
import { calibrate } from './thresholds.ts';

describe('quantile', () => {
  it('interpolates between order statistics as numpy does', () => {
    const values = Float64Array.of(40, 10, 20, 30);
    expect(quantile(values, 0)).toBe(10);
    expect(quantile(values, 0.5)).toBe(25);
    expect(quantile(values, 0.9)).toBeCloseTo(37, 12);
    expect(quantile(values, 1)).toBe(40);
    expect(quantile(Float64Array.of(7), 0.3)).toBe(7);
  });

  it('never decreases with q and stays within the values', () => {
    const floats = fc.float64Array({ minLength: 1, maxLength: 30, noNaN: true, min: -1e6, max: 1e6 });
    fc.assert(
      fc.property(
        floats,
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (v, a, b) => {
          const [low, high] = [quantile(v, Math.min(a, b)), quantile(v, Math.max(a, b))];
          // Rounding of the interpolation may turn equal values around by an ulp.
          expect(low).toBeLessThanOrEqual(high + 1e-9);
          expect(low).toBeGreaterThanOrEqual(Math.min(...v) - 1e-9);
          expect(high).toBeLessThanOrEqual(Math.max(...v) + 1e-9);
        },
      ),
    );
  });

  it('refuses what has no quantile', () => {
    expect(() => quantile(new Float32Array(0), 0.5)).toThrow('no values');
    expect(() => quantile(Float32Array.of(1, Number.NaN), 0.5)).toThrow('NaN');
    expect(() => quantile(Float32Array.of(1), 1.5)).toThrow('[0, 1]');
  });
});

describe('calibrate', () => {
  const good = [
    { scores: Float32Array.from({ length: 1001 }, (_, i) => i), objectScore: 3 },
    { scores: Float32Array.from({ length: 1000 }, (_, i) => 1000 - i), objectScore: 5 },
  ];
  it('takes the highest good scores, and says so', () => {
    expect(calibrate(good, 'max')).toEqual({
      pointThreshold: 1000,
      objectThreshold: 5,
      // Of 1000 points 10 are the highest hundredth: 991 to 1000. Position 999 * 0.99 = 989.01 of 1 to 1000.
      objectThresholds: { mean: 500.5, top: 995.5, p99: expect.closeTo(990.01, 2), max: 1000 },
      how: 'highest point score and highest object score of 2 good scans',
    });
  });
  it('takes the 99.9th percentile of all points pooled', () => {
    // 2001 values, 0 once and 1..1000 twice: position 2000 * 0.999 = 1998 -> 999.
    const one = calibrate(good, 'p99.9');
    expect(one.pointThreshold).toBe(999);
    expect(one.how).toContain('99.9th percentile');
  });
  it('needs a good scan', () => {
    expect(() => calibrate([], 'max')).toThrow('at least one good scan');
  });
});
