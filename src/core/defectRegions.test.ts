import { describe, expect, it } from 'vitest';
import { findDefectRegions, type RegionInput } from './defectRegions.ts';
import { kNearest } from './knn.ts';

const SIDE = 40;

/** A flat plate, one unit between points, with heights above and below it in places. */
function plate(height: (x: number, y: number) => number): Omit<RegionInput, 'threshold' | 'leastPoints'> {
  const cells = Array.from({ length: SIDE * SIDE }, (_, i) => [i % SIDE, Math.floor(i / SIDE)] as const);
  const heights = cells.map(([x, y]) => height(x, y));
  const positions = Float32Array.from(cells.flatMap(([x, y]) => [x, y, 0]));
  return {
    positions,
    score: Float32Array.from(heights, Math.abs),
    offsets: Float32Array.from(heights.flatMap((h) => [0, 0, h])),
    normals: Float32Array.from(cells.flatMap(() => [0, 0, 1])),
    neighbours: kNearest(positions, 8),
  };
}

const inside = (x: number, y: number, cx: number, cy: number, r: number) =>
  (x - cx) ** 2 + (y - cy) ** 2 <= r * r;

describe('findDefectRegions', () => {
  it('lists each defect with its size, place, peak and direction, the worst first', () => {
    const input = plate((x, y) => (inside(x, y, 10, 10, 4) ? 0.5 : inside(x, y, 30, 28, 5) ? -0.8 : 0.01));
    const [dent, bulge, ...more] = findDefectRegions({ ...input, threshold: 0.1, leastPoints: 3 });
    expect(more).toEqual([]);
    expect(dent).toMatchObject({ kind: 'dent', extent: 10 });
    expect(dent!.peakScore).toBeCloseTo(0.8, 6);
    expect(dent!.signed).toBeCloseTo(-0.8, 6);
    expect([...dent!.centre].map(Math.round)).toEqual([30, 28, 0]);
    expect(bulge).toMatchObject({ kind: 'bulge', extent: 8 });
    // A disc of radius 4 around a point: 49 points of one square unit.
    expect(bulge!.rows.length).toBe(49);
    expect(bulge!.area / 49).toBeGreaterThan(0.7);
    expect(bulge!.area / 49).toBeLessThan(1.4);
  });

  it('leaves out specks, and what is at the threshold', () => {
    const input = plate((x, y) => (x === 5 && y === 5 ? 1 : x > 30 ? 0.5 : 0));
    expect(findDefectRegions({ ...input, threshold: 0.5, leastPoints: 3 })).toEqual([]);
    expect(findDefectRegions({ ...input, threshold: 0.5, leastPoints: 1 })).toHaveLength(1);
    expect(findDefectRegions({ ...input, threshold: 0.4, leastPoints: 3 })).toHaveLength(1);
  });

  it('has no direction where the offset runs along the surface', () => {
    const input = plate((x, y) => (inside(x, y, 20, 20, 4) ? 0.5 : 0));
    const along = input.offsets.map((_, i) => (i % 3 === 0 ? input.offsets[i + 2]! : 0));
    const [region] = findDefectRegions({ ...input, offsets: along, threshold: 0.1, leastPoints: 3 });
    expect(region!.kind).toBe('mixed');
  });
});
