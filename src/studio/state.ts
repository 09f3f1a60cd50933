/** What the page knows: immutable values, written by the commands only. */

import type { ColourMapId } from '../core/colourMaps.ts';
import type { ErrorValue } from '../core/errors.ts';
import type { ObjectRuleId } from '../core/objectRule.ts';
import type { PointCloud } from '../core/types.ts';
import type { UpAxis } from '../core/upAxis.ts';
import type {
  Analysis,
  Calibration,
  EngineInfo,
  EngineMemory,
  MeshUse,
  ModelSummary,
  PackedEntry,
  ParseReport,
  Progress,
  Verdict,
} from '../engine/protocol.ts';
import { type BoundaryState, INITIAL_BOUNDARY } from './boundaryState.ts';
import type { Catalogue, ModelEntry, SampleCatalogue, SampleEntry } from './catalogue.ts';
import { type EvaluationState, INITIAL_EVALUATION } from './evaluationState.ts';
import {
  defaultScale,
  effectiveScale,
  type HeatmapScale,
  type ScoreRange,
  toleranceScale,
} from './heatmapScale.ts';
import type { Judgement, JudgingBasis } from './judging.ts';
import type { KeyChoices } from './keyChoices.ts';
import { INITIAL_LABELS, type LabelState } from './labelState.ts';
import { VERTICES } from './meshChoice.ts';
import { FIRST_MODE, type ModeId } from './modes.ts';
import type { Placings } from './placing.ts';
import { INITIAL_REFERENCE, type ReferenceState } from './referenceState.ts';
import { INITIAL_REGIONS, type RegionState } from './regionState.ts';
import { INITIAL_SCAN_LIST, type ScanListState } from './scanListState.ts';
import { INITIAL_SHARE, type ShareState } from './shareState.ts';
import { INITIAL_TRAINING, type TrainingState } from './trainingState.ts';
import { type LengthUnit, lengthIn } from './units.ts';
import { INITIAL_VIEW_TOOLS, type ViewToolState } from './viewToolState.ts';

export type { Analysis, EngineInfo, EngineMemory, ModelSummary, ParseReport, Verdict };

export type ThemeChoice = 'system' | 'dark' | 'light' | 'report';

/** Where the bytes of a scan come from; they can be read again. */
export type ScanOrigin =
  /** `packed`: the file is an entry of an archive, as it lies there; `folder`: it came with a folder or archive. */
  | {
      readonly kind: 'file';
      readonly file: File;
      readonly packed?: PackedEntry;
      readonly folder?: string;
    }
  | { readonly kind: 'sample'; readonly sample: SampleEntry };

export type ScanStatus =
  | { readonly kind: 'waiting' }
  | { readonly kind: 'working' }
  /** Read, but there is no model to score it with. */
  | { readonly kind: 'shown' }
  | { readonly kind: 'scored' }
  /** Scored, then its data was let go to save memory; it is read again when it is looked at. */
  | { readonly kind: 'released' }
  | { readonly kind: 'cancelled' }
  | { readonly kind: 'failed'; readonly error: ErrorValue };

/** What is remembered of a scan whose bulky data was let go. */
export interface ScanSummary extends Judgement {
  readonly points: number;
  /** What the judgement was made from. */
  readonly basis: JudgingBasis;
  /** Hash of what judged. */
  readonly judge: string;
  /** Points that the inspector accepted as normal: score and verdict are those of the others. */
  readonly accepted: number;
  /** Further points at the rim of the scan that are left out as well. */
  readonly rim: number;
}

export interface Scan {
  readonly id: string;
  readonly name: string;
  readonly origin: ScanOrigin;
  readonly unit: LengthUnit;
  /** The axis of the file that points up in the view. */
  readonly up: UpAxis;
  /** Nobody has said in which unit it is and which axis points up. */
  readonly unplaced: boolean;
  /** What the file's coordinates are multiplied by, where the user said that it is in another unit. */
  readonly scale: number;
  /** What a mesh is used as. */
  readonly mesh: MeshUse;
  readonly status: ScanStatus;
  readonly cloud: PointCloud | null;
  /** Source units per model unit; null before the scan was read, and for one without extent. */
  readonly radius: number | null;
  readonly report: ParseReport | null;
  readonly analysis: Analysis | null;
  readonly summary: ScanSummary | null;
}

