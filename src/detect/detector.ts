/** What every instant detector offers: nothing to train, only good scans to compare with. */

import type { ObjectScoreRule } from '../core/objectRule.ts';
import type { GoodCloud, Reference } from '../core/reference.ts';
import type { Pose } from '../core/registration/pose.ts';
import type { RegistrationQuality } from '../core/registration/quality.ts';
import type { Calibration, PointCloud } from '../core/types.ts';

/** What a detector says about one scan. Model units: source units over the reference's radius. */
export interface Detection {
  /** [3N] from the good surface to each point, in the scan's own orientation; model units. */
  readonly offsets: Float32Array;
  /** [N] model units, weighted by how much good scans differ at that place; higher = more anomalous. */
  readonly score: Float32Array;
  readonly objectScore: number;
  readonly registration: RegistrationQuality;
  /** Lays the scan on the first good scan: positions to positions, source units. */
  readonly pose: Pose;
  /** Part of the reference that the scan does not show, 0 to 1. */
  readonly unseen: number;
}

/** What every detector makes of the good scans. */
export interface FittedDetector {
  /** Name of the detector whose thresholds these are. */
  readonly detector: string;
  readonly reference: Reference;
  /** Thresholds for `Detection.score` and `Detection.objectScore`. */
  readonly calibration: Calibration;
}

export interface Detector<Fitted extends FittedDetector> {
  readonly name: string;
  /** One sentence for whoever chooses between detectors. */
  readonly summary: string;
  /** How `Detection.objectScore` is made of the points' scores. */
  readonly objectRule: ObjectScoreRule;
  /** @throws InvalidInputError for scans that cannot be worked on */
  fit(good: readonly GoodCloud[]): Promise<Fitted>;
  /** @throws InvalidInputError for a scan of fewer than 128 points */
  score(scan: Pick<PointCloud, 'name' | 'positions'>, fitted: Fitted): Promise<Detection>;
}
