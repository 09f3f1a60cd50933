/**
 * What crosses between the page and the engine worker. Plain data only; typed arrays are transferred.
 * The session implements the same calls in-process, for the command line and the tests.
 */

import type { ErrorValue } from '../core/errors.ts';
import type { ModelConfig } from '../core/modelConfig.ts';
import type { AnomalyMap, Calibration, ModelFrame, PointCloud } from '../core/types.ts';
import type { EvaluationCalls } from './evaluationProtocol.ts';
import type { LabelCalls } from './labelProtocol.ts';
import type { Alignment, ReferenceCalls } from './referenceProtocol.ts';
import type { TrainingCalls, TrainingEvent } from './trainingProtocol.ts';

export type { Calibration } from '../core/types.ts';
export type * from './evaluationProtocol.ts';
export type * from './labelProtocol.ts';
export type * from './referenceProtocol.ts';
export type * from './trainingProtocol.ts';

export type BackendName = 'webgpu' | 'wasm';

/** Which backend runs and what that costs, in words for the status bar. */
export interface EngineInfo {
  readonly backend: BackendName;
  /** "vendor architecture description", or the wasm build ("wasm SIMD, 4 threads"). */
  readonly adapter: string;
  /** True when it computes on the CPU (SwiftShader or wasm). */
  readonly software: boolean;
  /** One sentence: why this backend, what to expect. */
  readonly note: string;
}

/** What the parser met on the way. */
export interface ParseReport {
  readonly format: string;
  /** Points kept. */
  readonly points: number;
  readonly faces: number;
  /** Rows that could not be read, and rows with NaN or infinite coordinates; both left out. */
  readonly skipped: number;
  readonly nan: number;
  readonly warnings: readonly string[];
}

/** Milliseconds. */
export interface Timings {
  readonly parse: number;
  readonly voxelise: number;
  readonly pyramid: number;
  readonly network: number;
  readonly total: number;
}

/** `not-aligned`: the scan does not lie on the good scans, so that its distance from them says nothing. */
export type Verdict = 'ok' | 'not-ok' | 'uncalibrated' | 'not-aligned';

export interface Analysis {
  readonly map: AnomalyMap;
  readonly frame: ModelFrame;
  /** Voxels per level, strides 1..16; empty where several networks or none were asked. */
  readonly voxels: readonly number[];
  readonly verdict: Verdict;
  /** What the verdict was made with; null for a model that was never calibrated. */
  readonly calibration: Calibration | null;
  /** How the scan lies on the good ones; null for a model that judges a scan alone. */
  readonly alignment: Alignment | null;
  readonly timings: Timings;
  readonly backend: BackendName;
  readonly adapter: string;
}

export interface ModelSummary {
  /** Content hash of weights and config, hex. */
  readonly hash: string;
  readonly config: ModelConfig;
  readonly parameters: number;
  readonly calibration: Calibration | null;
  /** Scans, steps, seed, parent..., as the trainer wrote them. */
  readonly provenance: Readonly<Record<string, string | number>>;
}

/** What a mesh is used as: its vertices, or points drawn evenly from its surface (the same for the same seed). */
export type MeshUse =
  | { readonly kind: 'vertices' }
  | {
      readonly kind: 'sample';
      readonly points: number;
      readonly seed: number;
      /** A cloud without triangles is used as it is, without a warning. */
      readonly ifMesh?: true;
    };

/** One entry of an archive, as it lies there. */
export interface PackedEntry {
  readonly packing: 'gzip' | 'deflate';
  /** Bytes unpacked, as the archive says. */
  readonly size: number;
}

/** A file, which is read piece by piece where its format allows that; bytes; or a cloud that is already parsed. */
export type ScanSource =
  | {
      readonly kind: 'blob';
      readonly name: string;
      readonly blob: Blob;
      readonly packed?: PackedEntry;
      readonly mesh?: MeshUse;
    }
  | { readonly kind: 'file'; readonly name: string; readonly bytes: ArrayBuffer; readonly mesh?: MeshUse }
  | { readonly kind: 'cloud'; readonly cloud: PointCloud };

/** Calls of the engine: parameters, result, and what may be reported meanwhile. */
export interface EngineCalls extends TrainingCalls, EvaluationCalls, LabelCalls, ReferenceCalls {
  start: { params: { backend: BackendName | 'auto' }; result: EngineInfo };
  parse: { params: { source: ScanSource }; result: ParsedScan };
  loadModel: { params: { name: string; bytes: ArrayBuffer }; result: ModelSummary };
  /** Parses when needed; the cloud goes out in a `cloud` event before the network has run. */
  analyse: { params: { source: ScanSource; modelHash: string }; result: Analysis };
  /** What is held: for the status bar and the leak tests. */
  memory: { params: Record<string, never>; result: EngineMemory };
}

export interface ParsedScan {
  readonly cloud: PointCloud;
  readonly report: ParseReport;
}

export interface EngineMemory {
  readonly gpuBuffers: number;
  readonly gpuBytes: number;
  readonly tensors: number;
  readonly tensorBytes: number;
}

export type EngineMethod = keyof EngineCalls;

/** 0..1 within a stage; `stage` is a short phrase for the user. */
export interface Progress {
  readonly stage: string;
  readonly fraction: number;
}

export type EngineRequest =
  | {
      [M in EngineMethod]: {
        readonly kind: 'call';
        readonly id: number;
        readonly method: M;
        readonly params: EngineCalls[M]['params'];
      };
    }[EngineMethod]
  | { readonly kind: 'cancel'; readonly id: number };

export type EngineEvent =
  | { readonly kind: 'progress'; readonly id: number; readonly progress: Progress }
  | { readonly kind: 'cloud'; readonly id: number; readonly scan: ParsedScan }
  | { readonly kind: 'training'; readonly id: number; readonly event: TrainingEvent }
  | { readonly kind: 'result'; readonly id: number; readonly result: EngineCalls[EngineMethod]['result'] }
  | { readonly kind: 'error'; readonly id: number; readonly error: ErrorValue }
  /** The device went away; the engine falls back or must be started again. */
  | { readonly kind: 'device-lost'; readonly error: ErrorValue };

/** Options every long call takes. */
export interface CallHooks {
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: Progress) => void;
  readonly onCloud?: (scan: ParsedScan) => void;
  readonly onTraining?: (event: TrainingEvent) => void;
}
