import { describe, expect, it } from 'vitest';
import { COLOUR_MAPS, colourTable, cssColour, nextColourMap, signedColourTable } from './colourMaps.ts';

/** Relative luminance of an sRGB table entry (WCAG 2 definition). */
function luminance(table: Uint8Array, i: number): number {
  const [r, g, b] = [0, 1, 2].map((c) => {
    const v = table[i * 4 + c]! / 255;
    return v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r! + 0.7152 * g! + 0.0722 * b!;
}

describe('colour maps', () => {
  it('has the published end colours of viridis, so a screenshot can be compared with other tools', () => {
    const table = colourTable('viridis');
    expect(cssColour(table, 0)).toBe('#440154');
    expect(cssColour(table, 1)).toBe('#fde725');
    expect(cssColour(table, 0.5)).toBe('#21918c');
  });

  it('orders defects by brightness in every map that claims to be colour-blind safe', () => {
    for (const map of COLOUR_MAPS.filter((m) => m.colourBlindSafe)) {
      const table = colourTable(map.id);
      for (let i = 8; i < 256; i += 8)
        expect(luminance(table, i), `${map.id} at ${i}`).toBeGreaterThan(luminance(table, i - 8));
    }
  });

  it('shows exactly as many colours as a stepped map says, each in a band of equal width', () => {
    const table = colourTable('metrology');
    const widths = new Map<string, number>();
    for (let i = 0; i < 256; i++) {
      const colour = cssColour(table, (i + 0.5) / 256);
      widths.set(colour, (widths.get(colour) ?? 0) + 1);
    }
    expect(widths.size).toBe(12);
    for (const width of widths.values()) expect(Math.abs(width - 256 / 12)).toBeLessThan(1);
  });

  it('is blue for dents, red for bulges, and brightest where there is neither', () => {
    const table = signedColourTable();
    expect(cssColour(table, 0)).toBe('#2166ac');
    expect(cssColour(table, 1)).toBe('#b2182b');
    for (let i = 8; i < 128; i += 8) expect(luminance(table, i)).toBeGreaterThan(luminance(table, i - 8));
    for (let i = 136; i < 256; i += 8) expect(luminance(table, i)).toBeLessThan(luminance(table, i - 8));
  });

  it('gives opaque tables and clamps out-of-range scores to the ends', () => {
    for (const map of COLOUR_MAPS) {
      const table = colourTable(map.id);
      for (let i = 0; i < 256; i++) expect(table[i * 4 + 3]).toBe(255);
      expect(cssColour(table, -3)).toBe(cssColour(table, 0));
      expect(cssColour(table, 9)).toBe(cssColour(table, 1));
    }
  });

  it('visits every map when the key is pressed repeatedly and comes back', () => {
    let id = COLOUR_MAPS[0]!.id;
    const seen = new Set<string>();
    for (const _ of COLOUR_MAPS) {
      seen.add(id);
      id = nextColourMap(id);
    }
    expect(seen.size).toBe(COLOUR_MAPS.length);
    expect(id).toBe(COLOUR_MAPS[0]!.id);
  });
});
