/** Timing for the bench: medians of wall time, and the ratio of two things run turn by turn. */

/** @returns milliseconds: the median of `runs` after one warm-up */
export async function medianMs(work: () => Promise<void>, runs: number): Promise<number> {
  await work();
  const times: number[] = [];
  for (let i = 0; i < runs; i++) {
    const start = performance.now();
    await work();
    times.push(performance.now() - start);
  }
  return median(times);
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)]!;
}

/** Three significant digits: nobody believes more of a wall time. */
export function round(value: number): number {
  return Number(value.toPrecision(3));
}
