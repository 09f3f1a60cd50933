/** Shape features do not change with the pose, hardly with the density, and do change where the shape does. */

import { describe, expect, test } from 'vitest';
import { madePart } from '../testing/madePart.ts';
import { RandomStream } from './random.ts';
import { moveCloud, randomRotation } from './registration/pose.ts';
import { SHAPE_WIDTH, shapeCell, shapeFeatures } from './shapeFeatures.ts';

const part = madePart('bracket', { seed: 1, points: 4000, noise: 0.001 });

function meanOf({ values }: { values: Float32Array }): Float64Array {
  const mean = new Float64Array(SHAPE_WIDTH);
  values.forEach((v, at) => {
    mean[at % SHAPE_WIDTH]! += (v * SHAPE_WIDTH) / values.length;
  });
  return mean;
}
const apart = (a: Float64Array, b: Float64Array) => Math.hypot(...a.map((v, d) => v - b[d]!));

describe('shape features', () => {
  test('a turned scan has those of the scan', async () => {
    const pose = { rotation: randomRotation(new RandomStream(3)), translation: [1, 2, 3] as const };
    const own = meanOf(await shapeFeatures(part, 0.06));
    const turned = meanOf(await shapeFeatures(moveCloud(part, pose), 0.06));
    const other = meanOf(
      await shapeFeatures(madePart('knob', { seed: 1, points: 4000, noise: 0.001 }), 0.06),
    );
    expect(apart(own, turned)).toBeLessThan(0.3 * apart(own, other));
  });

  test('every scale of every place is three histograms of sum 1', async () => {
    const { places, values } = await shapeFeatures(part, 0.06);
    expect(values.length).toBe(SHAPE_WIDTH * places.counts.length);
    for (let at = 0; at < values.length; at += 11)
      expect(values.subarray(at, at + 11).reduce((sum, v) => sum + v, 0)).toBeCloseTo(1, 4);
  });

  test('cells follow the spacing, and a dense scan is thinned to so many places', async () => {
    expect(shapeCell(part, 0.02)).toBe(0.04);
    const dense = madePart('bracket', { seed: 2, points: 12_000, noise: 0.001 });
    const { places } = await shapeFeatures(dense, shapeCell(dense, 0.001));
    expect(places.counts.length).toBeLessThanOrEqual(4500);
  });
});
