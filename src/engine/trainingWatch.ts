/**
 * How a run is getting on, seen with the weights of a step: point and object AUROC on pseudo-defects that
 * are never trained on, and the heatmap of a scan the user chose. Changes nothing in the run.
 */

import { augment } from '../core/augment.ts';
import { toModelFrame } from '../core/frame.ts';
import { pickRows } from '../core/pickRows.ts';
import type { TrainingConfig } from '../core/presets.ts';
import { deriveKey, fnv1a32 } from '../core/random.ts';
import { drawSample, makeTrainingSample, type TrainingSource } from '../core/synthesise.ts';
import type { AnomalyMap, PointCloud } from '../core/types.ts';
import { auroc, rank, type Scored } from '../detect/metrics.ts';
import { meanScore, pointScores } from '../detect/scores.ts';
import { freezeModel, type OffsetModel } from '../nn/model.ts';
import type { ValidationReport } from './protocol.ts';
import type { Session } from './session.ts';

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
    const { points, patch } = makeTrainingSample(source, options, deriveKey(key, 2 * i));
    const labels = new Uint8Array(points.length / 3);
    for (const row of patch) labels[row] = 1;
    const { rows, pose } = drawSample(source.points.length / 3, options, deriveKey(key, 2 * i + 1));
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
      const { offsets } = await session.predict(frozen, scan.points);
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

/** The chosen scan as the model of this step sees it; no threshold, because nothing is calibrated yet. */
export async function previewMap(
  session: Session,
  model: OffsetModel,
  cloud: PointCloud,
): Promise<AnomalyMap> {
  const frozen = freezeModel(model);
  try {
    const { offsets } = await session.predict(frozen, toModelFrame(cloud).points);
    const score = pointScores(offsets, model.config.scoreNorm);
    return {
      cloudId: cloud.id,
      offsets,
      score,
      objectScore: meanScore(score),
      threshold: Number.NaN,
      modelHash: '',
    };
  } finally {
    frozen.dispose();
  }
}
