/**
 * The ensemble: distance from the good scans, the universal network, the memory of shapes, and voids along
 * cracks, each measured by what it says of good scans that were left out of what judges them.
 *
 * A point's score is the weighted mean of its z-scores, a scan's score the plain mean of the members' scores of
 * the scan over those of good scans. Both are told as lengths, so that a heatmap has a unit: as the distance that
 * would be as unusual by itself. Weights were fixed on the labelled benchmark (docs/quality.md) and are the
 * same for every part.
 */

import { InvalidInputError } from '../core/errors.ts';
import type { OrientedCloud } from '../core/orientedCloud.ts';
import { type AlignedGood, mergeReference, PROBE_CELL, type ScoringReference } from '../core/reference.ts';
import { voidStrengths } from '../core/voids.ts';
import { ShapeTeacher, shapeScores } from '../detect/bank.ts';
import type { Detector, FittedDetector, Usual } from '../detect/detector.ts';
import { detectorOf, leftOut, type Pause } from '../detect/laidDetector.ts';
import { leaveOneOut, thresholdsOf } from '../detect/leaveOneOut.ts';
import { meanScore, objectScore } from '../detect/scores.ts';
import { blend, type Evidence, evidenceOf, type Network, variationOf } from './evidence.ts';

/** Members and their weights in a point's score. */
const WEIGHTS = { residual: 1, universal: 4, bank: 1, voids: 1 } as const;
type Member = keyof typeof WEIGHTS;
const MEMBERS: readonly Member[] = ['residual', 'universal', 'bank', 'voids'];
/** The highest hundredth of a scan's points make its score. */
const TOP_SHARE = 0.01;

type Weights = Readonly<Record<Member, number>>;
type Scores = Readonly<Record<Member, Float32Array>>;

const summarise = (scores: Float32Array): number =>
  objectScore(scores, { kind: 'top-mean', share: TOP_SHARE });

/** What every member says, of whose evidence slow differences are taken off as far as good scans vary. */
function membersOf(
  { whole, local, near }: Evidence,
  shapes: Float32Array,
  reference: ScoringReference,
  variation: number,
): Scores {
  const { scan } = variation > 0 ? local : whole;
  return {
    residual: blend(whole.distance, local.distance, variation),
    universal: blend(whole.network, local.network, variation),
    bank: shapes,
    voids: voidStrengths(reference, scan, PROBE_CELL * reference.scanSpacing, near),
  };
}

/**
 * Weights in points and in whole scans. Voids say nothing where specimens vary: surface that lies elsewhere leaves
 * the same gaps.
 */
function weightsFor(variation: number): { readonly points: Weights; readonly objects: Weights } {
  const voids = 1 - variation;
  return { points: { ...WEIGHTS, voids }, objects: { residual: 1, universal: 1, bank: 1, voids } };
}

/** What members say of good scans. */
function usualOf(good: readonly Scores[]): Usual[] {
  return MEMBERS.map((member) => {
    const own = good.map((scores) => scores[member]);
    const mean = meanScore(Float32Array.from(own, meanScore));
    const squares = own.map((scores) => meanScore(scores.map((v) => (v - mean) ** 2)));
    // Never zero: a member that says nothing of any good scan has no deviation to be measured by.
    const deviation = Math.max(Math.sqrt(meanScore(Float32Array.from(squares))), 1e-9);
    const object = Math.max(meanScore(Float32Array.from(own, summarise)), 1e-9);
    return { member, mean, deviation, object };
  });
}

/** @param scores of one scan, by member; @param usual what each says of good ones */
function combine(
  scores: Scores,
  usual: readonly Usual[],
  variation: number,
): { readonly score: Float32Array; readonly objectScore: number } {
  const usualOfMember = (member: Member): Usual => {
    const own = usual.find((known) => known.member === member);
    if (own === undefined) throw new InvalidInputError('reference', `has no good scores of ${member}`);
    return own;
  };
  const { points, objects } = weightsFor(variation);
  const totalOf = (weights: Weights) => MEMBERS.reduce((sum, member) => sum + weights[member], 0);
  const distance = usualOfMember('residual');
  const score = new Float32Array(scores.residual.length).fill(distance.mean);
  let object = 0;
  for (const member of MEMBERS) {
    const { mean, deviation, object: good } = usualOfMember(member);
    const weight = (distance.deviation * points[member]) / totalOf(points) / deviation;
    scores[member].forEach((v, i) => {
      score[i]! += weight * (v - mean);
    });
    object += (objects[member] * distance.object * summarise(scores[member])) / totalOf(objects) / good;
  }
  return { score: score.map((v) => Math.max(0, v)), objectScore: object };
}

async function learn(
  network: Network,
  aligned: AlignedGood,
  between: Pause,
): Promise<Omit<FittedDetector, 'detector'>> {
  const { clouds, spacing } = aligned;
  const { histograms } = network.session;
  const teacher = new ShapeTeacher(clouds[0]!, spacing, histograms);
  const judge = async (left: OrientedCloud, others: readonly OrientedCloud[]) => {
    const { scan, reference } = leftOut(aligned, left, others);
    const evidence = await evidenceOf(network, scan, reference, 1);
    return { evidence, reference, shapes: await shapeScores(await teacher.bankOf(others), scan, histograms) };
  };
  const { found, how } = await leaveOneOut(clouds, judge, between);
  const variation = variationOf(found.map(({ evidence }) => evidence));
  const good = found.map(({ evidence, shapes, reference }) =>
    membersOf(evidence, shapes, reference, variation),
  );
  const usual = usualOf(good);
  const scored = good.map((scores) => {
    const { score, objectScore: object } = combine(scores, usual, variation);
    return { scores: score, objectScore: object };
  });
  return {
    reference: mergeReference(aligned),
    calibration: thresholdsOf({ found: scored, how }),
    bank: await teacher.bankOf(clouds),
    usual,
    variation,
  };
}

/** @param modelHash of a loaded model with reference inputs */
export function ensembleDetector(session: Network['session'], modelHash: string): Detector<FittedDetector> {
  const network = { session, modelHash };
  return detectorOf({
    name: 'ensemble',
    summary:
      'Distance, network, shapes and gaps along cracks together, each in units of what good scans score: finds most, takes longest.',
    objectRule: { kind: 'members', share: TOP_SHARE },
    learn: (aligned, between) => learn(network, aligned, between),
    score: async (laid, { reference, bank, usual, variation = 0 }) => {
      if (bank === undefined || usual === undefined)
        throw new InvalidInputError('reference', 'was not fitted with the ensemble');
      const evidence = await evidenceOf(network, laid, reference, variation);
      const scores = membersOf(
        evidence,
        await shapeScores(bank, laid, session.histograms),
        reference,
        variation,
      );
      const { offsets, unseen } = evidence;
      return { offsets, unseen, ...combine(scores, usual, variation) };
    },
  });
}
