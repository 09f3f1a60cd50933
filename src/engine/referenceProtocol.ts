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
  /** What the user is told about how it was kept or found; usually nothing. */
  readonly notes: readonly string[];
}

/** A fitted reference that this browser keeps. */
export interface ReferenceRecord {
  readonly id: string;
  /** Names of the good scans in it. */
  readonly good: readonly string[];
  readonly detector: string;
  readonly bytes: number;
  /** Milliseconds since 1970. */
  readonly created: number;
}

/** How a scan lies on its reference. Lengths in source units. */
export interface Alignment extends Omit<RegistrationQuality, 'words'> {
  /** Part of the reference that the scan does not show, 0 to 1. */
  readonly unseen: number;
  /** Lays the scan on the first good scan: positions to positions. */
  readonly pose: Pose;
}

export interface ReferenceCalls {
  /**
   * Lays good scans on each other and takes thresholds from them, unless that was done before, in an earlier
   * visit too. Others compute between two pieces of it.
   */
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
  /** Those that this browser keeps, the newest first. */
  listReferences: { params: Record<string, never>; result: readonly ReferenceRecord[] };
  /** It is fitted again when it is needed. */
  deleteReference: { params: { readonly id: string }; result: null };
  /** The engine forgets it. */
  dropReference: { params: { readonly hash: string }; result: null };
}
