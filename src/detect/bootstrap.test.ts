import { describe, expect, it } from 'vitest';
import { RandomStream } from '../core/random.ts';
import { bootstrapIntervals } from './bootstrap.ts';
import { evaluateCategory, type ScoredScan } from './evaluate.ts';

/** Scans of 200 points; a bad one has 20 bad points whose scores lie `shift` higher. */
function scans(good: number, bad: number, shift: number): ScoredScan[] {
  return Array.from({ length: good + bad }, (_, i) => {
    const random = new RandomStream(i + 1);
    const anomalous = i >= good;
    const labels = anomalous ? Uint8Array.from({ length: 200 }, (_, p) => (p < 20 ? 1 : 0)) : null;
    const scores = Float32Array.from({ length: 200 }, (_, p) => random.normal() + (labels?.[p] ? shift : 0));
    const objectScore = random.normal() + (anomalous ? shift : 0);
    return { name: `scan ${i}`, anomalous, objectScore, scores, labels };
  });
}

const options = { resamples: 400, seed: 5 };

describe('bootstrapIntervals', () => {
  it('holds the figure itself, and narrows with more scans', () => {
    const few = scans(12, 12, 0.7);
    const many = scans(60, 60, 0.7);
    for (const set of [few, many]) {
      const figures = evaluateCategory('part', set);
      const { objectAuroc, pointAuroc } = bootstrapIntervals(set, options);
      expect(objectAuroc.low).toBeLessThan(figures.objectAuroc.value);
      expect(objectAuroc.high).toBeGreaterThan(figures.objectAuroc.value);
      expect(pointAuroc.low).toBeLessThan(figures.pointAuroc.value);
      expect(pointAuroc.high).toBeGreaterThan(figures.pointAuroc.value);
    }
    const width = (set: ScoredScan[]) => {
      const { low, high } = bootstrapIntervals(set, options).objectAuroc;
      return high - low;
    };
    expect(width(many)).toBeLessThan(width(few));
  });

  it('is a point where every resample gives the same figure', () => {
    expect(bootstrapIntervals(scans(10, 10, 100), options).pointAuroc).toEqual({ low: 1, high: 1 });
  });

  it('is the same for the same seed', () => {
    const set = scans(5, 5, 1);
    expect(bootstrapIntervals(set, options)).toEqual(bootstrapIntervals(set, options));
    expect(bootstrapIntervals(set, { ...options, seed: 6 })).not.toEqual(bootstrapIntervals(set, options));
  });

  it('is not defined without both classes, or without scans', () => {
    expect(bootstrapIntervals(scans(4, 0, 1), options).objectAuroc.low).toBeNaN();
    expect(bootstrapIntervals([], options).pointAuroc.high).toBeNaN();
  });
});
