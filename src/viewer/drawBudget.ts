/** How many points a frame may draw here: found out while drawing, so that turning stays smooth. */

import { PASSES } from './pointOrder.ts';

/** Before anything is known, and never fewer. */
const FIRST = 1_500_000;
const LEAST = 100_000;
/** In the time of a frame so much less than is allowed, there is room for more. */
const EASY = 0.5;

export class DrawBudget {
  private readonly allowed: number;
  private points = FIRST;

  /** @param allowed a frame that comes later than this after it was asked for was kept waiting, ms */
  constructor(allowed: number) {
    this.allowed = allowed;
  }

  /** @param wait from asking for a frame to drawing it, ms @param drawn points of the frame before it */
  note(wait: number, drawn: number): void {
    if (wait > this.allowed) {
      // One long wait may have had another reason.
      const share = Math.max(0.35, this.allowed / wait);
      this.points = Math.max(LEAST, share * Math.min(this.points, drawn));
    }
    // Only a frame that used the budget shows that there is room for more.
    else if (wait < EASY * this.allowed && drawn > 0.5 * this.points) this.points *= 1.1;
  }

  /** @returns passes of `pointOrder` that a frame may take of so many points, 1 to PASSES */
  passes(count: number): number {
    return Math.min(PASSES, Math.max(1, Math.floor((PASSES * this.points) / Math.max(1, count))));
  }
}
