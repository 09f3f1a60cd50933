/**
 * One optimiser step on prepared clouds: forward in training mode, loss, gradients, running statistics,
 * Adam. Micro-batches bound the memory: their losses are weighted by the counts of the whole batch, so
 * their gradients add up to the batch's; batch norm's statistics are those of each micro-batch, and the
 * running ones move once per micro-batch, as with gradient accumulation in PyTorch.
 */

import { type AdamOptions, adamStep } from '../core/adam.ts';
import { InvalidInputError } from '../core/errors.ts';
import type { LossWeights } from '../core/loss.ts';
import { forwardTrain } from '../nn/minkunet.ts';
import { type BatchMoments, type OffsetModel, updateRunning } from '../nn/model.ts';
import type { NetPlan } from '../nn/plan.ts';
import * as tf from '../nn/tf.ts';
import type { StepReport } from './checkpoint.ts';
import { type LossTarget, offsetLossOp } from './lossOp.ts';
import type { Gradients, Optimiser } from './optimiser.ts';

/** Clouds that go through the network together. */
export interface MicroBatch {
  readonly plan: NetPlan;
  readonly targets: LossTarget;
}

/** A loss with its gradients; everything in it belongs to the caller. */
export interface LossGradients {
  /** [2] dist and dir. */
  readonly value: tf.Tensor;
  /** By parameter name, in the layout of `nn/parameters`. */
  readonly gradients: Gradients;
}

export function disposeGradients({ value, gradients }: LossGradients): void {
  tf.dispose([value, ...gradients.values()]);
}

/**
 * Loss and gradients of one micro-batch in training mode. Moves the running statistics of the model.
 * Needs `registerOffsetLoss`.
 */
export function microBatchGradients(
  model: OffsetModel,
  batch: MicroBatch,
  weights: LossWeights,
): LossGradients {
  const names = [...model.params.keys()];
  let moments: BatchMoments[] = [];
  try {
    const { value, grads } = tf.engine().gradients(() => {
      const forward = forwardTrain(model, batch.plan);
      moments = forward.moments;
      return offsetLossOp(forward.offsets, batch.targets, weights);
    }, [...model.params.values()]);
    updateRunning(model, moments);
    moments = [];
    return { value, gradients: new Map(names.map((name, i) => [name, grads[i]!])) };
  } finally {
    for (const { moments: kept } of moments) kept.dispose();
  }
}

/** Adds `b` to `a`; both are used up. */
function addGradients(a: LossGradients, b: LossGradients): LossGradients {
  const sum = {
    value: tf.add(a.value, b.value),
    gradients: new Map([...a.gradients].map(([name, g]) => [name, tf.add(g, b.gradients.get(name)!)])),
  };
  disposeGradients(a);
  disposeGradients(b);
  return sum;
}

/** What a step needs beside its clouds. */
export interface StepSettings {
  /** t of Adam, counted from 1. */
  readonly step: number;
  readonly learningRate: number;
  readonly adam: AdamOptions;
  /** Of the whole batch, see `lossWeights`. */
  readonly weights: LossWeights;
  /** Read the loss and the gradient norm back, which stops the pipeline. */
  readonly report: boolean;
}

/**
 * @param batches made one after the other, so that only one plan is on the GPU at a time; each plan is
 *   disposed here
 * @returns the report when one was asked for
 * @throws InvalidInputError when loss or gradients are not finite (seen only by steps that report); the
 *   weights are then as they were before the step
 */
export async function trainStep(
  model: OffsetModel,
  optimiser: Optimiser,
  batches: AsyncIterable<MicroBatch>,
  settings: StepSettings,
): Promise<StepReport | null> {
  let sum: LossGradients | null = null;
  try {
    for await (const batch of batches) {
      try {
        const part = microBatchGradients(model, batch, settings.weights);
        sum = sum === null ? part : addGradients(sum, part);
      } finally {
        batch.plan.dispose();
      }
    }
    if (sum === null) throw new InvalidInputError('training', 'a step needs at least one cloud');
    const report = settings.report ? await reportOf(sum, optimiser, settings) : null;
    optimiser.apply(sum.gradients, adamStep(settings.step, settings.learningRate, settings.adam));
    return report;
  } finally {
    if (sum !== null) disposeGradients(sum);
  }
}

async function reportOf(
  sum: LossGradients,
  optimiser: Optimiser,
  { step, learningRate: lr }: StepSettings,
): Promise<StepReport> {
  const { squares, nonFinite } = await optimiser.norm(sum.gradients);
  const [dist, dir] = (await sum.value.data()) as Float32Array;
  const loss = dist! + dir!;
  if (!Number.isFinite(loss) || nonFinite > 0)
    throw new InvalidInputError(
      'training',
      `diverged at step ${step}: loss ${loss}, ${nonFinite} gradients not finite; try a lower learning rate`,
    );
  return { step, loss, dist: dist!, dir: dir!, lr, gradNorm: Math.sqrt(squares) };
}
