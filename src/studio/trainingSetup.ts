/** From the draft and the open scans to what the engine is asked for, or to the reason why it cannot be. */

import { GOOD, normalClasses } from '../core/labels/labelSet.ts';
import { TRAINING_PRESETS } from '../core/presets.ts';
import type { ModelRecord, TrainingSetup } from '../engine/protocol.ts';
import type { ScanLabels } from './labelState.ts';
import type { Scan, StudioState } from './state.ts';
import {
  networkOf,
  type PlanId,
  plannedRecipe,
  type RecipeStart,
  type TrainingRecipe,
} from './trainingPlans.ts';
import type { ScanRole, TrainingDraft } from './trainingState.ts';
import { formatCount, unitSymbol } from './units.ts';

/** The method's own limit (METHOD "Norm-AS"). */
const FEWEST_POINTS = 128;

export function roleOf(draft: TrainingDraft, { id, origin }: Pick<Scan, 'id' | 'origin'>): ScanRole {
  const good = origin.kind === 'sample' && origin.sample.kind === 'good';
  return draft.roles[id] ?? (good ? 'train' : 'unused');
}

export function scansOf(state: StudioState, role: ScanRole): Scan[] {
  return state.scans.filter((scan) => roleOf(state.training.draft, scan) === role);
}

function pointsOf({ cloud, report, summary }: Scan): number | null {
  return cloud === null ? (report?.points ?? summary?.points ?? null) : cloud.positions.length / 3;
}

function baseModel({ training }: StudioState): ModelRecord | null {
  const { base } = training.draft;
  return base.kind === 'library' ? (training.models.find(({ id }) => id === base.id) ?? null) : null;
}

/** What the weights of the next run begin as, with another base than the draft's when one is given. */
export function startOf({ training }: StudioState, base = training.draft.base): RecipeStart {
  if (base.kind === 'scratch') return 'scratch';
  const model = training.models.find(({ id }) => id === base.id);
  return model?.summary.config.inputs === 'reference' ? 'reference' : 'model';
}

/** @returns why a run cannot be started, in one sentence; null when it can */
export function obstacle(state: StudioState): string | null {
  const { engine, training } = state;
  const { base, recipe } = training.draft;
  if (engine.phase === 'failed') return 'There is no engine to compute with.';
  if (engine.phase === 'starting') return 'The engine is starting.';
  const train = scansOf(state, 'train');
  if (train.length === 0) return 'Choose at least one good scan to learn from.';
  for (const scan of [...train, ...scansOf(state, 'calibrate')]) {
    if (scan.status.kind === 'failed') return `“${scan.name}” could not be read: leave it out.`;
    const points = pointsOf(scan);
    if (points === null) return `“${scan.name}” is still being read.`;
    if (points < FEWEST_POINTS)
      return `“${scan.name}” has ${formatCount(points)} points; at least ${FEWEST_POINTS} are needed.`;
  }
  if (base.kind === 'scratch') return recipe.arch === null ? 'Choose a network.' : null;
  const model = baseModel(state);
  if (model === null) return 'The model to start from is not in this browser any more: choose another one.';
  return model.summary.config.inputs === 'reference' ? tuningObstacle(state, model) : null;
}

/** What a model that compares with good scans cannot learn from. */
function tuningObstacle(state: StudioState, { title }: ModelRecord): string | null {
  const held = scansOf(state, 'calibrate')[0];
  if (held !== undefined)
    return `“${title}” takes its thresholds from the scans it compares with: let it learn from “${held.name}” too, or leave it out.`;
  if (state.training.draft.recipe.training.synthesis.defects === null)
    return `“${title}” learns from rich pseudo-defects only: choose them under Advanced.`;
  return null;
}

/** A name for the model when the user gave none: that of the part, or of the first scan. */
export function nameOf(state: StudioState): string {
  const { name, base } = state.training.draft;
  if (name.trim() !== '') return name.trim();
  const scan = scansOf(state, 'train')[0];
  if (scan === undefined) return 'model';
  const part = scan.origin.kind === 'sample' ? scan.origin.sample.part : scan.name.replace(/\.[^.]+$/, '');
  return base.kind === 'scratch' ? part : `${part}, fine-tuned`;
}

export function setupOf(state: StudioState): TrainingSetup {
  const { plan, recipe, base } = state.training.draft;
  const unit = scansOf(state, 'train')[0]?.unit ?? 'file';
  return {
    name: nameOf(state),
    plan,
    arch: networkOf(recipe),
    voxelSize: base.kind === 'scratch' ? (recipe.voxelSize ?? DEFAULT_VOXEL_SIZE) : recipe.voxelSize,
    training: recipe.training,
    thresholdRule: recipe.thresholdRule,
    unit: unit === 'file' ? '' : unitSymbol(unit),
    watchEvery: recipe.watchEvery,
  };
}

const DEFAULT_VOXEL_SIZE = 0.03;

/** What the labels of a scan mean for training: defects are left out, "normal" regions are held still. */
export function marksOf(labels: ScanLabels | undefined): { defects?: Uint32Array; normal?: Uint32Array } {
  if (labels === undefined) return {};
  const { classes, classOf } = labels.set;
  const normal = normalClasses(classes);
  const rows = Uint32Array.from(classOf.keys());
  const defects = rows.filter((row) => classOf[row] !== GOOD && !normal.has(classOf[row]!));
  const still = rows.filter((row) => normal.has(classOf[row]!));
  return {
    ...(defects.length > 0 ? { defects } : {}),
    ...(still.length > 0 ? { normal: still } : {}),
  };
}

/** What a plan would run with from the same start; the draft itself for its own plan, with all its changes. */
export function recipeOf(state: StudioState, plan?: PlanId): TrainingRecipe {
  const { draft } = state.training;
  if (plan === undefined || plan === draft.plan) return draft.recipe;
  return plannedRecipe(plan, startOf(state));
}

/** Two recipes with the same key cost the same a step on this device. */
export function estimateKey(state: StudioState, recipe: TrainingRecipe): string | null {
  const { engine } = state;
  const scan = scansOf(state, 'train')[0];
  if (engine.phase !== 'ready' || scan?.cloud == null) return null;
  const { arch, inputs, voxelSize } = probeNetwork(state, recipe);
  const { batchSize, microBatch, maxPoints, synthesis } = recipe.training;
  return JSON.stringify([
    engine.info.adapter,
    arch,
    inputs,
    voxelSize,
    batchSize,
    microBatch,
    maxPoints,
    synthesis.defects === null,
    scan.cloud.id,
  ]);
}

/** The network of a run that is not started yet. */
export function probeNetwork(state: StudioState, recipe: TrainingRecipe) {
  const parent = baseModel(state)?.summary.config;
  return {
    arch: networkOf(recipe) ?? parent?.arch ?? networkOf({ arch: 'MinkUNet34C' })!,
    inputs: parent?.inputs ?? ('xyz' as const),
    voxelSize: recipe.voxelSize ?? parent?.voxelSize ?? DEFAULT_VOXEL_SIZE,
  };
}

/** The settings of training, for a pseudo-defect before any run. */
export function previewTraining(state: StudioState) {
  const { training } = state.training.draft.recipe;
  const most = TRAINING_PRESETS.studio.maxPoints ?? Number.POSITIVE_INFINITY;
  // A picture of a million points would show no more than one of some thousands.
  return { ...training, maxPoints: Math.min(training.maxPoints ?? 4 * most, 4 * most) };
}
