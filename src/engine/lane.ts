/**
 * Who may compute: one at a time, in the order they asked. A training run holds the lane for a step and
 * then asks again, so whatever waits meanwhile (an inspection, a parse) comes in between two steps.
 */

export class Lane {
  private tail: Promise<void> = Promise.resolve();

  /** Waits until everybody who asked before is done. @returns to be called once when done */
  async enter(): Promise<() => void> {
    let leave = () => {};
    const before = this.tail;
    this.tail = new Promise((resolve) => {
      leave = resolve;
    });
    await before;
    return leave;
  }

  async run<T>(work: () => Promise<T> | T): Promise<T> {
    const leave = await this.enter();
    try {
      return await work();
    } finally {
      leave();
    }
  }
}
