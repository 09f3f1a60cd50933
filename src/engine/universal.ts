/**
 * The universal detector: a network that has seen many generated parts and their defects, and is told per
 * point how the scan differs from the reference, says which of those differences are defects. Nothing is
 * trained on the part that is inspected. Where good scans differ slowly, what is left without that counts more.
 */

import type { OrientedCloud } from '../core/orientedCloud.ts';
import { mergeReference } from '../core/reference.ts';
import type { Detector, FittedDetector } from '../detect/detector.ts';
import { detectorOf, leftOut } from '../detect/laidDetector.ts';
import { leaveOneOut, thresholdsOf } from '../detect/leaveOneOut.ts';
import { objectScore } from '../detect/scores.ts';
import { blend, type Evidence, evidenceOf, variationOf } from './evidence.ts';
import type { Session } from './session.ts';

/** Half of what bare distances need: what the network says is hardly noisy. */
const OBJECT_RULE = { kind: 'top-mean', share: 0.005 } as const;

function judge(
  { whole, local }: Evidence,
  variation: number,
): { readonly score: Float32Array; readonly objectScore: number } {
  const score = blend(whole.network, local.network, variation);
  return { score, objectScore: objectScore(score, OBJECT_RULE) };
}

/** @param modelHash of a loaded model with reference inputs */
export function universalDetector(
  session: Pick<Session, 'predictLaid'>,
  modelHash: string,
): Detector<FittedDetector> {
  const network = { session, modelHash };
  return detectorOf({
    name: 'universal',
    summary: 'A network trained on generated parts tells defects from what good scans may differ by.',
    objectRule: OBJECT_RULE,
    learn: async (aligned, between) => {
      const judgeLeft = (left: OrientedCloud, others: readonly OrientedCloud[]) => {
        const { scan, reference } = leftOut(aligned, left, others);
        return evidenceOf(network, scan, reference, 1);
      };
      const { found, how } = await leaveOneOut(aligned.clouds, judgeLeft, between);
      const variation = variationOf(found);
      const scored = found.map((evidence) => {
        const { score: scores, objectScore: object } = judge(evidence, variation);
        return { scores, objectScore: object };
      });
      return {
        reference: mergeReference(aligned),
        calibration: thresholdsOf({ found: scored, how }),
        variation,
      };
    },
    score: async (laid, { reference, variation = 0 }) => {
      const evidence = await evidenceOf(network, laid, reference, variation);
      const { offsets, unseen } = evidence;
      return { offsets, unseen, ...judge(evidence, variation) };
    },
  });
}
