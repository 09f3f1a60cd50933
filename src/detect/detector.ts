/** What every instant detector offers: nothing to train, only good scans to compare with. */

import type { FeatureBank } from '../core/featureBank.ts';
import type { JudgeRule } from '../core/objectRule.ts';
import type { GoodCloud, Reference } from '../core/reference.ts';
import type { PointPairs } from '../core/registration/pointPairs.ts';
import type { Pose } from '../core/registration/pose.ts';
import type { RegistrationQuality } from '../core/registration/quality.ts';
import type { Calibration, PointCloud } from '../core/types.ts';

/** What a detector says about one scan. Model units: source units over the reference's radius. */
export interface Detection {
  /** [3N] from the good surface to each point, in the scan's own orientation; model units. */
  readonly offsets: Float32Array;
  /**
   * [N] higher = more anomalous. Model units, weighted by how much good scans differ at that place; of `bank`
   * in multiples of the noise of a good scan.
   */
  readonly score: Float32Array;
  readonly objectScore: number;
  /** How the scan lies on the reference; null from a detector that does not lay scans on it. */
  readonly registration: RegistrationQuality | null;
  /** Lays the scan on the first good scan: positions to positions, source units; null like `registration`. */
  readonly pose: Pose | null;
  /** Part of the reference that the scan does not show, 0 to 1. */
  readonly unseen: number;
}

/** Shapes of good surface, see `core/shapeFeatures`. */
export interface ShapeBank extends FeatureBank {
  /** Edge of the cells that scans are thinned to, model units. */
  readonly cell: number;
  /** What a descriptor distance of 1 is told as, model units; see `detect/bank`. */
  readonly unit: number;
}

/** What one member of an ensemble says of good scans that were left out. */
export interface Usual {
  readonly member: string;
  /** Mean and standard deviation of its point scores. */
  readonly mean: number;
  readonly deviation: number;
  /** Mean of its scores of whole scans. */
  readonly object: number;
}

/** What every detector makes of the good scans. */
export interface FittedDetector {
  /** Name of the detector whose thresholds these are. */
  readonly detector: string;
  readonly reference: Reference;
  /** Thresholds for `Detection.score` and `Detection.objectScore`. */
  readonly calibration: Calibration;
  /** Of detectors that know good surface by its shape. */
  readonly bank?: ShapeBank;
  /** How much of what good scans differ by is slow: 0 of rigid parts to 1, see `engine/evidence`. */
  readonly variation?: number;
  /** Of an ensemble. */
  readonly usual?: readonly Usual[];
}

/**
 * Called between two pieces of a fit.
 * @param next what comes next; @param fraction done, 0 to 1
 * @throws whatever is to end the fit
 */
export type Between = (next: string, fraction: number) => Promise<void>;

export interface Detector<Fitted extends FittedDetector> {
  readonly name: string;
  /** One sentence for whoever chooses between detectors. */
  readonly summary: string;
  /** How `Detection.objectScore` is made of the points' scores. */
  readonly objectRule: JudgeRule;
  /** @throws InvalidInputError for scans that cannot be worked on */
  fit(good: readonly GoodCloud[], between?: Between): Promise<Fitted>;
  /**
   * @param pairs places found on the scan and on the first good scan: alignment then starts there
   * @throws InvalidInputError for a scan of fewer than 128 points
   */
  score(scan: Pick<PointCloud, 'name' | 'positions'>, fitted: Fitted, pairs?: PointPairs): Promise<Detection>;
}
