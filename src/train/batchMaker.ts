/** From draws to what the network takes; made on the CPU (`hostBatches`) or on the GPU (`deviceBatches`). */

import type { LossCounts } from '../core/loss.ts';
import type { SampleDraw } from './samples.ts';
import type { MicroBatch } from './step.ts';

export interface BatchMaker {
  /** May do work for a later `make` of the same draws now, while the GPU is busy with the step before. */
  prepare(draws: readonly SampleDraw[]): void;
  /** Points and moved points of all of a step's draws, for the weights of the loss. */
  count(draws: readonly SampleDraw[]): LossCounts;
  /** The caller disposes the plan, which frees everything the batch holds. */
  make(draws: readonly SampleDraw[]): Promise<MicroBatch>;
  dispose(): void;
}
