/** A door that a run stands before between two steps: open, or shut until somebody opens it. */

export class Pause {
  private opened: Promise<void> | null = null;
  private open = () => {};

  get shut(): boolean {
    return this.opened !== null;
  }

  close(): void {
    this.opened ??= new Promise((resolve) => {
      this.open = resolve;
    });
  }

  release(): void {
    this.open();
    this.opened = null;
  }

  /** Until it is open, or the signal fires. */
  async passed(signal: AbortSignal): Promise<void> {
    if (this.opened === null || signal.aborted) return;
    const stop = () => this.release();
    signal.addEventListener('abort', stop, { once: true });
    await this.opened;
    signal.removeEventListener('abort', stop);
  }
}
