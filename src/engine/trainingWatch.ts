/**
 * How a run is getting on, seen with the weights of a step: point and object AUROC on pseudo-defects that
 * are never trained on, and the heatmap of a scan the user chose. Changes nothing in the run.
 */

import { augment } from '../core/augment.ts';
import { modelFrame, toModelFrame } from '../core/frame.ts';
import { type JudgeRule, OBJECT_RULES } from '../core/objectRule.ts';
import { pickRows } from '../core/pickRows.ts';
import type { TrainingConfig } from '../core/presets.ts';
import { deriveKey, fnv1a32 } from '../core/random.ts';
import type { Reference } from '../core/reference.ts';
import { REFERENCE_CHANNELS } from '../core/referenceFeatures.ts';
import { makeReferenceSample, type ReferencePart } from '../core/referenceSample.ts';
import { drawSample, makeTrainingSample } from '../core/synthesise.ts';
import type { AnomalyMap, PointCloud } from '../core/types.ts';
import type { PointFeatures } from '../core/voxelFeatures.ts';
import { auroc, rank, type Scored } from '../detect/metrics.ts';
import { meanScore, objectFigures, pointScores } from '../detect/scores.ts';
import { freezeModel, type OffsetModel } from '../nn/model.ts';
import type { TrainingSource } from '../train/samples.ts';
import type { ValidationReport } from './protocol.ts';
import type { Session } from './session.ts';
import { universalDetector } from './universal.ts';

/** Stream of the run's seed: samples of training have another one. */
const VALIDATION = fnv1a32('validation samples');

/** Pairs of a sound and a defective pseudo-scan. */
const PAIRS = 6;

/** Points of a validation scan: the figure is about the network, not about density. */
const MOST_POINTS = 8192;

interface ValidationScan {
  /** [3N] model units. */
  readonly points: Float32Array;
  /** [N] above 0: moved. */
  readonly labels: Uint8Array;
  readonly defective: boolean;
  /** For a network that compares with good scans. */
  readonly features?: PointFeatures;
}

function labelsOf(points: number, patch: Uint32Array): Uint8Array {
  const labels = new Uint8Array(points);
  for (const row of patch) labels[row] = 1;
  return labels;
}

/** A pair for a network that compares with good scans. */
function referencePair(part: ReferencePart, training: TrainingConfig, keys: readonly [number, number]) {
  const { rotate, maxPoints, variation, synthesis } = training;
  // `checkInputs` refuses a run without them.
  const mix = synthesis.defects!;
  return [true, false].map((defective, i): ValidationScan => {
    const defects = defective ? mix : { ...mix, count: [0, 0] as const, gross: 0 };
    const options = { rotate, maxPoints, variation, defects };
    const { points, patch, features } = makeReferenceSample(part, options, keys[i]!);
    const labels = labelsOf(points.length / 3, patch);
    return { points, labels, defective, features: { channels: REFERENCE_CHANNELS, values: features } };
  });
}

/** The same scans for the whole run, so that figures of different steps can be compared. */
export function validationScans(
  sources: readonly TrainingSource[],
  training: TrainingConfig,
): ValidationScan[] {
  const options = { ...training, maxPoints: Math.min(training.maxPoints ?? MOST_POINTS, MOST_POINTS) };
  const key = deriveKey(training.seed, VALIDATION);
  return Array.from({ length: PAIRS }, (_, i) => {
    const source = sources[i % sources.length]!;
    const keys = [deriveKey(key, 2 * i), deriveKey(key, 2 * i + 1)] as const;
    const { family, reference } = source;
    if (family !== undefined && reference !== undefined)
      return referencePair({ ...source, family, reference }, options, keys);
    const { points, patch } = makeTrainingSample(source, options, keys[0]);
    const labels = labelsOf(points.length / 3, patch);
    const { rows, pose } = drawSample(source.points.length / 3, options, keys[1]);
    const pick = (values: Float32Array) => (rows === null ? values : pickRows(values, rows));
    const good = Float32Array.from(augment(pick(source.points), pick(source.normals), pose).points);
    return [
      { points, labels, defective: true },
      { points: good, labels: new Uint8Array(good.length / 3), defective: false },
    ];
  }).flat();
}

export async function validate(
  session: Session,
  model: OffsetModel,
  scans: readonly ValidationScan[],
  step: number,
): Promise<ValidationReport> {
  const frozen = freezeModel(model);
  try {
    const points: Scored[] = [];
    const objects = new Float64Array(scans.length);
    for (const [i, scan] of scans.entries()) {
      const { offsets } = await session.predict(frozen, scan.points, {}, scan.features);
      const scores = pointScores(offsets, model.config.scoreNorm);
      points.push({ scores, labels: scan.labels });
      objects[i] = meanScore(scores);
    }
    const defective = Uint8Array.from(scans, (scan) => Number(scan.defective));
    const figure = (parts: readonly Scored[]) => {
      const { value } = auroc(rank(parts));
      return Number.isNaN(value) ? null : value;
    };
    return {
      step,
      pointAuroc: figure(points),
      objectAuroc: figure([{ scores: objects, labels: defective }]),
    };
  } finally {
    frozen.dispose();
  }
}

/** A scan as the model of a step sees it. */
export interface Preview {
  readonly map: AnomalyMap;
  /** Source units per model unit. */
  readonly radius: number;
}

/** Nothing is calibrated yet, so there is no threshold. */
const UNCALIBRATED = { pointThreshold: Number.NaN, objectThreshold: Number.NaN, how: '' };

/**
 * The chosen scan as the model of this step sees it.
 * @param reference of a model that compares with good scans, else null
 */
export async function previewMap(
  session: Session,
  model: OffsetModel,
  cloud: PointCloud,
  reference: Reference | null,
): Promise<Preview> {
  const frozen = freezeModel(model);
  const mapOf = (
    score: Float32Array,
    offsets: Float32Array,
    objectScore: number,
    objectRule: JudgeRule,
  ): AnomalyMap => ({
    cloudId: cloud.id,
    offsets,
    score,
    objectScore,
    objectRule,
    objectFigures: objectFigures(score),
    threshold: Number.NaN,
    modelHash: '',
  });
  try {
    if (reference === null) {
      const { offsets } = await session.predict(frozen, toModelFrame(cloud).points);
      const score = pointScores(offsets, model.config.scoreNorm);
      return {
        map: mapOf(score, offsets, meanScore(score), OBJECT_RULES.mean),
        radius: modelFrame(cloud.positions, cloud.name).radius,
      };
    }
    const predictLaid: Session['predictLaid'] = async (_, points, features) =>
      (await session.predict(frozen, points, {}, features)).offsets;
    const detector = universalDetector({ predictLaid }, '');
    const fitted = { detector: detector.name, reference, calibration: UNCALIBRATED };
    const { score, offsets, objectScore } = await detector.score(cloud, fitted);
    return { map: mapOf(score, offsets, objectScore, detector.objectRule), radius: reference.frame.radius };
  } finally {
    frozen.dispose();
  }
}
