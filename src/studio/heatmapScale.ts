/**
 * The scale of the heatmap. It is absolute and fixed per model, never per scan: stretched to each scan's
 * own minimum and maximum, every good part would glow somewhere.
 */

import type { Calibration } from '../engine/protocol.ts';

/** Model units. */
export interface ScoreRange {
  readonly low: number;
  readonly high: number;
}

export interface HeatmapScale {
  /** Points above it are coloured, model units. */
  readonly threshold: number;
  /** Ends of the colour map, model units. */
  readonly range: ScoreRange;
  /** End of the axis of legend and sliders, model units. */
  readonly axisMax: number;
  /** False when the threshold is only a starting value because the model was never calibrated. */
  readonly calibrated: boolean;
}

/** Smallest and largest displacement of Norm-AS in the paper, model units (METHOD: beta ~ U[0.06, 0.12]). */
const SMALLEST_TAUGHT = 0.06;
const LARGEST_TAUGHT = 0.12;

/** The legend shows a little more than the colours cover. */
const AXIS_MARGIN = 4 / 3;

/** What a model's scale is before the user touches it. */
export function defaultScale(calibration: Calibration | null): HeatmapScale {
  if (calibration === null)
    return {
      threshold: SMALLEST_TAUGHT / 2,
      range: { low: 0, high: LARGEST_TAUGHT },
      axisMax: LARGEST_TAUGHT * AXIS_MARGIN,
      calibrated: false,
    };
  const high = Math.max(3 * calibration.pointThreshold, SMALLEST_TAUGHT / 2);
  return {
    threshold: calibration.pointThreshold,
    range: { low: 0, high },
    axisMax: high * AXIS_MARGIN,
    calibrated: true,
  };
}

/** The model's scale with the user's own threshold and range put over it; the axis grows when needed. */
export function effectiveScale(
  base: HeatmapScale,
  threshold: number | null,
  range: ScoreRange | null,
): HeatmapScale {
  const chosenRange = range ?? base.range;
  const chosenThreshold = threshold ?? base.threshold;
  const reach = Math.max(chosenRange.high, chosenThreshold);
  return {
    threshold: chosenThreshold,
    range: chosenRange,
    axisMax: Math.max(base.axisMax, reach * 1.05),
    calibrated: base.calibrated,
  };
}

/** The range of metrology colours, in tolerances. */
const TOLERANCES_SHOWN = 3;

/** The scale of an inspection against a tolerance. @param tolerance model units, > 0 */
export function toleranceScale(tolerance: number, range: ScoreRange | null): HeatmapScale {
  // The bands outside the tolerance must have some room.
  const high = Math.max(range?.high ?? TOLERANCES_SHOWN * tolerance, 1.05 * tolerance);
  return {
    threshold: tolerance,
    range: { low: 0, high },
    axisMax: Math.max(high, TOLERANCES_SHOWN * tolerance) * AXIS_MARGIN,
    calibrated: true,
  };
}

/** One key press of `,` or `.`: a hundredth of the axis, so that ten presses move visibly. */
export function thresholdStep(scale: HeatmapScale): number {
  return scale.axisMax / 100;
}

/** Where the threshold in force comes from, in words. @param own set by the user */
export function thresholdOrigin(own: boolean, { calibrated }: HeatmapScale): string {
  if (own) return 'set by hand';
  return calibrated ? 'from good scans' : 'a starting value: nothing was calibrated';
}
