/** What page and worker say to each other about training runs and the models that come of them. */

import type { Architecture, InputKind } from '../core/modelConfig.ts';
import type { TrainingConfig } from '../core/presets.ts';
import type { AnomalyMap, PointCloud } from '../core/types.ts';
import type { MeshUse, ModelSummary } from './protocol.ts';

/** One point of the training curve. */
export interface StepReport {
  /** Steps done, from 1. */
  readonly step: number;
  readonly loss: number;
  readonly dist: number;
  readonly dir: number;
  /** Learning rate of this step. */
  readonly lr: number;
  /** L2 norm of the gradient of all parameters. */
  readonly gradNorm: number;
}

/** `max`: the highest good score. `p99.9`: the 99.9th percentile of the pooled good point scores. */
export type ThresholdRule = 'max' | 'p99.9';

/** Everything a run is set up with but the scans; kept with its checkpoints. */
export interface TrainingSetup {
  /** Name of the model that will come of it. */
  readonly name: string;
  /** What the user picked, for the provenance: "quick look". */
  readonly plan: string;
  /** Null: that of the model it starts from. */
  readonly arch: Architecture | null;
  /** Model units. Null: that of the model it starts from. */
  readonly voxelSize: number | null;
  readonly training: TrainingConfig;
  readonly thresholdRule: ThresholdRule;
  /** Unit of the scans as the user named it, "mm"; empty when nobody has. */
  readonly unit: string;
  /** Steps between previews and validations; null for none. */
  readonly watchEvery: number | null;
}

/** How a file becomes the cloud that the page shows. */
export interface ReadingOptions {
  /** What its coordinates are multiplied by, where the user said that it is in another unit; 1 when left out. */
  readonly scale?: number;
  /** What a mesh is used as; its vertices when left out. */
  readonly mesh?: MeshUse;
}

/** A scan as its file, so that a resumed run reads exactly what the first one read. */
export interface TrainingFile extends ReadingOptions {
  readonly name: string;
  readonly bytes: ArrayBuffer;
}

/** A good scan. */
export interface TrainingScan extends TrainingFile {
  /** `calibrate`: held out, for the thresholds only. */
  readonly role: 'train' | 'calibrate';
  /** Rows labelled as defects: left out of the normal data. */
  readonly defects?: Uint32Array;
  /** Rows marked as normal: hard negatives. */
  readonly normal?: Uint32Array;
}

/** A model to start from: its file, or the id of one in the library. */
export type InitialModel =
  | { readonly kind: 'file'; readonly name: string; readonly bytes: ArrayBuffer }
  | { readonly kind: 'library'; readonly id: string };

/** A new run. */
export interface TrainingStart {
  readonly setup: TrainingSetup;
  readonly scans: readonly TrainingScan[];
  readonly init: InitialModel | null;
  /** A scan to show the heatmap of every `watchEvery` steps, defects and all. */
  readonly preview: TrainingFile | null;
}

/** A run that was begun and has not ended: what is kept of it beside the checkpoint. */
export interface RunRecord {
  readonly id: string;
  readonly setup: TrainingSetup;
  readonly scans: readonly (ReadingOptions & {
    readonly name: string;
    readonly role: TrainingScan['role'];
  })[];
  /** Name of the model it starts from. */
  readonly init: string | null;
  readonly preview: string | null;
  /** Its file among those of the run, where it is not the one that the run began with. */
  readonly previewFile?: string;
  readonly previewOptions?: ReadingOptions;
  /** Milliseconds since 1970. */
  readonly created: number;
  /** Steps in the newest checkpoint. */
  readonly step: number;
  readonly validations: readonly ValidationReport[];
}

/** AUROC over pseudo-defects that are never trained on; null where it is not defined. */
export interface ValidationReport {
  readonly step: number;
  readonly pointAuroc: number | null;
  readonly objectAuroc: number | null;
}

