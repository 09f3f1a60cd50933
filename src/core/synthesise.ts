/**
 * From a good cloud to training samples: pose, unit ball, pseudo-anomaly. The one entry that training and
 * `po3ad synthesize` call; `synthesis.defects` says which pseudo-anomalies. Source: METHOD "Norm-AS", golden/SPEC.md section 11 item 5.
 */

import { augment, drawPose, type PoseAngles } from './augment.ts';
import { applyDefects } from './defects/apply.ts';
import { type DefectPlan, drawDefects } from './defects/mix.ts';
import type { FloatArray } from './floatArray.ts';
import { displacePatches, drawPlan, type NormAsPlan } from './normAs.ts';
import { pickRows } from './pickRows.ts';
import type { TrainingConfig } from './presets.ts';
import { RandomStream } from './random.ts';
import { randomSubset } from './subset.ts';
import type { TrainingSample } from './types.ts';

/** A good cloud that samples are made from. */
export interface TrainingSource {
  /** [3N] any unit; samples are normalised again after they were posed. */
  readonly points: Float32Array;
  /** [3N] unit normals, or as good as they can be had, see `prepareSource`. */
  readonly normals: Float32Array;
  /**
   * [N] above 0: a point that was marked as normal, a hard negative. It is never displaced, so its target is
   * always zero. Made on the CPU only.
   */
  readonly still?: Uint8Array;
}

/** The fields of a training config that a sample depends on. */
export type SampleOptions = Pick<TrainingConfig, 'rotate' | 'maxPoints' | 'synthesis'>;

/** Streams of one sample's seed; `normAs` has its own below these. */
const SUBSET = 11;
const POSE = 12;
const DEFECT = 13;

/** What was drawn for every kind of sample. */
interface CommonPlan {
  readonly seed: number;
  /** Rows of the source that are used, ascending; null: all. */
  readonly rows: Uint32Array | null;
  readonly pose: PoseAngles | null;
}

/** A sample with Norm-AS. */
export interface NormAsSamplePlan extends CommonPlan {
  readonly kind: 'normAs';
  readonly anomaly: NormAsPlan;
}

/** A sample with the pseudo-defects of `synthesis.defects`. */
export interface DefectSamplePlan extends CommonPlan {
  readonly kind: 'defects';
  readonly defects: readonly DefectPlan[];
}

/** Everything random about one sample: handfuls of numbers, and the rows of the subset. */
export type SamplePlan = NormAsSamplePlan | DefectSamplePlan;

/**
 * @param n points of the source
 * @param seed u32
 * @throws InvalidInputError when there are too few points for the patches
 */
export function drawSample(n: number, options: SampleOptions, seed: number): SamplePlan {
  const { rotate, maxPoints, synthesis } = options;
  const stream = new RandomStream(seed);
  const count = Math.min(n, maxPoints ?? n);
  const common = {
    seed,
    rows: count < n ? randomSubset(n, count, stream.fork(SUBSET)) : null,
    pose: rotate ? drawPose(stream.fork(POSE)) : null,
  };
  const defect = stream.fork(DEFECT);
  const { defects: mix } = synthesis;
  return mix === null
    ? { ...common, kind: 'normAs', anomaly: drawPlan(count, synthesis, defect.key) }
    : { ...common, kind: 'defects', defects: drawDefects(mix, defect) };
}

/**
 * Subset (when `maxPoints` asks for one), random pose, unit ball, Norm-AS or pseudo-defects.
 * @param seed u32; the same arguments give the same bits
 * @returns a sample of min(N, maxPoints) points in the order of the source, less what a defect took away
 * @throws InvalidInputError for a cloud without extent or with too few points for the patches
 */
export function makeTrainingSample(
  { points, normals, still }: TrainingSource,
  options: SampleOptions,
  seed: number,
): TrainingSample {
  const plan = drawSample(points.length / 3, options, seed);
  const { rows, pose } = plan;
  const posed =
    rows === null
      ? augment(points, normals, pose)
      : augment(pickRows(points, rows), pickRows(normals, rows), pose);
  const isStill = (row: number) => still !== undefined && still[rows === null ? row : rows[row]!]! > 0;
  if (plan.kind === 'normAs') {
    const sample = displacePatches(posed.points, posed.normals, plan.anomaly);
    return { ...(still === undefined ? sample : putBack(sample, posed.points, isStill)), seed };
  }
  const { kept, ...sample } = applyDefects(posed.points, posed.normals, plan.defects);
  if (still === undefined) return { ...sample, seed };
  return {
    ...putBack(sample, pickRows(Float32Array.from(posed.points), kept), (i) => isStill(kept[i]!)),
    seed,
  };
}

type Displaced = Omit<TrainingSample, 'seed'>;

/** Moves the points that must not move back to where they were. @param original [3N] */
function putBack(sample: Displaced, original: FloatArray, isStill: (row: number) => boolean): Displaced {
  const points = sample.points.slice();
  const targetOffsets = sample.targetOffsets.slice();
  for (const row of sample.patch) {
    if (!isStill(row)) continue;
    for (let at = 3 * row; at < 3 * row + 3; at++) {
      points[at] = original[at]!;
      targetOffsets[at] = 0;
    }
  }
  return { points, targetOffsets, patch: sample.patch.filter((row) => !isStill(row)) };
}
