/**
 * How a model is trained: every number of the method in one typed object, the three presets, and the
 * ablations that are single fields of it. Stored with each checkpoint.
 * Source: METHOD "Norm-AS", "Loss", "Training defaults"; golden/SPEC.md section 11.
 */

import { ADAM_DEFAULTS, type AdamOptions } from './adam.ts';
import { type DefectMix, STUDIO_DEFECTS, validateDefects } from './defects/mix.ts';
import { InvalidInputError } from './errors.ts';
import type { LossForm, LossTerms } from './loss.ts';
import type { PresetName } from './modelConfig.ts';
import { type ScanVariation, STUDIO_VARIATION, validateVariation } from './scanVariation.ts';
import { RELEASED_SCHEDULE, type Schedule } from './schedule.ts';

/**
 * Which way a patch is moved. `normal`: along the signed normal (paper). `absoluteNormal`: along |n| taken
 * component by component, so always into one octant or its opposite (released code). `random`: along a
 * uniformly random unit vector (ablation).
 */
export type DisplacementDirection = 'normal' | 'absoluteNormal' | 'random';

/** The making of pseudo-anomalies: Norm-AS, or the richer defects in its place. */
export interface SynthesisConfig {
  /** Null: Norm-AS, with the fields below; else they have no effect. */
  readonly defects: DefectMix | null;
  /** J: patches a cloud is cut into. */
  readonly patches: number;
  /** Smallest and largest number of patches that are moved. */
  readonly movedPatches: readonly [number, number];
  /** `firstHalf`: only patches 0..J/2-1 can be drawn, as the released code does. */
  readonly drawnFrom: 'all' | 'firstHalf';
  readonly direction: DisplacementDirection;
  /** Height of the displacement, uniform in this range, model units. */
  readonly beta: readonly [number, number];
}

export interface TrainingConfig {
  readonly preset: PresetName;
  /** Optimiser steps of the whole run; the schedule is stretched over them. */
  readonly steps: number;
  /** Clouds per step. */
  readonly batchSize: number;
  /**
   * Clouds that are on the GPU at once. Gradients of a step's micro-batches add up exactly to those of the
   * batch; batch norm's statistics are taken over each micro-batch, so results depend on it.
   */
  readonly microBatch: number;
  /** u32. Sample s of step t depends on (seed, t, s) alone. */
  readonly seed: number;
  /** Uniform random angles about z, y, x before every sample. */
  readonly rotate: boolean;
  /** A fresh random subset of this many points for every sample; null: all points, as the original. */
  readonly maxPoints: number | null;
  readonly synthesis: SynthesisConfig;
  /** How scans differ from the reference they are drawn from; for `inputs: 'reference'` only. */
  readonly variation: ScanVariation;
  readonly loss: { readonly form: LossForm; readonly terms: LossTerms };
  readonly adam: AdamOptions;
  readonly schedule: Schedule;
  /** Start the last layer at zero; matters only for a model trained from scratch. */
  readonly zeroHead: boolean;
  /** Steps between progress events; the loss is read back only then. */
  readonly logEvery: number;
  /** Steps between checkpoints; null: only at the end. */
  readonly checkpointEvery: number | null;
}

const PAPER: TrainingConfig = {
  preset: 'paper',
  steps: 12_000,
  batchSize: 32,
  microBatch: 8,
  seed: 0,
  rotate: true,
  maxPoints: null,
  synthesis: {
    defects: null,
    patches: 64,
    movedPatches: [1, 1],
    drawnFrom: 'all',
    direction: 'normal',
    beta: [0.06, 0.12],
  },
  variation: STUDIO_VARIATION,
  loss: { form: 'paper', terms: 'both' },
  adam: ADAM_DEFAULTS,
  schedule: RELEASED_SCHEDULE,
  zeroHead: false,
  logEvery: 10,
  checkpointEvery: 500,
};

export const TRAINING_PRESETS: Readonly<Record<PresetName, TrainingConfig>> = {
  paper: PAPER,
  released: {
    ...PAPER,
    preset: 'released',
    // One micro-batch: batch norm then sees the 32 clouds at once, as the published models did.
    microBatch: 32,
    synthesis: { ...PAPER.synthesis, drawnFrom: 'firstHalf', direction: 'absoluteNormal' },
    loss: { form: 'released', terms: 'both' },
  },
  studio: {
    ...PAPER,
    preset: 'studio',
    steps: 1_000,
    batchSize: 8,
    maxPoints: 8_192,
    synthesis: { ...PAPER.synthesis, defects: STUDIO_DEFECTS, movedPatches: [1, 8] },
    loss: { form: 'studio', terms: 'both' },
    zeroHead: true,
    checkpointEvery: 100,
  },
};

/** Fields to change in a preset; nested objects may be given in part. */
export type TrainingOverrides = {
  readonly [K in keyof Omit<TrainingConfig, 'preset'>]?: TrainingConfig[K] extends readonly unknown[]
    ? TrainingConfig[K]
    : TrainingConfig[K] extends object
      ? Partial<TrainingConfig[K]>
      : TrainingConfig[K];
};

