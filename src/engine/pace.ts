/** How fast a run goes, without the time it stood at the door between steps. */

import type { StepReport } from './trainingProtocol.ts';

/** How much the newest step counts. */
const SMOOTHING = 0.15;

export interface Pace {
  readonly secondsPerStep: number;
  readonly pointsPerSecond: number;
  readonly eta: number;
}

export class PaceMeter {
  private readonly now: () => number;
  private readonly steps: number;
  private readonly pointsPerStep: number;
  private from: number;
  private last: number;
  private secondsPerStep = 0;

  /** @param now milliseconds; @param stepsDone when it begins */
  constructor(now: () => number, steps: number, stepsDone: number, pointsPerStep: number) {
    this.now = now;
    this.steps = steps;
    this.pointsPerStep = pointsPerStep;
    this.last = stepsDone;
    this.from = now();
  }

  /** The time since the last report, or since the run began, counts from now on. */
  goOn(waited: number): void {
    this.from += waited;
  }

  /** Steps may have passed that were not reported. */
  report({ step }: StepReport): Pace {
    const now = this.now();
    const passed = (now - this.from) / 1000 / Math.max(1, step - this.last);
    this.secondsPerStep =
      this.secondsPerStep === 0 ? passed : this.secondsPerStep + SMOOTHING * (passed - this.secondsPerStep);
    this.from = now;
    this.last = step;
    return {
      secondsPerStep: this.secondsPerStep,
      pointsPerSecond: this.secondsPerStep > 0 ? this.pointsPerStep / this.secondsPerStep : 0,
      eta: this.secondsPerStep * (this.steps - step),
    };
  }
}
