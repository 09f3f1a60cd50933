import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { COLOUR_MAPS, colourTable } from '../../core/colourMaps.ts';
import { barsPath, countTicks, gradientStops, logHeight, toPixels, toValue } from './axis.ts';

describe('legend', () => {
  it('puts a dragged handle back where it was dropped', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 1e-3, max: 10, noNaN: true }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (max, share) => {
          const axis = { min: 0, max, width: 640 };
          expect(toValue(axis, toPixels(axis, share * max))).toBeCloseTo(share * max, 9);
        },
      ),
    );
  });

  it('keeps handles on the axis when the mouse leaves it', () => {
    const axis = { min: 0, max: 0.1, width: 100 };
    expect(toValue(axis, -20)).toBe(0);
    expect(toValue(axis, 400)).toBe(0.1);
    expect(toPixels(axis, 5)).toBe(100);
    const signed = { min: -0.1, max: 0.1, width: 100 };
    expect(toPixels(signed, 0)).toBe(50);
    expect(toValue(signed, 0)).toBe(-0.1);
  });

  it('shows a bin with a single point beside one with ten thousand', () => {
    expect(logHeight(1, 10_000) * 100).toBeGreaterThan(5);
    expect(logHeight(0, 10_000)).toBe(0);
    expect(logHeight(10_000, 10_000)).toBe(1);
    const counts = Uint32Array.of(0, 1, 100);
    expect(barsPath({ counts, max: 1, over: 0, peak: 1 }, 30, 50, 100)).toMatch(/^M10\.00 50V\S+H20\.00/);
  });

  it('labels the counts without letting labels touch, however low the drawing is', () => {
    expect(countTicks(5000, 100)).toEqual([1, 10, 100, 1000]);
    for (const height of [20, 60, 300])
      for (const highest of [0, 1, 9, 5000, 3e6]) {
        const tops = countTicks(highest, height).map((count) => height * (1 - logHeight(count, highest)));
        // The first decade, from 1 to 10 points, is drawn a little lower than the others.
        for (let i = 1; i < tops.length; i++) expect(tops[i - 1]! - tops[i]!).toBeGreaterThan(9);
      }
  });

  it('draws hard edges for a stepped map and a smooth run for the others', () => {
    for (const map of COLOUR_MAPS) {
      const stops = gradientStops(colourTable(map.id), map);
      expect(stops[0]!.offset).toBe(0);
      expect(stops.at(-1)!.offset).toBe(1);
      if (map.steps !== null) expect(stops).toHaveLength(2 * map.steps);
    }
  });
});
