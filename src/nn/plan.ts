/** What the network needs to know about a batch: maps and rows, on whichever backend runs. */

import type { Tensor2D } from './tf.ts';

/**
 * A kernel map as the convolution operations see it. On WebGPU it is a `GpuConvMap`, on wasm a
 * `ConvPairs`; the operations of a backend only ever meet maps of their own backend.
 */
export interface ConvMap {
  readonly taps: number;
  readonly vIn: number;
  readonly vOut: number;
  /** Input-output pairs over all taps. */
  readonly pairs: number;
  /** Slots including padding, see core/convPairs. */
  readonly slots: number;
  /** [taps + 1] first slot of each tap. */
  readonly tapStart: Uint32Array;
  /** [taps] pairs of each tap. */
  readonly tapPairs: Uint32Array;
}

/** Which voxel each point lies in; the concrete form belongs to the backend. */
export interface PointRows {
  readonly points: number;
  readonly voxels: number;
}

/** One batch, ready for the network. Owns everything in it. */
export interface NetPlan {
  /** Voxels per level. */
  readonly counts: readonly number[];
  readonly points: number;
  readonly stem: ConvMap;
  readonly same: readonly ConvMap[];
  readonly down: readonly ConvMap[];
  readonly rows: PointRows;
  /** [V, C] of each voxel's first point: its xyz padded with 0 (C = 4), or its features. */
  readonly features: Tensor2D;
  dispose(): void;
}
