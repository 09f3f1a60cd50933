/** What a run can be set up with: three plans, and every number of the method that can be changed in them. */

import { STUDIO_DEFECTS } from '../core/defects/mix.ts';
import { InvalidInputError } from '../core/errors.ts';
import { ARCHITECTURES, type Architecture, architecture, type PresetName } from '../core/modelConfig.ts';
import {
  TRAINING_PRESETS,
  type TrainingConfig,
  type TrainingOverrides,
  trainingConfig,
  validateTrainingConfig,
} from '../core/presets.ts';
import type { ThresholdRule } from '../engine/protocol.ts';

export type PlanId = 'quick' | 'balanced' | 'paper';

/** How a run is set up, apart from its scans. */
export interface TrainingRecipe {
  /** Name of a known architecture; null = that of the model it starts from. */
  readonly arch: string | null;
  /** Model units; null likewise. */
  readonly voxelSize: number | null;
  readonly training: TrainingConfig;
  readonly thresholdRule: ThresholdRule;
  /** Steps between previews and validations. */
  readonly watchEvery: number;
}

export interface Plan {
  readonly id: PlanId;
  readonly title: string;
  /** What to expect of it. */
  readonly note: string;
  readonly recipe: TrainingRecipe;
}

interface PlanNumbers {
  readonly preset: PresetName;
  readonly arch: string;
  readonly voxelSize: number;
  readonly overrides: TrainingOverrides;
}

/** About this many previews and validations in a run. */
const LOOKS = 10;

function plan(id: PlanId, title: string, note: string, numbers: PlanNumbers): Plan {
  const { preset, arch, voxelSize, overrides } = numbers;
  const training = trainingConfig(preset, { logEvery: 1, ...overrides });
  const watchEvery = Math.max(1, Math.round(training.steps / LOOKS));
  return { id, title, note, recipe: { arch, voxelSize, training, thresholdRule: 'p99.9', watchEvery } };
}

const PLANS: readonly Plan[] = [
  plan(
    'quick',
    'Quick look',
    'A small network, a few hundred steps: shows whether the scans can be learned from.',
    {
      preset: 'studio',
      arch: 'demo',
      voxelSize: 0.06,
      overrides: { steps: 300, batchSize: 4, maxPoints: 4096, checkpointEvery: 25 },
    },
  ),
  plan(
    'balanced',
    'Balanced',
    'A larger network and finer voxels: sees broad bumps, dents and missing pieces.',
    {
      preset: 'studio',
      arch: 'small',
      voxelSize: 0.04,
      overrides: { steps: 2000, batchSize: 8, maxPoints: 8192, checkpointEvery: 50 },
    },
  ),
  plan('paper', 'Paper', 'Network, voxels and length of the published method. Hours on a good GPU.', {
    preset: 'paper',
    arch: 'MinkUNet34C',
    voxelSize: 0.03,
    overrides: { logEvery: 5, checkpointEvery: 100 },
  }),
];

export function planOf(id: PlanId): Plan {
  return PLANS.find((known) => known.id === id)!;
}

/** Fewer steps for a model that knows a part already; the schedule keeps its shape (METHOD "Training defaults"). */
function fineTuned(recipe: TrainingRecipe): TrainingRecipe {
  const steps = Math.max(1, Math.round(recipe.training.steps / 4));
  const watchEvery = Math.max(1, Math.round(steps / LOOKS));
  return { ...recipe, arch: null, voxelSize: null, watchEvery, training: { ...recipe.training, steps } };
}

/** Learning rate for a model that compares with good scans: small enough not to forget what defects look like. */
const TUNING_RATE = 3e-4;

/** Such a model knows defects; it only learns how these scans differ. Rich pseudo-defects: it knows no others. */
const TUNING: Readonly<
  Partial<Record<PlanId, { readonly note: string; readonly numbers: TrainingOverrides }>>
> = {
  quick: {
    note: 'Some dozens of steps on thinned scans: minutes on any computer.',
    numbers: { steps: 40, batchSize: 4, maxPoints: 4096, checkpointEvery: 5 },
  },
  balanced: {
    note: 'More steps, on more points of each scan.',
    numbers: { steps: 150, batchSize: 8, maxPoints: 8192, checkpointEvery: 10 },
  },
};

