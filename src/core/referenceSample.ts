/**
 * One training pair of a reference-conditioned model: a fresh scan of the good part, drawn from the merged
 * reference, with pseudo-defects, registered not quite exactly, and its features against that reference.
 * Cloud, target and features then turn together. Source: METHOD "Beyond the original".
 */

import { drawPose, poseRotation } from './augment.ts';
import { applyDefects } from './defects/apply.ts';
import { type DefectMix, drawDefects } from './defects/mix.ts';
import { pickRows } from './pickRows.ts';
import { RandomStream } from './random.ts';
import { type ReferenceIndex, referenceFeatures, rotateFeatures } from './referenceFeatures.ts';
import { rotateVector } from './rotation.ts';
import { drawMisalignment, type ScanVariation, smoothField, visibleRows } from './scanVariation.ts';
import { randomSubset } from './subset.ts';
import type { TrainingSample } from './types.ts';

export interface ReferenceSample extends TrainingSample {
  /** [N 12] of each point, see `referenceFeatures`. */
  readonly features: Float32Array;
}

export interface ReferenceSampleOptions {
  readonly rotate: boolean;
  /** Most points of a sample; null: all that are visible. */
  readonly maxPoints: number | null;
  readonly defects: DefectMix;
  readonly variation: ScanVariation;
}

/** Streams of one sample's seed. */
const VIEW = 21;
const SUBSET = 22;
const SPECIMEN = 23;
const DEFECTS = 24;
const NOISE = 25;
const ALIGNMENT = 26;
const POSE = 27;

/** Waves of the good parts' differences are no shorter than about a third of the part. */
const SPECIMEN_FREQUENCY = 6;
/** A sample has between this share of `maxPoints` and all of them: scanners differ. */
const LEAST_POINTS = 0.5;

/** Another good specimen: the surface shifted along its normals as far as its family's spread goes. */
function specimen(
  points: Float32Array,
  normals: Float32Array,
  spread: (i: number) => number,
  random: RandomStream,
): Float32Array {
  const field = smoothField(random, SPECIMEN_FREQUENCY);
  const made = points.slice();
  for (let i = 0; i < made.length / 3; i++) {
    const by = spread(i) * field(points[3 * i]!, points[3 * i + 1]!, points[3 * i + 2]!);
    for (let d = 0; d < 3; d++) made[3 * i + d]! += by * normals[3 * i + d]!;
  }
  return made;
}

/** Adds sensor noise in place. */
function addNoise(
  points: Float32Array,
  [least, most]: readonly [number, number],
  random: RandomStream,
): void {
  const deviation = least * (most / least) ** random.uniform();
  for (let at = 0; at < points.length; at++) points[at]! += deviation * random.normal();
}

/**
 * @param seed u32; the same arguments give the same bits
 * @throws InvalidInputError when fewer than 128 points of the reference are visible
 */
export function makeReferenceSample(
  index: ReferenceIndex,
  { rotate, maxPoints, defects, variation }: ReferenceSampleOptions,
  seed: number,
): ReferenceSample {
  const { points, normals, spread } = index.surface;
  const stream = new RandomStream(seed);
  const visible = visibleRows(index.surface, variation, stream.fork(VIEW));
  const subset = stream.fork(SUBSET);
  const wanted = Math.round((maxPoints ?? visible.length) * subset.range(LEAST_POINTS, 1));
  const rows = randomSubset(visible.length, Math.min(wanted, visible.length), subset).map((i) => visible[i]!);
  const facing = pickRows(normals, rows);
  const good = specimen(pickRows(points, rows), facing, (i) => spread[rows[i]!]!, stream.fork(SPECIMEN));
  const plans = drawDefects(defects, stream.fork(DEFECTS));
  const made = applyDefects(good, facing, plans, defects);
  addNoise(made.points, variation.noise, stream.fork(NOISE));
  const { turn, shift } = drawMisalignment(variation, stream.fork(ALIGNMENT));
  for (let at = 0; at < made.points.length; at += 3) {
    rotateVector(made.points, at, turn);
    rotateVector(made.targetOffsets, at, turn);
    for (let d = 0; d < 3; d++) made.points[at + d]! += shift[d]!;
  }
  const own = made.kept.map((i) => rows[i]!);
  const features = referenceFeatures(index, made.points, own);
  if (rotate) {
    const pose = poseRotation(drawPose(stream.fork(POSE)));
    for (let at = 0; at < made.points.length; at += 3) {
      rotateVector(made.points, at, pose);
      rotateVector(made.targetOffsets, at, pose);
    }
    rotateFeatures(features, pose);
  }
  const { targetOffsets, patch } = made;
  return { points: made.points, targetOffsets, patch, seed, features };
}