/** @throws InvalidInputError naming the field */
export function trainingConfig(preset: PresetName, overrides: TrainingOverrides = {}): TrainingConfig {
  const base = Object.hasOwn(TRAINING_PRESETS, preset) ? TRAINING_PRESETS[preset] : undefined;
  if (base === undefined)
    throw new InvalidInputError(
      'preset',
      `unknown preset "${preset}"; known: ${Object.keys(TRAINING_PRESETS).join(', ')}`,
    );
  const config: TrainingConfig = {
    ...base,
    ...overrides,
    synthesis: { ...base.synthesis, ...overrides.synthesis },
    variation: { ...base.variation, ...overrides.variation },
    loss: { ...base.loss, ...overrides.loss },
    adam: { ...base.adam, ...overrides.adam },
    schedule: { ...base.schedule, ...overrides.schedule },
    // A small batch needs no smaller micro-batch than itself.
    microBatch: overrides.microBatch ?? Math.min(base.microBatch, overrides.batchSize ?? base.batchSize),
  };
  validateTrainingConfig(config);
  return config;
}

function check(ok: boolean, field: string, rule: string, value: unknown): void {
  if (!ok) throw new InvalidInputError(field, `must be ${rule}, is ${JSON.stringify(value)}`);
}

function checkCount(field: string, value: number, most = Number.MAX_SAFE_INTEGER): void {
  const rule = most === Number.MAX_SAFE_INTEGER ? 'an integer of at least 1' : `an integer from 1 to ${most}`;
  check(Number.isInteger(value) && value >= 1 && value <= most, field, rule, value);
}

function checkOneOf(field: string, value: string, allowed: readonly string[]): void {
  check(allowed.includes(value), field, `one of ${allowed.join(', ')}`, value);
}

function validateSynthesis(synthesis: SynthesisConfig): void {
  const { defects, patches, movedPatches, drawnFrom, direction, beta } = synthesis;
  if (defects !== null) validateDefects(defects);
  checkOneOf('synthesis.drawnFrom', drawnFrom, ['all', 'firstHalf']);
  checkOneOf('synthesis.direction', direction, ['normal', 'absoluteNormal', 'random']);
  checkCount('synthesis.patches', patches, 4096);
  const drawable = drawnFrom === 'all' ? patches : Math.floor(patches / 2);
  check(drawable >= 1, 'synthesis.patches', 'at least 2 when only the first half is drawn', patches);
  checkCount('synthesis.movedPatches', movedPatches[0], drawable);
  checkCount('synthesis.movedPatches', movedPatches[1], drawable);
  check(movedPatches[0] <= movedPatches[1], 'synthesis.movedPatches', 'lowest first', movedPatches);
  const positive = beta.every((value) => Number.isFinite(value) && value > 0);
  check(positive && beta[0] <= beta[1], 'synthesis.beta', 'two positive numbers, lowest first', beta);
}

/** Checks a config that came from outside (a file, a form, a message). @throws InvalidInputError */
export function validateTrainingConfig(config: TrainingConfig): void {
  const { steps, batchSize, microBatch, seed, maxPoints, logEvery, checkpointEvery } = config;
  checkOneOf('preset', config.preset, Object.keys(TRAINING_PRESETS));
  checkCount('steps', steps);
  checkCount('batchSize', batchSize);
  checkCount('microBatch', microBatch, batchSize);
  check(
    Number.isInteger(seed) && seed >= 0 && seed <= 0xffffffff,
    'seed',
    'an unsigned 32-bit integer',
    seed,
  );
  checkCount('logEvery', logEvery);
  if (maxPoints !== null) checkCount('maxPoints', maxPoints);
  if (checkpointEvery !== null) checkCount('checkpointEvery', checkpointEvery);
  validateSynthesis(config.synthesis);
  validateVariation(config.variation);
  checkOneOf('loss.form', config.loss.form, ['released', 'paper', 'studio']);
  checkOneOf('loss.terms', config.loss.terms, ['both', 'distance', 'direction']);
  const { beta1, beta2, eps } = config.adam;
  check(beta1 >= 0 && beta1 < 1, 'adam.beta1', 'in [0, 1)', beta1);
  check(beta2 >= 0 && beta2 < 1, 'adam.beta2', 'in [0, 1)', beta2);
  check(eps > 0, 'adam.eps', 'positive', eps);
  const { base, floor, constantUntil, epochs } = config.schedule;
  check(Number.isFinite(base) && base > 0, 'schedule.base', 'a positive number', base);
  check(floor >= 0 && floor <= base, 'schedule.floor', 'between 0 and the base rate', floor);
  checkCount('schedule.epochs', epochs);
  checkCount('schedule.constantUntil', constantUntil, epochs);
}
