/** What page and worker say to each other about good scans and what is judged against them. */

import type { Pose } from '../core/registration/pose.ts';
import type { RegistrationQuality } from '../core/registration/quality.ts';
import type { Analysis, Calibration, ScanSource } from './protocol.ts';

/** What judges a scan by good ones. `universal` and `ensemble` need their network loaded. */
export type DetectorName = 'residual' | 'bank' | 'universal' | 'ensemble';

/** A detector and what it computes with. */
export type DetectorChoice =
  | { readonly name: 'residual' | 'bank' }
  /** @param modelHash of the loaded network */
  | { readonly name: 'universal' | 'ensemble'; readonly modelHash: string };

/** What became of one good scan. */
export interface ReferenceMember {
  readonly name: string;
  /** How it lies on the others, or why it does not. */
  readonly words: string;
  readonly used: boolean;
}

/** Good scans laid on each other, held by the engine. */
export interface ReferenceSummary {
  /** Content hash of the good scans and the detector; names the reference in later calls. */
  readonly hash: string;
  readonly detector: DetectorName;
  readonly members: readonly ReferenceMember[];
  /** Points of the merged surface. */
  readonly points: number;
  /** Source units per model unit. */
  readonly radius: number;
  readonly calibration: Calibration;
}

/** How a scan lies on its reference. Lengths in source units. */
export interface Alignment extends Omit<RegistrationQuality, 'words'> {
  /** Part of the reference that the scan does not show, 0 to 1. */
  readonly unseen: number;
  /** Lays the scan on the first good scan: positions to positions. */
  readonly pose: Pose;
}

export interface ReferenceCalls {
  /** Lays good scans on each other and takes thresholds from them. The same scans again cost nothing. */
  fitReference: {
    params: { readonly good: readonly ScanSource[]; readonly detector: DetectorChoice };
    result: ReferenceSummary;
  };
  /** Judges a scan against a reference that was fitted. */
  analyseAgainst: {
    params: {
      readonly source: ScanSource;
      readonly referenceHash: string;
      readonly detector: DetectorChoice;
    };
    result: Analysis;
  };
  /** The engine forgets it. */
  dropReference: { params: { readonly hash: string }; result: null };
}
