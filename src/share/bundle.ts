/** What a shared heatmap holds. Lengths are source units relative to the cloud's origin, scores model units. */

import type { ColourMapId } from '../core/colourMaps.ts';
import type { LabelClass } from '../core/labels/labelSet.ts';
import type { ModelFrame, Vec3 } from '../core/types.ts';
import type { UpAxis } from '../core/upAxis.ts';

export interface BundleView {
  readonly heatmap: boolean;
  readonly colourMap: ColourMapId;
  /** Points above it are coloured. */
  readonly threshold: number;
  /** Ends of the colours. */
  readonly low: number;
  readonly high: number;
  /** Factor on the automatic point size. */
  readonly pointScale: number;
  readonly shading: boolean;
  /** The axis of the file that points up. */
  readonly up: UpAxis;
  /** Drawn without perspective. */
  readonly parallel: boolean;
}

export interface BundleCamera {
  readonly position: Vec3;
  /** What it turns around. */
  readonly target: Vec3;
}

export type BundleVerdict = 'ok' | 'not-ok' | 'uncalibrated' | 'not-aligned';

export interface BundleResult {
  readonly verdict: BundleVerdict;
  readonly objectScore: number;
  /** null when the model was never calibrated. */
  readonly objectThreshold: number | null;
}

export interface BundleProvenance {
  readonly model: string;
  readonly modelHash: string;
  /** How the limits were set, in words. */
  readonly calibration: string;
  readonly studio: string;
  /** Milliseconds since 1970. */
  readonly created: number;
}

/** A plane; what lies on the side its normal points to is cut away. */
export interface BundleSection {
  readonly normal: Vec3;
  /** `normal . x` on the plane. */
  readonly offset: number;
}

export interface BundleRegion {
  readonly name: string;
  readonly centre: Vec3;
  readonly points: number;
  /** Square source units; null when unknown. */
  readonly area: number | null;
  readonly peak: number;
}

export interface BundlePin {
  readonly position: Vec3;
  readonly text: string;
}

export interface BundleLabels {
  readonly classes: readonly LabelClass[];
  /** [N] */
  readonly classOf: Uint8Array;
}

/** N points, in Morton order once read from bytes. */
export interface ShareBundle {
  readonly name: string;
  /** Of lengths: "mm", "file" when nobody has said. */
  readonly unit: string;
  readonly origin: Vec3;
  readonly frame: ModelFrame;
  /** [3N] */
  readonly positions: Float32Array;
  /** [N] */
  readonly score: Float32Array;
  /** [3N] model units: point minus where it would be on a good part; null when left out. */
  readonly offsets: Float32Array | null;
  readonly labels: BundleLabels | null;
  /** Points of the scan before it was thinned; N when it was not. */
  readonly sourcePoints: number;
  readonly view: BundleView;
  readonly camera: BundleCamera | null;
  readonly result: BundleResult;
  readonly provenance: BundleProvenance;
  readonly sections: readonly BundleSection[];
  readonly regions: readonly BundleRegion[];
  readonly pins: readonly BundlePin[];
}

/** Nothing with more points is opened. */
export const MOST_POINTS = 4_000_000;
export const MOST_ENTRIES = 1000;
export const LONGEST_TEXT = 4000;
