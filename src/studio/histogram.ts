/** Counting scores: the histogram of the legend and the number of points above the threshold. */

export interface Histogram {
  /** Points per bin, from the lower end of the axis to the upper. */
  readonly counts: Uint32Array;
  /** Upper end of the last bin, model units. */
  readonly max: number;
  /** Points with a score of `max` or more, or below the lower end: shown as such, never squeezed into the last bin. */
  readonly over: number;
  /** Largest score met, with whatever sign, model units. */
  readonly peak: number;
}

/**
 * @param score [N] model units
 * @param max end of the axis, model units, > 0 @param min where it begins: 0, or `-max` for values with a sign
 */
export function histogram(score: Float32Array, max: number, bins: number, min = 0): Histogram {
  const counts = new Uint32Array(bins);
  const scale = bins / (max - min);
  let over = 0;
  for (let i = 0; i < score.length; i++) {
    const value = score[i]!;
    if (value >= max || value < min) {
      over++;
      continue;
    }
    // The product may round up to `bins` just below max.
    counts[Math.min(bins - 1, Math.floor((value - min) * scale))]!++;
  }
  return { counts, max, over, peak: peakOf(score) };
}

/** @returns the largest score, with whatever sign; 0 for none */
export function peakOf(score: Float32Array): number {
  let peak = 0;
  for (let i = 0; i < score.length; i++) peak = Math.max(peak, Math.abs(score[i]!));
  return peak;
}

/** @returns how many scores exceed the threshold; same comparison as the engine and the viewer */
export function countAbove(score: Float32Array, threshold: number): number {
  // The viewer compares float32 values, so the threshold is rounded the same way.
  const limit = Math.fround(threshold);
  let count = 0;
  for (let i = 0; i < score.length; i++) if (score[i]! > limit) count++;
  return count;
}

/** The same for offsets with a sign, which count in both directions. */
export function countBeyond(offsets: Float32Array, tolerance: number): number {
  const limit = Math.fround(tolerance);
  let count = 0;
  for (let i = 0; i < offsets.length; i++) if (Math.abs(offsets[i]!) > limit) count++;
  return count;
}

/** Round tick positions from 0 to `max`: steps of 1, 2 or 5 times a power of ten. @param atMost steps, >= 3 */
export function ticks(max: number, atMost: number): number[] {
  if (!(max > 0)) return [0];
  const raw = max / atMost;
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = [1, 2, 5, 10].map((m) => m * power).find((s) => s >= raw * (1 - 1e-9)) ?? 10 * power;
  const count = Math.floor((max / step) * (1 + 1e-9));
  return Array.from({ length: count + 1 }, (_, i) => i * step);
}