function tuned(known: Plan): Plan[] {
  const tuning = TUNING[known.id];
  // The paper's plan is about a network that learns one part by heart.
  if (tuning === undefined) return [];
  const overrides = { logEvery: 1, ...tuning.numbers, schedule: { base: TUNING_RATE } };
  const training = trainingConfig('studio', overrides);
  const watchEvery = Math.max(1, Math.round(training.steps / LOOKS));
  const recipe = { arch: null, voxelSize: null, training, thresholdRule: 'p99.9', watchEvery } as const;
  return [{ ...known, note: tuning.note, recipe }];
}

/** What the weights begin as: at random, a model of one part, or one that compares with good scans. */
export type RecipeStart = 'scratch' | 'model' | 'reference';

const OFFERED: Readonly<Record<RecipeStart, readonly Plan[]>> = {
  scratch: PLANS,
  model: PLANS.map((known) => ({ ...known, recipe: fineTuned(known.recipe) })),
  reference: PLANS.flatMap(tuned),
};

/** The plans that are offered for a start. */
export function plansFor(start: RecipeStart): readonly Plan[] {
  return OFFERED[start];
}

/** The plan itself, or the nearest that the start has. */
export function offeredPlan(plan: PlanId, start: RecipeStart): PlanId {
  return plansFor(start).some(({ id }) => id === plan) ? plan : 'balanced';
}

/** What a plan begins with. */
export function plannedRecipe(plan: PlanId, start: RecipeStart): TrainingRecipe {
  return plansFor(start).find(({ id }) => id === offeredPlan(plan, start))!.recipe;
}

export type FieldKind =
  | { readonly kind: 'count' }
  /** Empty means null: no limit, or that of the model it starts from. */
  | { readonly kind: 'number'; readonly empty: string | null }
  | { readonly kind: 'choice'; readonly options: readonly (readonly [value: string, label: string])[] }
  | { readonly kind: 'switch' };

export type FieldValue = number | string | boolean | null;

/** One number of the method, with the words that explain it. */
export interface RecipeField {
  readonly id: string;
  readonly label: string;
  readonly group: 'Network' | 'Run' | 'Pseudo-defects' | 'Loss and optimiser' | 'Watching and threshold';
  readonly hint: string;
  readonly kind: FieldKind;
  get(recipe: TrainingRecipe): FieldValue;
  /** @throws InvalidInputError when the recipe is then no longer valid */
  set(recipe: TrainingRecipe, value: FieldValue): TrainingRecipe;
}

const COUNT = { kind: 'count' } as const;
const NUMBER = { kind: 'number', empty: null } as const;
const SWITCH = { kind: 'switch' } as const;
const choice = (...options: (readonly [string, string])[]): FieldKind => ({ kind: 'choice', options });

type Training = TrainingConfig;

/** A field of the training config. */
function trained(
  id: string,
  group: RecipeField['group'],
  label: string,
  hint: string,
  kind: FieldKind,
  get: (training: Training) => FieldValue,
  set: (training: Training, value: never) => Training,
): RecipeField {
  return {
    id,
    group,
    label,
    hint,
    kind,
    get: ({ training }) => get(training),
    set: (recipe, value) => {
      const training = set(recipe.training, value as never); // the control gives the kind that the field has
      validateTrainingConfig(training);
      return { ...recipe, training };
    },
  };
}

const synthesis = (t: Training, patch: Partial<Training['synthesis']>): Training => ({
  ...t,
  synthesis: { ...t.synthesis, ...patch },
});

/** The preset decides what the other fields begin with; the size of the run stays. */
function withPreset(training: Training, preset: PresetName): Training {
  const base = TRAINING_PRESETS[preset];
  const { steps, batchSize, microBatch, seed, maxPoints, logEvery, checkpointEvery } = training;
  return { ...base, steps, batchSize, microBatch, seed, maxPoints, logEvery, checkpointEvery };
}

function positive(field: string, value: FieldValue, most: number): number {
  if (typeof value === 'number' && value > 0 && value <= most) return value;
  throw new InvalidInputError(field, `must be above 0 and at most ${most}, is ${value}`);
}

