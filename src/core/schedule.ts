/**
 * Learning rate over a run, in the released shape: 1000 epochs numbered from 1, constant before epoch 10,
 * then a cosine towards the floor,
 *
 *     lr(e) = floor + (base - floor) / 2 * (1 + cos(pi (e - 10) / (1001 - 10)))               e >= 10
 *
 * A run of any length walks through the same 1000 epochs: step s (from 0) of S lies in epoch
 * 1 + floor(1000 s / S). With S = 1000 epochs times the steps of an epoch that is the released schedule to
 * the last digit; a run of 600 steps has the same shape, compressed.
 * Source: golden/SPEC.md section 11 item 9, golden/optim.
 */

import { InvalidInputError } from './errors.ts';

export interface Schedule {
  /** Learning rate of the constant part. */
  readonly base: number;
  /** What the cosine comes down to. */
  readonly floor: number;
  /** First epoch of the cosine. */
  readonly constantUntil: number;
  /** Epochs are 1 .. epochs. */
  readonly epochs: number;
}

export const RELEASED_SCHEDULE: Schedule = { base: 1e-3, floor: 1e-6, constantUntil: 10, epochs: 1000 };

/** @param epoch counted from 1 */
export function learningRateOfEpoch(epoch: number, schedule: Schedule = RELEASED_SCHEDULE): number {
  const { base, floor, constantUntil, epochs } = schedule;
  if (epoch < constantUntil) return base;
  const phase = (epoch - constantUntil) / (epochs + 1 - constantUntil);
  return floor + 0.5 * (base - floor) * (1 + Math.cos(Math.PI * phase));
}

/**
 * @param step counted from 0; @param steps length of the run
 * @throws InvalidInputError when the step is not within the run
 */
export function learningRate(step: number, steps: number, schedule: Schedule = RELEASED_SCHEDULE): number {
  if (!(step >= 0 && step < steps))
    throw new InvalidInputError('step', `${step} is not within 0..${steps - 1}`);
  return learningRateOfEpoch(1 + Math.floor((schedule.epochs * step) / steps), schedule);
}