export type TrainingEvent =
  | { readonly kind: 'stage'; readonly stage: string; readonly fraction: number }
  /** Sent once before the first step, with the curve of the steps done before. */
  | { readonly kind: 'begun'; readonly stepsDone: number; readonly history: readonly StepReport[] }
  | {
      readonly kind: 'step';
      readonly report: StepReport;
      /** Of the schedule, from 1. */
      readonly epoch: number;
      readonly secondsPerStep: number;
      readonly pointsPerSecond: number;
      /** Seconds that are left for the steps. */
      readonly eta: number;
      /** Buffers and tensors of the engine. */
      readonly bytes: number;
    }
  | { readonly kind: 'validation'; readonly report: ValidationReport; readonly best: boolean }
  /** The cloud comes with the first one only. */
  | {
      readonly kind: 'preview';
      readonly step: number;
      readonly map: AnomalyMap;
      /** Source units per model unit of the map. */
      readonly radius: number;
      readonly cloud: PointCloud | null;
    }
  | { readonly kind: 'checkpoint'; readonly step: number }
  | { readonly kind: 'paused'; readonly paused: boolean }
  /** Something the user should know; the run goes on. */
  | { readonly kind: 'warning'; readonly text: string };

export type SteerAction = 'pause' | 'resume' | 'finish';

/** A model of the library. */
export interface ModelRecord {
  /** Content hash of weights and config. */
  readonly id: string;
  readonly title: string;
  /** Milliseconds since 1970. */
  readonly created: number;
  /** Of the model file. */
  readonly bytes: number;
  /** data: URL of a picture of a scan it learned from. */
  readonly thumbnail: string | null;
  readonly summary: ModelSummary;
  readonly metrics: ValidationReport | null;
  /** Names of the good scans that are kept with a model that compares with them. */
  readonly good?: readonly string[];
}

export interface TrainingEnd {
  readonly model: ModelRecord;
  /** The model file when it could not be kept, so that it is not lost. */
  readonly unsaved: ArrayBuffer | null;
}

/** What a run of these settings costs here, from a few steps. */
export interface ProbeResult {
  readonly secondsPerStep: number;
  /** Of the whole run without calibration. */
  readonly seconds: number;
  /** Largest sum of buffers and tensors that was seen, for a whole micro-batch. */
  readonly bytes: number;
}

/** One pseudo-anomaly as training makes it. */
export interface DefectPreview {
  /** Posed as the network sees it, in the unit of the scan. */
  readonly cloud: PointCloud;
  /** [3N] model units: what the network shall predict. */
  readonly targetOffsets: Float32Array;
  /** [N] length of the target. */
  readonly score: Float32Array;
  /** Units of the scan per model unit. */
  readonly radius: number;
}

export interface TrainingCalls {
  /** A new run, or the one with this id when `start` is null. Ends with its model. */
  train: { params: { runId: string; start: TrainingStart | null }; result: TrainingEnd };
  /** Answered at once, in the middle of a step too. @returns false when the run is not under way */
  steer: { params: { runId: string; action: SteerAction }; result: boolean };
  /**
   * Another scan to show the heatmap of, or none, from the next step on.
   * @returns false when the run is not under way
   */
  watchScan: { params: { runId: string; scan: TrainingFile | null }; result: boolean };
  /** Runs that have not ended, the oldest first. */
  listRuns: { params: Record<string, never>; result: readonly RunRecord[] };
  /** Forgets a run that is not under way. */
  dropRun: { params: { runId: string }; result: null };
  probe: {
    params: {
      arch: Architecture;
      inputs: InputKind;
      voxelSize: number;
      training: TrainingConfig;
      cloud: PointCloud;
    };
    result: ProbeResult;
  };
  previewDefect: {
    params: { cloud: PointCloud; training: TrainingConfig; seed: number };
    result: DefectPreview;
  };
  listModels: { params: Record<string, never>; result: readonly ModelRecord[] };
  /** The good scans that are kept with a model; none for one that was imported. */
  goodScansOf: {
    params: { id: string };
    result: { readonly scans: readonly { readonly name: string; readonly bytes: ArrayBuffer }[] };
  };
  /** Makes a model of the library ready to score. */
  openModel: { params: { id: string }; result: ModelSummary };
  /** A model file, or a checkpoint of the original. */
  importModel: { params: { name: string; bytes: ArrayBuffer }; result: ModelRecord };
  exportModel: { params: { id: string }; result: { readonly name: string; readonly bytes: ArrayBuffer } };
  renameModel: { params: { id: string; title: string }; result: ModelRecord };
  deleteModel: { params: { id: string }; result: null };
}
