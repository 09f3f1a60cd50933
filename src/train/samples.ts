/**
 * Which clouds a step sees: source and draws of every sample. Sample s of step t depends on (seed, t, s)
 * alone, never on timing or on what was drawn before, which is what makes runs repeatable and resumable.
 */

import { InvalidInputError } from '../core/errors.ts';
import type { LossCounts } from '../core/loss.ts';
import { patchSize } from '../core/patches.ts';
import type { TrainingConfig } from '../core/presets.ts';
import { deriveKey, fnv1a32, RandomStream } from '../core/random.ts';
import { drawSample, type TrainingSource as GoodCloud, type SamplePlan } from '../core/synthesise.ts';

/** A good scan to train on. */
export interface TrainingSource extends GoodCloud {
  /** Made from the content, see `PointCloud.id`; a resumed run checks it. */
  readonly id: string;
  readonly name: string;
}

/** One sample of a step, before any geometry. */
export interface SampleDraw {
  /** Index of the source. */
  readonly source: number;
  readonly plan: SamplePlan;
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
    try {
      patchSize(Math.min(points.length / 3, maxPoints ?? Number.POSITIVE_INFINITY), synthesis.patches);
    } catch (error) {
      throw error instanceof InvalidInputError ? new InvalidInputError(name, error.message) : error;
    }
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

/** The samples of a step. @param step from 0 */
export function drawStep(
  sources: readonly TrainingSource[],
  config: TrainingConfig,
  step: number,
): SampleDraw[] {
  const { seed, batchSize } = config;
  const stepKey = deriveKey(deriveKey(seed, SAMPLES), step);
  return Array.from({ length: batchSize }, (_, s) => {
    const source = sourceIndex(seed, sources.length, step * batchSize + s);
    const points = sources[source]!.points.length / 3;
    return { source, plan: drawSample(points, config, deriveKey(stepKey, s)) };
  });
}

/**
 * Points and moved points of a whole batch, for `lossWeights`. Moved are the points of the patches that
 * move, known before any geometry is; the one on a patch's rim stays where it is.
 */
export function countBatch(sources: readonly TrainingSource[], draws: readonly SampleDraw[]): LossCounts {
  let [points, moved] = [0, 0];
  for (const { source, plan } of draws) {
    points += plan.rows?.length ?? sources[source]!.points.length / 3;
    moved += plan.anomaly.moves.length * plan.anomaly.size;
  }
  return { points, moved };
}
