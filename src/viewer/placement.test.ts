/** Where a second scan is drawn beside the first, and that sections cut both at the same place. */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RandomStream } from '../core/random.ts';
import { applyPose, IDENTITY, randomRotation } from '../core/registration/pose.ts';
import { dot } from '../core/sections.ts';
import { placeBeside, planeBefore } from './placement.ts';

const bounds = (x: number, radius: number) => ({ centre: [x, 0, 0] as const, radius });

describe('a scan beside another', () => {
  it('is drawn in its place and size where both have common coordinates', () => {
    const { kind, placement } = placeBeside(bounds(0, 10), bounds(2, 9), null);
    expect(kind).toBe('in-place');
    expect(placement).toEqual({ bounds: bounds(0, 10), pose: IDENTITY });
  });

  it('is brought to the middle of the first where it lies elsewhere', () => {
    const { kind, placement } = placeBeside(bounds(0, 10), bounds(500, 9), null);
    expect(kind).toBe('middles');
    expect(applyPose(placement.pose, [500, 1, 2])).toEqual([0, 1, 2]);
  });

  it('is as large as the first where one of the two would be a speck', () => {
    expect(placeBeside(bounds(0, 10), bounds(0, 0.01), null)).toEqual({
      kind: 'own-size',
      placement: { bounds: bounds(0, 0.01), pose: IDENTITY },
    });
  });

  it('a plane cuts the same points before and after the motion', () => {
    const number = fc.double({ min: -10, max: 10, noNaN: true });
    const vector = fc.tuple(number, number, number);
    fc.assert(
      fc.property(fc.integer(), vector, vector, vector, number, (seed, t, normal, point, offset) => {
        const pose = { rotation: randomRotation(new RandomStream(seed)), translation: t };
        const moved = planeBefore(pose, { normal, offset });
        const beyond = dot(normal, applyPose(pose, point)) - offset;
        expect(dot(moved.normal, point) - moved.offset).toBeCloseTo(beyond, 7);
      }),
    );
  });
});