export type EngineState =
  | { readonly phase: 'starting' }
  | { readonly phase: 'ready'; readonly info: EngineInfo }
  | { readonly phase: 'failed'; readonly error: ErrorValue };

export type ModelState =
  /** The list of models has not come yet, or the engine has not started. */
  | { readonly phase: 'pending' }
  | { readonly phase: 'loading'; readonly entry: ModelEntry }
  | { readonly phase: 'ready'; readonly entry: ModelEntry; readonly summary: ModelSummary }
  /** No model: scans can be looked at, not scored. */
  | { readonly phase: 'absent' };

/** The one thing the engine is doing for a scan. */
export interface Job extends Progress {
  readonly scanId: string;
}

export interface Notice {
  readonly id: number;
  readonly tone: 'error' | 'warning';
  /** What happened. */
  readonly title: string;
  /** File, line, byte; empty when there is none. */
  readonly where: string;
  readonly cause: string;
  /** What to do next, and what was kept. */
  readonly next: string;
  readonly action: NoticeAction | null;
}

export type NoticeAction =
  | { readonly kind: 'retry-scan'; readonly scanId: string }
  /** The list of scans, only those that failed. */
  | { readonly kind: 'show-failed' }
  | { readonly kind: 'restart-engine' }
  | { readonly kind: 'reload-catalogue' }
  | { readonly kind: 'go-on-with-run'; readonly runId: string };

export interface LogLine {
  readonly id: number;
  /** Milliseconds since 1970. */
  readonly time: number;
  readonly level: 'info' | 'warning' | 'error';
  readonly text: string;
}

export interface ViewState {
  readonly heatmap: boolean;
  readonly colourMap: ColourMapId;
  /** Colours tell bulges from dents, where that is known. */
  readonly signed: boolean;
  /** Inspection against a tolerance: bands of colour for deviations with a sign, and the words of metrology. */
  readonly metrology: boolean;
  /** Largest deviation that is allowed; null = the threshold of what judges. */
  readonly tolerance: { readonly value: number; readonly unit: LengthUnit } | null;
  /** The user's own values, model units; null = the model's. */
  readonly threshold: number | null;
  readonly range: ScoreRange | null;
  /** How a scan's points make its score; null = as its limit was found. */
  readonly objectRule: ObjectRuleId | null;
  /** Factor on the automatic point size. */
  readonly pointScale: number;
  readonly shading: boolean;
  /** Drawn without perspective. */
  readonly parallel: boolean;
}

export interface PanelState {
  readonly drawer: boolean;
  readonly samples: boolean;
  readonly keys: boolean;
  readonly palette: boolean;
  /** Blocks of the inspector that the user folded (true) or unfolded, by title. */
  readonly folded: Readonly<Record<string, boolean>>;
}

export interface StudioState {
  readonly mode: ModeId;
  readonly engine: EngineState;
  readonly memory: EngineMemory | null;
  readonly samples: SampleCatalogue | null;
  readonly models: Catalogue<ModelEntry> | null;
  readonly model: ModelState;
  /** In the order they were opened in. */
  readonly scans: readonly Scan[];
  readonly scanList: ScanListState;
  /** What meshes that are opened next are used as. */
  readonly meshUse: MeshUse;
  /** The scan in the viewport. */
  readonly activeId: string | null;
  /** The scan the user asked for; it becomes active as soon as it can be read. */
  readonly wantedId: string | null;
  /** The scan that is shown beside it in Inspect mode; null = it has the view for itself. */
  readonly besideId: string | null;
  readonly job: Job | null;
  readonly view: ViewState;
  readonly viewTools: ViewToolState;
  readonly reference: ReferenceState;
  readonly regions: RegionState;
  readonly boundary: BoundaryState;
  readonly labels: LabelState;
  readonly share: ShareState;
  readonly training: TrainingState;
  readonly evaluation: EvaluationState;
  readonly theme: ThemeChoice;
  readonly keyChoices: KeyChoices;
  /** Units and up axes that were answered, by folder or format. */
  readonly placings: Placings;
  readonly panels: PanelState;
  readonly notices: readonly Notice[];
  readonly log: readonly LogLine[];
}

