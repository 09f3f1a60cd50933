/**
 * The types everybody speaks. N points, V voxels, K kernel taps, C channels.
 *
 * *Model unit*: the cloud centred and scaled so that its furthest point has radius 1.
 * *Source unit*: what the file had (mm, m, ...).
 */

import type { JudgeRule, ObjectFigures } from './objectRule.ts';

export type Vec3 = readonly [number, number, number];

/** A scan or the vertices of a mesh, as read from a file. */
export interface PointCloud {
  /** Stable within a session; made from the content when it was read from a file. */
  readonly id: string;
  readonly name: string;
  /** [3N] source units, relative to `origin`. */
  readonly positions: Float32Array;
  /** Float64 offset to add to `positions`; keeps georeferenced clouds exact in float32. */
  readonly origin: Vec3;
  /** [3N] unit normals, or null when the file has none. */
  readonly normals: Float32Array | null;
  /** [3N] 0..255 sRGB. */
  readonly colours: Uint8Array | null;
  /** [3F] vertex indices of a mesh's triangles (polygons fanned), or null for a bare cloud. */
  readonly faces: Uint32Array | null;
  /** Further per-point scalars by the name the file gave them, each [N]. */
  readonly attributes: Readonly<Record<string, Float32Array>>;
}

/** Source unit <-> model unit: `model = (source - centre) / radius`. */
export interface ModelFrame {
  /** Source units, relative to the cloud's `origin`, float64. */
  readonly centre: Vec3;
  /** Source units per model unit, float64. */
  readonly radius: number;
}

/** Voxels of one or several clouds (a batch) at stride 1. */
export interface VoxelGrid {
  /** [4V] (batch, x, y, z), in order of first occurrence. */
  readonly coords: Int32Array;
  /** [N] voxel row of each point. */
  readonly pointToVoxel: Uint32Array;
  /** [V] lowest point index in each voxel; the voxel's feature is taken from it. */
  readonly representative: Uint32Array;
  /** Voxel edge, model units. */
  readonly size: number;
}

/** One level of the pyramid: the occupied cells at a tensor stride. */
export interface PyramidLevel {
  /** 1, 2, 4, 8 or 16. */
  readonly stride: number;
  /** [4V] (batch, x, y, z) in units of stride-1 voxels, multiples of `stride`; first-occurrence order. */
  readonly coords: Int32Array;
}

/**
 * Output-stationary kernel map, see `core/indexLaw.ts` for the equation.
 * Forward gathers along it; the transposed operation swaps input and output.
 */
export interface KernelMap {
  readonly taps: number;
  /** [taps * vOut], tap-major: input row that tap k reads for output row o, or -1. */
  readonly source: Int32Array;
  readonly vIn: number;
  readonly vOut: number;
}

/** The plan of one batch: built once, passed explicitly, holds no caches. */
export interface GridPyramid {
  readonly grid: VoxelGrid;
  /** Strides 1, 2, 4, 8, 16. */
  readonly levels: readonly PyramidLevel[];
  /** `parents[l]` [V_l]: row at level l+1 of each voxel of level l. */
  readonly parents: readonly Uint32Array[];
  /** Stem map at stride 1: K^3 of the model's stem kernel (125 for MinkUNet, 27 for the small demo). */
  readonly stem: KernelMap;
  /** 3^3 submanifold maps, one per level. */
  readonly same: readonly KernelMap[];
  /** 2^3 stride-2 maps from level l to l+1; the transposed convolution swaps them. */
  readonly down: readonly KernelMap[];
  readonly batchSize: number;
}

/** Per-point result of one analysis. */
export interface AnomalyMap {
  readonly cloudId: string;
  /** [3N] predicted displacement, model units: point minus where it would be on a good part. */
  readonly offsets: Float32Array;
  /** [N] anomaly score, model units. */
  readonly score: Float32Array;
  /** Mean of `score` unless the model says otherwise. */
  readonly objectScore: number;
  /** How `objectScore` was made. */
  readonly objectRule: JudgeRule;
  /** The scan's score by the other rules. */
  readonly objectFigures: ObjectFigures;
  /** Point threshold, model units; NaN when the model was never calibrated. */
  readonly threshold: number;
  readonly modelHash: string;
}

/** One pseudo-anomalous training cloud. */
export interface TrainingSample {
  /** [3N] model units, displaced. */
  readonly points: Float32Array;
  /** [3N] model units: displaced minus original, zero for unmoved points. */
  readonly targetOffsets: Float32Array;
  /** Indices of the moved points. */
  readonly patch: Uint32Array;
  readonly seed: number;
}

/** Thresholds found on good scans; model units. */
export interface Calibration {
  /** A point above it counts as defective. */
  readonly pointThreshold: number;
  /** A scan whose object score is above it is NOT OK. */
  readonly objectThreshold: number;
  /** The same for the other rules; missing where it was not kept. */
  readonly objectThresholds?: ObjectFigures;
  /** How they were set, in words: "99.9th percentile of 6 good scans". */
  readonly how: string;
}
