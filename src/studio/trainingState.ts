/** What Train mode knows: how the next run is set up, the runs, the models of this browser. */

import type { ErrorValue } from '../core/errors.ts';
import type { PointCloud } from '../core/types.ts';
import type {
  ModelRecord,
  ProbeResult,
  ReferenceRecord,
  StepReport,
  TrainingSetup,
  ValidationReport,
} from '../engine/protocol.ts';
import { type PlanId, planOf, type TrainingRecipe } from './trainingPlans.ts';

export type { ModelRecord, ReferenceRecord };

export type TrainingTab = 'setup' | 'runs' | 'models';

/** What an open scan is used for. */
export type ScanRole = 'train' | 'calibrate' | 'unused';

/** Where the weights come from. */
export type TrainingBase = { readonly kind: 'scratch' } | { readonly kind: 'library'; readonly id: string };

export interface TrainingDraft {
  readonly name: string;
  readonly base: TrainingBase;
  readonly plan: PlanId;
  readonly recipe: TrainingRecipe;
  /** Chosen by the user; other scans have the role of `defaultRole`. */
  readonly roles: Readonly<Record<string, ScanRole>>;
  /** Scan whose heatmap is shown while it trains; null = none. */
  readonly previewId: string | null;
}

export type Estimate =
  | { readonly phase: 'measuring' }
  | { readonly phase: 'known'; readonly result: ProbeResult }
  | { readonly phase: 'failed'; readonly error: ErrorValue };

export type RunStatus =
  | { readonly kind: 'queued' }
  | { readonly kind: 'running' }
  | { readonly kind: 'paused' }
  /** The engine was lost; it goes on as soon as there is one again. */
  | { readonly kind: 'waiting' }
  /** Found in this browser: the page was closed or crashed while it ran. */
  | { readonly kind: 'interrupted' }
  | { readonly kind: 'done'; readonly modelId: string }
  | { readonly kind: 'cancelled' }
  | { readonly kind: 'failed'; readonly error: ErrorValue };

/** The newest of what a step reports. */
export interface RunPace {
  readonly epoch: number;
  readonly secondsPerStep: number;
  readonly pointsPerSecond: number;
  readonly eta: number;
  readonly bytes: number;
}

export interface TrainingRun {
  readonly id: string;
  readonly setup: TrainingSetup;
  readonly scans: readonly string[];
  /** Name of the model it starts from. */
  readonly init: string | null;
  /** Name of the scan that is watched. */
  readonly preview: string | null;
  readonly status: RunStatus;
  /** What goes on beside the steps: preparing, calibrating; empty during steps. */
  readonly stage: string;
  readonly stepsDone: number;
  /** Steps in the newest checkpoint. */
  readonly saved: number;
  readonly history: readonly StepReport[];
  readonly validations: readonly ValidationReport[];
  readonly pace: RunPace | null;
  readonly warnings: readonly string[];
}

/** What the viewport shows in Train mode in place of the open scan. */
export interface TrainingStage {
  readonly kind: 'defect' | 'preview';
  readonly cloud: PointCloud;
  /** [N] model units. */
  readonly score: Float32Array;
  /** [3N] model units; what the arrows show. */
  readonly offsets: Float32Array;
  /** Source units per model unit. */
  readonly radius: number;
  readonly caption: string;
}

export interface StorageUse {
  readonly usage: number;
  readonly quota: number;
  /** False: the browser may throw the files away when the disk is full. */
  readonly persistent: boolean;
}

export interface TrainingState {
  readonly tab: TrainingTab;
  readonly draft: TrainingDraft;
  /** By `estimateKey`. */
  readonly estimates: Readonly<Record<string, Estimate>>;
  /** The next one to run first. */
  readonly runs: readonly TrainingRun[];
  /** The run whose curves are shown. */
  readonly shownRun: string | null;
  readonly models: readonly ModelRecord[];
  /** Fitted good scans that this browser keeps. */
  readonly references: readonly ReferenceRecord[];
  readonly stage: TrainingStage | null;
  readonly storage: StorageUse | null;
  /** The machine runs on its battery. */
  readonly onBattery: boolean;
}

export const INITIAL_TRAINING: TrainingState = {
  tab: 'setup',
  draft: {
    name: '',
    base: { kind: 'scratch' },
    plan: 'quick',
    recipe: planOf('quick').recipe,
    roles: {},
    previewId: null,
  },
  estimates: {},
  runs: [],
  shownRun: null,
  models: [],
  references: [],
  stage: null,
  storage: null,
  onBattery: false,
};

/** Runs that hold the engine or wait for it. */
export function isOpen({ status }: TrainingRun): boolean {
  return ['queued', 'running', 'paused', 'waiting'].includes(status.kind);
}

export function shownRun({ runs, shownRun: id }: TrainingState): TrainingRun | null {
  return runs.find((run) => run.id === id) ?? runs.find(isOpen) ?? runs.at(-1) ?? null;
}
