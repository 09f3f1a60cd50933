/**
 * Which clouds a step sees: source and draws of every sample. Sample s of step t depends on (seed, t, s)
 * alone, never on timing or on what was drawn before, which is what makes runs repeatable and resumable.
 */

import { MIN_DEFECT_POINTS } from '../core/defects/mix.ts';
import { InvalidInputError } from '../core/errors.ts';
import type { LossCounts } from '../core/loss.ts';
import type { InputKind, ModelConfig } from '../core/modelConfig.ts';
import { patchSize } from '../core/patches.ts';
import type { TrainingConfig } from '../core/presets.ts';
import { deriveKey, fnv1a32, RandomStream } from '../core/random.ts';
import type { Reference } from '../core/reference.ts';
import { REFERENCE_CHANNELS } from '../core/referenceFeatures.ts';
import { checkReference } from '../core/referenceSurface.ts';
import type { PartFamily } from '../core/scanVariation.ts';
import {
  drawSample,
  type TrainingSource as GoodCloud,
  type NormAsSamplePlan,
  type SamplePlan,
} from '../core/synthesise.ts';

/** A good scan to train on. */
export interface TrainingSource extends GoodCloud {
  /** Made from the content, see `PointCloud.id`; a resumed run checks it. */
  readonly id: string;
  readonly name: string;
  /** For reference inputs: how specimens differ from these points, and what their scans are compared with. */
  readonly family?: PartFamily;
  readonly reference?: Reference;
}

/** A sample drawn from a merged reference: all that is random about it follows from its seed. */
export interface ReferencePlan {
  readonly kind: 'reference';
  readonly seed: number;
}

/** One sample of a step, before any geometry. */
export interface SampleDraw {
  /** Index of the source. */
  readonly source: number;
  readonly plan: SamplePlan | ReferencePlan;
}

/** Streams of the run's seed. */
const SAMPLES = fnv1a32('training samples');
const ORDER = fnv1a32('order of sources');

/** @throws InvalidInputError naming the source that cannot be trained on */
export function checkSources(
  sources: readonly TrainingSource[],
  { synthesis, maxPoints }: TrainingConfig,
): void {
  if (sources.length === 0) throw new InvalidInputError('training', 'needs at least one good scan');
  for (const { name, points, normals } of sources) {
    if (points.length !== normals.length)
      throw new InvalidInputError(name, `has ${points.length / 3} points and ${normals.length / 3} normals`);
    if (!points.every(Number.isFinite) || !normals.every(Number.isFinite))
      throw new InvalidInputError(name, 'has coordinates or normals that are not finite');
    const used = Math.min(points.length / 3, maxPoints ?? Number.POSITIVE_INFINITY);
    if (synthesis.defects !== null) {
      if (used < MIN_DEFECT_POINTS)
        throw new InvalidInputError(
          name,
          `${used} points are too few for pseudo-defects: needs at least ${MIN_DEFECT_POINTS}`,
        );
      continue;
    }
    try {
      patchSize(used, synthesis.patches);
    } catch (error) {
      throw error instanceof InvalidInputError ? new InvalidInputError(name, error.message) : error;
    }
  }
}

/** @throws InvalidInputError when sources or settings are not those of the network's inputs */
export function checkInputs(
  { inputs, arch }: ModelConfig,
  sources: readonly TrainingSource[],
  { synthesis }: TrainingConfig,
): void {
  const channels = inputs === 'xyz' ? 3 : REFERENCE_CHANNELS;
  if (arch.inChannels !== channels)
    throw new InvalidInputError(
      'architecture',
      `inputs "${inputs}" have ${channels} channels, the network takes ${arch.inChannels}`,
    );
  if (inputs === 'xyz') return;
  if (synthesis.defects === null)
    throw new InvalidInputError('synthesis.defects', 'reference inputs are trained with pseudo-defects');
  for (const { name, points, family, reference } of sources) {
    if (family === undefined || reference === undefined)
      throw new InvalidInputError(name, 'has no merged reference: reference inputs need one');
    if (family.warp.length !== points.length / 3)
      throw new InvalidInputError(name, `has ${points.length / 3} points and ${family.warp.length} warps`);
    checkReference(name, reference);
  }
}

/** Every round of `count` draws visits each source once, in an order of its own. @param draw from 0 */
export function sourceIndex(seed: number, count: number, draw: number): number {
  const round = Math.floor(draw / count);
  const random = new RandomStream(deriveKey(deriveKey(seed, ORDER), round));
  const order = Uint32Array.from({ length: count }, (_, i) => i);
  for (let last = count - 1; last > 0; last--) {
    const other = random.below(last + 1);
    [order[last], order[other]] = [order[other]!, order[last]!];
  }
  return order[draw % count]!;
}

/** The samples of a step. @param step from 0; @param inputs of the network that is trained */
export function drawStep(
  sources: readonly TrainingSource[],
  config: TrainingConfig,
  step: number,
  inputs: InputKind = 'xyz',
): SampleDraw[] {
  const { seed, batchSize } = config;
  const stepKey = deriveKey(deriveKey(seed, SAMPLES), step);
  return Array.from({ length: batchSize }, (_, s) => {
    const source = sourceIndex(seed, sources.length, step * batchSize + s);
    const points = sources[source]!.points.length / 3;
    const key = deriveKey(stepKey, s);
    return {
      source,
      plan: inputs === 'xyz' ? drawSample(points, config, key) : { kind: 'reference', seed: key },
    };
  });
}

/**
 * The plan of a draw as the GPU can carry it out.
 * @throws InvalidInputError for samples with pseudo-defects, which are made on the CPU
 */
export function normAsPlan({ plan }: SampleDraw): NormAsSamplePlan {
  if (plan.kind === 'normAs') return plan;
  throw new InvalidInputError('batches', 'samples with pseudo-defects are made on the CPU only');
}

/**
 * Points and moved points of a whole batch of Norm-AS, for `lossWeights`. Moved are the points of the patches that
 * move, known before any geometry is; the one on a patch's rim stays where it is.
 */
export function countBatch(sources: readonly TrainingSource[], draws: readonly SampleDraw[]): LossCounts {
  let [points, moved] = [0, 0];
  for (const draw of draws) {
    const { rows, anomaly } = normAsPlan(draw);
    points += rows?.length ?? sources[draw.source]!.points.length / 3;
    moved += anomaly.moves.length * anomaly.size;
  }
  return { points, moved };
}