/** What survives a reload. */
export interface Preferences {
  readonly theme: ThemeChoice;
  readonly colourMap: ColourMapId;
  readonly pointScale: number;
  readonly shading: boolean;
  readonly parallel: boolean;
  readonly drawer: boolean;
  readonly folded: PanelState['folded'];
  readonly keyChoices: KeyChoices;
  readonly placings: Placings;
  readonly meshUse: MeshUse;
}

export const DEFAULT_PREFERENCES: Preferences = {
  theme: 'system',
  colourMap: 'viridis',
  pointScale: 1,
  shading: true,
  parallel: false,
  drawer: true,
  folded: {},
  keyChoices: {},
  placings: {},
  meshUse: VERTICES,
};

export function initialState(preferences: Preferences = DEFAULT_PREFERENCES): StudioState {
  const { theme, colourMap, pointScale, shading, parallel, drawer, folded, keyChoices, placings } =
    preferences;
  return {
    mode: FIRST_MODE,
    engine: { phase: 'starting' },
    memory: null,
    samples: null,
    models: null,
    model: { phase: 'pending' },
    scans: [],
    scanList: INITIAL_SCAN_LIST,
    meshUse: preferences.meshUse,
    activeId: null,
    wantedId: null,
    besideId: null,
    job: null,
    view: {
      heatmap: true,
      signed: false,
      metrology: false,
      tolerance: null,
      colourMap,
      threshold: null,
      range: null,
      objectRule: null,
      pointScale,
      shading,
      parallel,
    },
    viewTools: INITIAL_VIEW_TOOLS,
    reference: INITIAL_REFERENCE,
    regions: INITIAL_REGIONS,
    boundary: INITIAL_BOUNDARY,
    labels: INITIAL_LABELS,
    share: INITIAL_SHARE,
    training: INITIAL_TRAINING,
    evaluation: INITIAL_EVALUATION,
    theme,
    keyChoices,
    placings,
    panels: { drawer, samples: false, keys: false, palette: false, folded },
    notices: [],
    log: [],
  };
}

export function activeScan(state: StudioState): Scan | null {
  return state.scans.find((scan) => scan.id === state.activeId) ?? null;
}

export function modelSummary(state: StudioState): ModelSummary | null {
  return state.model.phase === 'ready' ? state.model.summary : null;
}

/** What the scan in the viewport is judged with; before it is judged, what the model has. */
export function calibrationInForce(state: StudioState): Calibration | null {
  const analysis = activeScan(state)?.analysis ?? null;
  return analysis === null ? (modelSummary(state)?.calibration ?? null) : analysis.calibration;
}

/** Colours, limits and words are those of metrology. */
export function isMetrology({ mode, view }: StudioState): boolean {
  return mode === 'inspect' && view.metrology;
}

/** The tolerance in force, model units; null while scores are looked at. */
export function toleranceInForce(state: StudioState): number | null {
  if (!isMetrology(state)) return null;
  const { tolerance } = state.view;
  const { unit = 'file', radius = null } = activeScan(state) ?? {};
  const { threshold } = defaultScale(calibrationInForce(state));
  if (tolerance === null || radius === null) return threshold;
  return lengthIn(tolerance.value, tolerance.unit, unit) / radius;
}

/** The scale in force. A new object at every call: memoise on its inputs. */
export function heatmapScale(state: StudioState): HeatmapScale {
  const tolerance = toleranceInForce(state);
  if (tolerance !== null) return toleranceScale(tolerance, state.view.range);
  const base = defaultScale(calibrationInForce(state));
  return effectiveScale(base, state.view.threshold, state.view.range);
}

/** Bytes of the clouds and results the page itself holds. */
export function scanBytes(scan: Scan): number {
  const { cloud, analysis } = scan;
  let bytes = analysis === null ? 0 : analysis.map.offsets.byteLength + analysis.map.score.byteLength;
  if (cloud !== null) {
    for (const part of [cloud.positions, cloud.normals, cloud.colours, cloud.faces])
      bytes += part?.byteLength ?? 0;
    for (const values of Object.values(cloud.attributes)) bytes += values.byteLength;
  }
  return bytes;
}
