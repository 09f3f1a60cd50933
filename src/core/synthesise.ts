/**
 * From a good cloud to training samples: pose, unit ball, pseudo-anomaly. The one entry that training and
 * `po3ad synthesize` call. Source: METHOD "Norm-AS", golden/SPEC.md section 11 item 5.
 */

import { augment, drawPose } from './augment.ts';
import { normAs } from './normAs.ts';
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

/** Streams of one sample's seed; `normAs` has its own below this one. */
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

function pick(rows: Float32Array, chosen: Uint32Array): Float32Array {
  const picked = new Float32Array(3 * chosen.length);
  chosen.forEach((row, i) => {
    picked.set(rows.subarray(3 * row, 3 * row + 3), 3 * i);
  });
  return picked;
}

/**
 * Subset (when `maxPoints` asks for one), random pose, unit ball, Norm-AS.
 * @param seed u32; the same arguments give the same bits
 * @returns a sample of min(N, maxPoints) points in the order of the source
 * @throws InvalidInputError for a cloud without extent or with too few points for the patches
 */
export function makeTrainingSample(
  source: TrainingSource,
  options: SampleOptions,
  seed: number,
): TrainingSample {
  const { rotate, maxPoints, synthesis } = options;
  const stream = new RandomStream(seed);
  let { points, normals } = source;
  const n = points.length / 3;
  if (maxPoints !== null && maxPoints < n) {
    const chosen = randomSubset(n, maxPoints, stream.fork(SUBSET));
    points = pick(points, chosen);
    normals = pick(normals, chosen);
  }
  const posed = augment(points, normals, rotate ? drawPose(stream.fork(POSE)) : null);
  const sample = normAs(posed.points, posed.normals, synthesis, stream.fork(DEFECT).key);
  return { ...sample, seed };
}
