import { describe, expect, it } from 'vitest';
import { COLOUR_TABLE_SIZE, cssColour } from './colourMaps.ts';
import { IN_TOLERANCE, toleranceColours } from './toleranceColours.ts';

describe('colours of a tolerance', () => {
  it('are green up to it on both sides, warm above and cold below, in steps outwards', () => {
    const { table, shape } = toleranceColours(0.25);
    const at = (value: number) => cssColour(table, (value + 1) / 2);
    for (const value of [0, 0.24, -0.24]) expect(at(value)).toBe(IN_TOLERANCE);
    expect(at(0.26)).not.toBe(IN_TOLERANCE);
    const redOver = (value: number) => {
      const packed = Number.parseInt(at(value).slice(1), 16);
      return (packed >> 16) - (packed & 255);
    };
    for (const value of [0.3, 0.5, 0.7, 0.99]) {
      expect(redOver(value)).toBeGreaterThan(0);
      expect(redOver(-value)).toBeLessThan(0);
    }
    const seen = new Set(Array.from({ length: COLOUR_TABLE_SIZE }, (_, i) => at((2 * i + 1) / 256 - 1)));
    expect(seen.size).toBe(9);
    expect(shape.edges?.[0]).toBe(0);
    expect(shape.edges?.at(-1)).toBe(1);
    // Every band of the legend has one colour of the table.
    expect(shape.edges).toHaveLength(10);
    expect([...shape.edges!].sort((a, b) => a - b)).toEqual(shape.edges);
  });
});
