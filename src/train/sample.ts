/**
 * The clouds of one step: source, subset, pose, pseudo-anomalies. Sample s of step t depends on (seed, t, s)
 * alone, never on timing or on what was drawn before, which is what makes runs repeatable and resumable.
 */

import { augment, drawPose } from '../core/augment.ts';
import { InvalidInputError } from '../core/errors.ts';
import { countMoved, type LossCounts } from '../core/loss.ts';
import { normAs } from '../core/normAs.ts';
import { patchSize } from '../core/patches.ts';
import type { TrainingConfig } from '../core/presets.ts';
import { deriveKey, fnv1a32, RandomStream } from '../core/random.ts';
import type { TrainingSample } from '../core/types.ts';
import type { CloudBatch } from './plan.ts';

/** A good scan to train on. */
export interface TrainingSource {
  /** Made from the content, see `PointCloud.id`; a resumed run checks it. */
  readonly id: string;
  readonly name: string;
  /** [3N] any unit. */
  readonly positions: Float32Array;
  /** [3N] unit normals, consistently oriented. */
  readonly normals: Float32Array;
}

/** Streams of the run's seed. */
const SAMPLES = fnv1a32('training samples');
const ORDER = fnv1a32('order of sources');
/** Streams of one sample. */
const SUBSET = 1;
const POSE = 2;
const ANOMALY = 3;

/** @throws InvalidInputError naming the source that cannot be trained on */
export function checkSources(
  sources: readonly TrainingSource[],
  { synthesis, maxPoints }: TrainingConfig,
): void {
  if (sources.length === 0) throw new InvalidInputError('training', 'needs at least one good scan');
  for (const { name, positions, normals } of sources) {
    if (positions.length !== normals.length)
      throw new InvalidInputError(
        name,
        `has ${positions.length / 3} points and ${normals.length / 3} normals`,
      );
    if (!positions.every(Number.isFinite) || !normals.every(Number.isFinite))
      throw new InvalidInputError(name, 'has coordinates or normals that are not finite');
    const points = Math.min(positions.length / 3, maxPoints ?? Number.POSITIVE_INFINITY);
    try {
      patchSize(points, synthesis.patches);
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

/** A uniform random subset of rows, ascending. */
function drawRows(points: number, count: number, random: RandomStream): Uint32Array {
  const rows = Uint32Array.from({ length: points }, (_, i) => i);
  for (let i = 0; i < count; i++) {
    const other = i + random.below(points - i);
    [rows[i], rows[other]] = [rows[other]!, rows[i]!];
  }
  return rows.slice(0, count).sort();
}

function takeRows(values: Float32Array, rows: Uint32Array): Float32Array {
  const taken = new Float32Array(3 * rows.length);
  rows.forEach((row, i) => {
    taken.set(values.subarray(3 * row, 3 * row + 3), 3 * i);
  });
  return taken;
}

/** @param key u32, names the sample */
export function drawSample(source: TrainingSource, config: TrainingConfig, key: number): TrainingSample {
  const random = new RandomStream(key);
  let { positions, normals } = source;
  const points = positions.length / 3;
  if (config.maxPoints !== null && points > config.maxPoints) {
    const rows = drawRows(points, config.maxPoints, random.fork(SUBSET));
    positions = takeRows(positions, rows);
    normals = takeRows(normals, rows);
  }
  const pose = config.rotate ? drawPose(random.fork(POSE)) : null;
  const augmented = augment(positions, normals, pose);
  return normAs(augmented.points, augmented.normals, config.synthesis, deriveKey(key, ANOMALY));
}

/** The samples of a step. @param step from 0 */
export function drawStep(
  sources: readonly TrainingSource[],
  config: TrainingConfig,
  step: number,
): TrainingSample[] {
  const { seed, batchSize } = config;
  const stepKey = deriveKey(deriveKey(seed, SAMPLES), step);
  return Array.from({ length: batchSize }, (_, s) => {
    const source = sources[sourceIndex(seed, sources.length, step * batchSize + s)]!;
    return drawSample(source, config, deriveKey(stepKey, s));
  });
}

/** Points and moved points of a whole batch, for `lossWeights`. */
export function countBatch(samples: readonly TrainingSample[]): LossCounts {
  return {
    points: samples.reduce((sum, { points }) => sum + points.length / 3, 0),
    moved: samples.reduce((sum, { targetOffsets }) => sum + countMoved(targetOffsets), 0),
  };
}

function concat(parts: readonly Float32Array[]): Float32Array {
  const whole = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** Lays samples end to end. */
export function joinSamples(
  samples: readonly TrainingSample[],
): CloudBatch & { readonly targets: Float32Array } {
  const cloudStarts = new Uint32Array(samples.length + 1);
  samples.forEach(({ points }, i) => {
    cloudStarts[i + 1] = cloudStarts[i]! + points.length / 3;
  });
  return {
    points: concat(samples.map((sample) => sample.points)),
    targets: concat(samples.map((sample) => sample.targetOffsets)),
    cloudStarts,
  };
}
