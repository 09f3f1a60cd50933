import { describe, expect, it } from 'vitest';
import { defaultScale, effectiveScale } from './heatmapScale.ts';

const calibration = { pointThreshold: 0.03, objectThreshold: 0.01, how: 'max of 6 good scans' };

describe('scale of the heatmap', () => {
  it('depends on the model alone: three thresholds wide', () => {
    expect(defaultScale(calibration)).toMatchObject({
      threshold: 0.03,
      range: { low: 0, high: 0.09 },
      calibrated: true,
    });
  });

  it('never stretches the noise of a very sharp model over the whole colour map', () => {
    expect(defaultScale({ ...calibration, pointThreshold: 0.001 }).range.high).toBe(0.03);
  });

  it('says when the threshold is only a starting value', () => {
    expect(defaultScale(null)).toMatchObject({ calibrated: false, threshold: 0.03, range: { high: 0.12 } });
  });

  it('takes the user’s values and keeps them on the axis', () => {
    const base = defaultScale(calibration);
    const scale = effectiveScale(base, 0.5, { low: 0.01, high: 0.02 });
    expect(scale.threshold).toBe(0.5);
    expect(scale.range).toEqual({ low: 0.01, high: 0.02 });
    expect(scale.axisMax).toBeGreaterThan(0.5);
    expect(effectiveScale(base, null, null)).toEqual(base);
  });
});