export const RECIPE_FIELDS: readonly RecipeField[] = [
  {
    id: 'arch',
    group: 'Network',
    label: 'Network',
    hint: 'MinkUNet34C is the paper’s; small and demo are what a CPU can train.',
    kind: choice(...Object.keys(ARCHITECTURES).map((name) => [name, name] as const)),
    get: ({ arch }) => arch,
    set: (recipe, value) => ({ ...recipe, arch: String(value) }),
  },
  {
    id: 'voxelSize',
    group: 'Network',
    label: 'Voxel edge, R',
    hint: 'In radii of the part. Smaller sees finer defects and costs more; 0.03 in the paper.',
    kind: NUMBER,
    get: ({ voxelSize }) => voxelSize,
    set: (recipe, value) => ({ ...recipe, voxelSize: positive('voxelSize', value, 1) }),
  },
  trained(
    'zeroHead',
    'Network',
    'Begin with zero offsets',
    'The last layer starts at zero, so nothing is a defect at first.',
    SWITCH,
    (t) => t.zeroHead,
    (t, zeroHead: boolean) => ({ ...t, zeroHead }),
  ),
  trained(
    'preset',
    'Run',
    'Method',
    'What the fields below begin with: the paper, its released code, or richer defects and a balanced loss.',
    choice(['studio', 'Studio'], ['paper', 'Paper'], ['released', 'Released code']),
    (t) => t.preset,
    withPreset,
  ),
  trained(
    'steps',
    'Run',
    'Steps',
    'The learning rate schedule is stretched over them; 12,000 in the paper.',
    COUNT,
    (t) => t.steps,
    (t, steps: number) => ({ ...t, steps }),
  ),
  trained(
    'batchSize',
    'Run',
    'Clouds per step',
    '32 in the paper.',
    COUNT,
    (t) => t.batchSize,
    (t, batchSize: number) => ({ ...t, batchSize, microBatch: Math.min(t.microBatch, batchSize) }),
  ),
  trained(
    'microBatch',
    'Run',
    'Clouds at once',
    'Fewer need less memory; batch norm then sees fewer at a time.',
    COUNT,
    (t) => t.microBatch,
    (t, microBatch: number) => ({ ...t, microBatch }),
  ),
  trained(
    'maxPoints',
    'Run',
    'Points per cloud',
    'A fresh random subset for every sample. Empty: all points, as in the paper.',
    { kind: 'number', empty: 'all' },
    (t) => t.maxPoints,
    (t, maxPoints: number | null) => ({ ...t, maxPoints }),
  ),
  trained(
    'seed',
    'Run',
    'Seed',
    'The same seed, scans and device give the same weights.',
    { kind: 'number', empty: null },
    (t) => t.seed,
    (t, seed: number) => ({ ...t, seed }),
  ),
  trained(
    'rotate',
    'Run',
    'Random poses',
    'Turns every sample at random. Off only for scans that always lie the same way.',
    SWITCH,
    (t) => t.rotate,
    (t, rotate: boolean) => ({ ...t, rotate }),
  ),
  trained(
    'defects',
    'Pseudo-defects',
    'Kinds',
    'Norm-AS: one bump or dent, as in the paper. Rich: also holes, bends, ripples and more.',
    choice(['normAs', 'Norm-AS'], ['rich', 'Rich']),
    (t) => (t.synthesis.defects === null ? 'normAs' : 'rich'),
    (t, kind: string) =>
      kind === 'rich'
        ? synthesis(t, { defects: STUDIO_DEFECTS })
        : synthesis(t, { defects: null, movedPatches: TRAINING_PRESETS.paper.synthesis.movedPatches }),
  ),
  trained(
    'direction',
    'Pseudo-defects',
    'Direction (Norm-AS)',
    'Along the normal; its absolute value as the released code does; or random, an ablation.',
    choice(['normal', 'Normal'], ['absoluteNormal', '|Normal|'], ['random', 'Random']),
    (t) => t.synthesis.direction,
    (t, direction: Training['synthesis']['direction']) => synthesis(t, { direction }),
  ),
  trained(
    'patches',
    'Pseudo-defects',
    'Patches J (Norm-AS)',
    'A cloud is cut into so many; one of 64 is moved in the paper.',
    COUNT,
    (t) => t.synthesis.patches,
    (t, patches: number) => synthesis(t, { patches }),
  ),
  trained(
    'movedMost',
    'Pseudo-defects',
    'Moved patches, at most (Norm-AS)',
    '1 in the paper.',
    COUNT,
    (t) => t.synthesis.movedPatches[1],
    (t, most: number) => synthesis(t, { movedPatches: [Math.min(t.synthesis.movedPatches[0], most), most] }),
  ),
  trained(
    'drawnFrom',
    'Pseudo-defects',
    'Patches drawn from (Norm-AS)',
    'The released code can only ever move the first half.',
    choice(['all', 'All'], ['firstHalf', 'First half']),
    (t) => t.synthesis.drawnFrom,
    (t, drawnFrom: Training['synthesis']['drawnFrom']) => synthesis(t, { drawnFrom }),
  ),
  trained(
    'betaLow',
    'Pseudo-defects',
    'Lowest height β, R (Norm-AS)',
    '0.06 in the paper.',
    NUMBER,
    (t) => t.synthesis.beta[0],
    (t, low: number) => synthesis(t, { beta: [low, Math.max(low, t.synthesis.beta[1])] }),
  ),
  trained(
    'betaHigh',
    'Pseudo-defects',
    'Greatest height β, R (Norm-AS)',
    '0.12 in the paper.',
    NUMBER,
    (t) => t.synthesis.beta[1],
    (t, high: number) => synthesis(t, { beta: [Math.min(t.synthesis.beta[0], high), high] }),
  ),
  trained(
    'lossForm',
    'Loss and optimiser',
    'Loss',
    'How moved and unmoved points weigh against each other.',
    choice(['studio', 'Studio: balanced'], ['paper', 'Paper'], ['released', 'Released code']),
    (t) => t.loss.form,
    (t, form: Training['loss']['form']) => ({ ...t, loss: { ...t.loss, form } }),
  ),
  trained(
    'lossTerms',
    'Loss and optimiser',
    'Terms',
    'Distance or direction alone are ablations.',
    choice(['both', 'Both'], ['distance', 'Distance only'], ['direction', 'Direction only']),
    (t) => t.loss.terms,
    (t, terms: Training['loss']['terms']) => ({ ...t, loss: { ...t.loss, terms } }),
  ),
  trained(
    'rate',
    'Loss and optimiser',
    'Learning rate',
    'Lower it when the loss diverges; 0.001 in the paper.',
    NUMBER,
    (t) => t.schedule.base,
    (t, base: number) => ({
      ...t,
      schedule: { ...t.schedule, base, floor: Math.min(t.schedule.floor, base) },
    }),
  ),
  trained(
    'floor',
    'Loss and optimiser',
    'Lowest learning rate',
    'What the cosine comes down to.',
    NUMBER,
    (t) => t.schedule.floor,
    (t, floor: number) => ({ ...t, schedule: { ...t.schedule, floor } }),
  ),
  trained(
    'constantUntil',
    'Loss and optimiser',
    'Constant until epoch',
    'Of 1,000 epochs of the schedule, whatever the number of steps.',
    COUNT,
    (t) => t.schedule.constantUntil,
    (t, constantUntil: number) => ({ ...t, schedule: { ...t.schedule, constantUntil } }),
  ),
  trained(
    'beta1',
    'Loss and optimiser',
    'Adam β₁',
    'Memory of the gradient.',
    NUMBER,
    (t) => t.adam.beta1,
    (t, beta1: number) => ({ ...t, adam: { ...t.adam, beta1 } }),
  ),
  trained(
    'beta2',
    'Loss and optimiser',
    'Adam β₂',
    'Memory of its square.',
    NUMBER,
    (t) => t.adam.beta2,
    (t, beta2: number) => ({ ...t, adam: { ...t.adam, beta2 } }),
  ),
  trained(
    'eps',
    'Loss and optimiser',
    'Adam ε',
    'Keeps a step finite where gradients vanish.',
    NUMBER,
    (t) => t.adam.eps,
    (t, eps: number) => ({ ...t, adam: { ...t.adam, eps } }),
  ),
  {
    id: 'watchEvery',
    group: 'Watching and threshold',
    label: 'Look every … steps',
    hint: 'Preview heatmap and AUROC on held-out pseudo-defects.',
    kind: COUNT,
    get: ({ watchEvery }) => watchEvery,
    set: (recipe, value) => {
      if (!Number.isInteger(value) || Number(value) < 1)
        throw new InvalidInputError('watchEvery', `must be an integer of at least 1, is ${value}`);
      return { ...recipe, watchEvery: Number(value) };
    },
  },
  trained(
    'checkpointEvery',
    'Watching and threshold',
    'Save every … steps',
    'What a crash can cost at most.',
    COUNT,
    (t) => t.checkpointEvery,
    (t, checkpointEvery: number) => ({ ...t, checkpointEvery }),
  ),
  {
    id: 'thresholdRule',
    group: 'Watching and threshold',
    label: 'Point threshold',
    hint: 'Taken from good scans after the run.',
    kind: choice(['p99.9', '99.9th percentile of good points'], ['max', 'Highest good point']),
    get: ({ thresholdRule }) => thresholdRule,
    set: (recipe, value) => ({ ...recipe, thresholdRule: value === 'max' ? 'max' : 'p99.9' }),
  },
];

/** @param name a known one, as the field offers them */
export function networkOf({ arch }: Pick<TrainingRecipe, 'arch'>): Architecture | null {
  return arch === null ? null : architecture(arch);
}
