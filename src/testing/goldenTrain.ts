/** The training bundles of the golden data (golden/SPEC.md section 6): a batch and what came of it. */

import type { ModelConfig } from '../core/modelConfig.ts';
import { type Bundle, loadBundle } from './golden.ts';
import { goldenConfig } from './goldenEval.ts';
import type { GoldenVariant } from './goldenWeights.ts';

export type GoldenBatch = 'mini' | 'main';

export interface GoldenTrain {
  readonly config: ModelConfig;
  /** [3N] model units, two clouds with one displaced patch each. */
  readonly points: Float32Array;
  readonly cloudStarts: Uint32Array;
  /** [3N] target offsets. */
  readonly targets: Float32Array;
  /** Results, all in the original's names and layout. */
  readonly truth: Bundle;
  /** Names of the parameters, in the order of the sampled arrays. */
  readonly params: readonly string[];
  /** Start and length of each running statistic in `running_after*`. */
  readonly runningSlices: Readonly<Record<string, readonly [number, number]>>;
  /** Start and length of each parameter in `grad_full` (small variant). */
  readonly gradSlices: Readonly<Record<string, readonly [number, number]>>;
  /** Before steps 1, 2, 3 and after step 3. */
  readonly steps: {
    readonly loss: readonly number[];
    readonly dist: readonly number[];
    readonly dir: readonly number[];
  };
  readonly exactZeroGrads: Readonly<Record<string, number>>;
}

export function loadGoldenTrain(variant: GoldenVariant, batch: GoldenBatch): GoldenTrain {
  const inputs = loadBundle(`train_inputs/${batch}`);
  const truth = loadBundle(`train/${variant}_${batch}`);
  // The manifest's meta is untyped JSON; its fields are those of SPEC section 6.
  const meta = truth.meta as {
    params: string[];
    running_slices: GoldenTrain['runningSlices'];
    grad_full_slices: GoldenTrain['gradSlices'];
    steps: GoldenTrain['steps'];
    exact_zero_grads: GoldenTrain['exactZeroGrads'];
  };
  return {
    config: goldenConfig(variant),
    points: inputs.f32('xyz_shifted'),
    cloudStarts: Uint32Array.from(inputs.i32('batch_count')),
    targets: inputs.f32('batch_offset'),
    truth,
    params: meta.params,
    runningSlices: meta.running_slices,
    gradSlices: meta.grad_full_slices,
    steps: meta.steps,
    exactZeroGrads: meta.exact_zero_grads,
  };
}
