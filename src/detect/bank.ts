/**
 * The memory bank: surface whose shape no good scan has scores, wherever it lies. Descriptors that do not change
 * with the pose (`core/shapeFeatures`), a coreset of those of the good scans, and the distance from the nearest
 * of them. Nothing is laid on anything. So that a heatmap has a unit, scores are told as lengths: good surface
 * scores the noise of a good scan, surface three times as unusual three times that. Sources: BTF (Horwitz, Hoshen
 * 2023), PatchCore (Roth et al. 2022).
 */

import { InvalidInputError } from '../core/errors.ts';
import { bankDistances, makeBank } from '../core/featureBank.ts';
import { kNearest } from '../core/knn.ts';
import { meanAround } from '../core/meanAround.ts';
import type { OrientedCloud } from '../core/orientedCloud.ts';
import { alignGood, type GoodCloud, mergeReference, orientedGood, orientedScan } from '../core/reference.ts';
import { extent } from '../core/registration/alignTarget.ts';
import {
  type Histograms,
  SHAPE_WIDTH,
  type ShapeFeatures,
  shapeCell,
  shapeFeatures,
} from '../core/shapeFeatures.ts';
import type { Between, Detector, FittedDetector, ShapeBank } from './detector.ts';
import { leaveOneOut, thresholdsOf } from './leaveOneOut.ts';
import { meanScore, objectScore } from './scores.ts';

/** Places that a distance is averaged with: about as wide as the narrowest descriptor. */
const PLACES_AROUND = 8;
/** The highest hundredth of a scan's points make its score. */
const TOP_SHARE = 0.01;
/** Extents that a part of the same unit can have, as shares of the good scan's. */
const EXTENTS = [0.2, 5] as const;

/** Good scans by the shapes they have; each is looked at once, whichever bank it enters. */
export class ShapeTeacher {
  readonly cell: number;
  private readonly known = new Map<OrientedCloud, ShapeFeatures>();
  private readonly histograms: Histograms | undefined;

  /**
   * @param first a good scan, whose density decides how fine shapes are told; @param spacing of its points
   * @param histograms where they are computed; on the CPU unless it is said
   */
  constructor(first: OrientedCloud, spacing: number, histograms?: Histograms) {
    this.cell = shapeCell(first, spacing);
    this.histograms = histograms;
  }

  private async features(cloud: OrientedCloud): Promise<ShapeFeatures> {
    const features = this.known.get(cloud) ?? (await shapeFeatures(cloud, this.cell, this.histograms));
    this.known.set(cloud, features);
    return features;
  }

  /** @param unit see `ShapeBank` */
  async bankOf(clouds: readonly OrientedCloud[], unit = 1): Promise<ShapeBank> {
    const values: Float32Array[] = [];
    for (const cloud of clouds) values.push((await this.features(cloud)).values);
    return { cell: this.cell, unit, ...makeBank(values, SHAPE_WIDTH) };
  }
}

/** @returns [N] distance of the shape around every point from what the bank knows, in its unit */
export async function shapeScores(
  bank: ShapeBank,
  scan: OrientedCloud,
  histograms?: Histograms,
): Promise<Float32Array> {
  const { places, values } = await shapeFeatures(scan, bank.cell, histograms);
  const distances = bankDistances(bank, values);
  const mean = meanAround(distances, kNearest(places.points, PLACES_AROUND), PLACES_AROUND);
  return Float32Array.from(places.of, (place) => bank.unit * mean[place]!);
}

const NAME = 'bank';
const OBJECT_RULE = { kind: 'top-mean', share: TOP_SHARE } as const;

function summarise(scores: Float32Array): number {
  return objectScore(scores, OBJECT_RULE);
}

async function learn(
  good: readonly GoodCloud[],
  between?: Between,
  histograms?: Histograms,
): Promise<FittedDetector> {
  // Its surface is the frame in which the others are told; they are not laid on it.
  const alone = alignGood(good.slice(0, 1));
  const { frame, spacing } = alone;
  const rest = good.slice(1).map((scan) => orientedGood(scan, frame.radius).cloud);
  const clouds = [...alone.clouds, ...rest];
  const members = good.map(({ name }) => ({ name, words: 'Its shapes are in the memory.', used: true }));
  const teacher = new ShapeTeacher(clouds[0]!, spacing, histograms);
  const judge = async (left: OrientedCloud, others: readonly OrientedCloud[]) => {
    return shapeScores(await teacher.bankOf(others), left, histograms);
  };
  let done = 0;
  const { found, how } = await leaveOneOut(clouds, judge, async (next) =>
    between?.(next, ++done / (clouds.length + 1)),
  );
  const reference = mergeReference({ ...alone, members });
  const noise = reference.spread.slice().sort()[reference.spread.length >> 1]!;
  // Never zero: scans that are copies of each other have no distances.
  const unit = noise / Math.max(meanScore(Float32Array.from(found, meanScore)), 1e-6);
  const scored = found.map((distances) => {
    const scores = distances.map((v) => unit * v);
    return { scores, objectScore: summarise(scores) };
  });
  return {
    detector: NAME,
    reference,
    calibration: thresholdsOf({ found: scored, how }),
    bank: await teacher.bankOf(clouds, unit),
  };
}

/** @param histograms where they are computed; on the CPU unless it is said */
export const bankDetector = (histograms?: Histograms): Detector<FittedDetector> => ({
  name: NAME,
  summary:
    'Shapes of the surface that no good scan has, in multiples of the scan’s noise; scans need not lie on each other.',
  objectRule: OBJECT_RULE,
  fit: (good, between) => learn(good, between, histograms),
  score: async (scan, { reference, bank: shapes }) => {
    if (shapes === undefined) throw new InvalidInputError('reference', 'has no memory of shapes');
    const { cloud } = orientedScan(scan, reference.frame.radius);
    const times = extent(cloud.points).radius / reference.target.radius;
    if (!(times > EXTENTS[0] && times < EXTENTS[1]))
      throw new InvalidInputError(
        scan.name,
        `is ${times.toPrecision(3)} times as large as the good scans; give both in one unit, or take a detector that lays scans on each other`,
      );
    const score = await shapeScores(shapes, cloud, histograms);
    return {
      offsets: new Float32Array(cloud.points.length),
      score,
      objectScore: summarise(score),
      registration: null,
      pose: null,
      unseen: 0,
    };
  },
});
