import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { InvalidInputError } from '../core/errors.ts';
import { auroc, rank } from './metrics.ts';
import { perRegionOverlap } from './pro.ts';

const part = (scores: readonly number[], regions: readonly number[]) => ({
  scores: Float32Array.from(scores),
  regions: Int32Array.from(regions),
});

describe('perRegionOverlap', () => {
  it('counts a small region as much as a large one', () => {
    // Four points of region 0 are found, the one of region 1 is not, no good point is: overlap 1/2 from
    // rate 0 on. The lost point lies below every good one, so the overlap stays 1/2 up to the limit.
    const scan = part([9, 9, 9, 9, 0, 1, 2, 3, 4], [0, 0, 0, 0, 1, -1, -1, -1, -1]);
    expect(perRegionOverlap([scan]).value).toBeCloseTo(0.5, 12);
    // The same points as one region: 4 of 5 are found.
    expect(
      perRegionOverlap([part([9, 9, 9, 9, 0, 1, 2, 3, 4], [0, 0, 0, 0, 0, -1, -1, -1, -1])]).value,
    ).toBeCloseTo(0.8, 12);
  });

  it('ends at the limit between two points of the curve', () => {
    // Rates 0, 1/2, 1 with overlaps 0, 0, 1 (a tie of the region with the second good point): up to 3/4 the
    // area is the triangle 1/2 * 1/4 * 1/2.
    const scan = part([5, 3, 3], [-1, -1, 0]);
    expect(perRegionOverlap([scan], 0.75).value).toBeCloseTo(0.0625 / 0.75, 12);
    expect(perRegionOverlap([scan], 0.3).value).toBe(0);
  });

  it('is the AUROC over all rates when there is one region', () => {
    const points = fc.array(fc.tuple(fc.integer({ min: 0, max: 6 }), fc.boolean()), {
      minLength: 2,
      maxLength: 40,
    });
    fc.assert(
      fc.property(points, (pairs) => {
        const scores = pairs.map(([score]) => score);
        const labels = Uint8Array.from(pairs, ([, bad]) => (bad ? 1 : 0));
        const regions = pairs.map(([, bad]) => (bad ? 0 : -1));
        const area = auroc(rank([{ scores: Float32Array.from(scores), labels }]));
        const pro = perRegionOverlap([part(scores, regions)], 1);
        expect(pro.reason === null).toBe(area.reason === null);
        if (area.reason === null) expect(pro.value).toBeCloseTo(area.value, 10);
      }),
    );
  });

  it('keeps regions of different scans apart and pools their good points', () => {
    const a = part([9, 1, 1], [0, -1, -1]);
    const b = part([0, 2, 2], [0, -1, -1]);
    // Region of a found at once, region of b never before the limit: 1/2.
    expect(perRegionOverlap([a, b]).value).toBeCloseTo(0.5, 12);
    expect(perRegionOverlap([a, { scores: Float32Array.of(20), regions: null }], 0.3).value).toBeLessThan(
      0.6,
    );
  });

  it('says why it is not defined, and refuses what does not fit', () => {
    expect(perRegionOverlap([part([1], [-1])]).reason).toBe('no anomalous regions');
    expect(perRegionOverlap([part([1], [0])]).reason).toBe('no good points');
    expect(() => perRegionOverlap([part([1, 2], [0])])).toThrow(InvalidInputError);
    expect(() => perRegionOverlap([part([Number.NaN], [0])])).toThrow(InvalidInputError);
  });
});
