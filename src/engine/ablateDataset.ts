/** The test objects of a category scored in every way at once: one pass of the network for all norms and rules. */

import type { ErrorValue } from '../core/errors.ts';
import type { PointCloud } from '../core/types.ts';
import { type AblatedScan, type AblationRow, ablateCategory, scoreInEveryWay } from '../detect/ablation.ts';
import { type ReadFile, type Truth, visitObjects } from './evaluateDataset.ts';
import type { EvaluationCategory, EvaluationItem } from './evaluationProtocol.ts';
import type { CallHooks } from './protocol.ts';

interface CategoryAblation {
  readonly rows: readonly AblationRow[];
  /** Objects that could not be read or scored; the figures are over the others. */
  readonly failures: readonly ErrorValue[];
}

/**
 * @param predict offsets [3N] of a cloud
 * @param onFailure see `visitObjects`
 * @param training how the network was trained, for the rows
 * @throws CancelledError; with `stop` also FormatError, InvalidInputError
 */
export async function ablateDataset(
  category: EvaluationCategory,
  read: ReadFile,
  predict: (cloud: PointCloud, hooks: CallHooks) => Promise<Float32Array>,
  onFailure: 'stop' | 'leave-out',
  training: string,
  hooks: CallHooks = {},
): Promise<CategoryAblation> {
  const visit = async ({ name }: EvaluationItem, truth: Truth, own: CallHooks): Promise<AblatedScan> => {
    const { cloud, labels, anomalous } = truth;
    return { name, anomalous, labels, byNorm: scoreInEveryWay(await predict(cloud, own)) };
  };
  const { objects, failures } = await visitObjects(category, read, visit, onFailure, hooks);
  return { rows: ablateCategory(category.name, objects, training), failures };
}
