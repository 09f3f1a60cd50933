/**
 * From a good cloud to training samples: pose, unit ball, pseudo-anomaly. The one entry that training and
 * `po3ad synthesize` call. Source: METHOD "Norm-AS", golden/SPEC.md section 11 item 5.
 */

import { augment, drawPose, type PoseAngles } from './augment.ts';
import { displacePatches, drawPlan, type NormAsPlan } from './normAs.ts';
import { pickRows } from './pickRows.ts';
import type { TrainingConfig } from './presets.ts';
import { RandomStream } from './random.ts';
import type { TrainingSample } from './types.ts';

/** A good cloud that samples are made from. */
export interface TrainingSource {
  /** [3N] any unit; samples are normalised again after they were posed. */
  readonly points: Float32Array;
  /** [3N] unit normals, or as good as they can be had, see `prepareSource`. */
  readonly normals: Float32Array;
}

/** The fields of a training config that a sample depends on. */
export type SampleOptions = Pick<TrainingConfig, 'rotate' | 'maxPoints' | 'synthesis'>;

/** Streams of one sample's seed; `normAs` has its own below these. */
const SUBSET = 11;
const POSE = 12;
const DEFECT = 13;

/** `count` distinct rows of `n`, ascending: Floyd's algorithm, O(count). */
function randomSubset(n: number, count: number, stream: RandomStream): Uint32Array {
  const chosen = new Set<number>();
  for (let last = n - count; last < n; last++) {
    const row = stream.below(last + 1);
    chosen.add(chosen.has(row) ? last : row);
  }
  return Uint32Array.from(chosen).sort();
}

/** Everything random about one sample: handfuls of numbers, and the rows of the subset. */
export interface SamplePlan {
  readonly seed: number;
  /** Rows of the source that are used, ascending; null: all. */
  readonly rows: Uint32Array | null;
  readonly pose: PoseAngles | null;
  readonly anomaly: NormAsPlan;
}

/**
 * @param n points of the source
 * @param seed u32
 * @throws InvalidInputError when there are too few points for the patches
 */
export function drawSample(n: number, options: SampleOptions, seed: number): SamplePlan {
  const { rotate, maxPoints, synthesis } = options;
  const stream = new RandomStream(seed);
  const count = Math.min(n, maxPoints ?? n);
  return {
    seed,
    rows: count < n ? randomSubset(n, count, stream.fork(SUBSET)) : null,
    pose: rotate ? drawPose(stream.fork(POSE)) : null,
    anomaly: drawPlan(count, synthesis, stream.fork(DEFECT).key),
  };
}

/**
 * Subset (when `maxPoints` asks for one), random pose, unit ball, Norm-AS.
 * @param seed u32; the same arguments give the same bits
 * @returns a sample of min(N, maxPoints) points in the order of the source
 * @throws InvalidInputError for a cloud without extent or with too few points for the patches
 */
export function makeTrainingSample(
  { points, normals }: TrainingSource,
  options: SampleOptions,
  seed: number,
): TrainingSample {
  const { rows, pose, anomaly } = drawSample(points.length / 3, options, seed);
  const posed =
    rows === null
      ? augment(points, normals, pose)
      : augment(pickRows(points, rows), pickRows(normals, rows), pose);
  return { ...displacePatches(posed.points, posed.normals, anomaly), seed };
}
