/** Numbers per point as whole numbers, and back. */

import type { Grid, ScoreScale } from './header.ts';

/**
 * @param positions [3N] source units @returns the grid around them, without its coding
 */
export function gridOf(positions: Float32Array, bits: number): Omit<Grid, 'coding'> {
  const low: [number, number, number] = [Infinity, Infinity, Infinity];
  const high = [-Infinity, -Infinity, -Infinity];
  for (let i = 0; i < positions.length; i++) {
    const axis = i % 3;
    const value = positions[i]!;
    if (value < low[axis]!) low[axis] = value;
    if (value > high[axis]!) high[axis] = value;
  }
  const extent = Math.max(high[0]! - low[0], high[1]! - low[1], high[2]! - low[2]);
  return { bits, low, step: extent / (2 ** bits - 1) };
}

/** @returns [3N] grid coordinates, at most half a step off */
export function toGrid(positions: Float32Array, { bits, low, step }: Omit<Grid, 'coding'>): Uint16Array {
  const grid = new Uint16Array(positions.length);
  if (step === 0) return grid;
  const last = 2 ** bits - 1;
  for (let i = 0; i < positions.length; i++)
    grid[i] = Math.min(last, Math.max(0, Math.round((positions[i]! - low[i % 3]!) / step)));
  return grid;
}

export function fromGrid(grid: Uint16Array, { low, step }: Omit<Grid, 'coding'>): Float32Array {
  const positions = new Float32Array(grid.length);
  for (let i = 0; i < grid.length; i++) positions[i] = low[i % 3]! + step * grid[i]!;
  return positions;
}

function scoreValue(q: number, { bits, max }: ScoreScale): number {
  return Math.fround(max * (q / (2 ** bits - 1)) ** 2);
}

/**
 * @param threshold no point changes its side of it: the count above stays what it was
 * @returns [N] 0..255 or 0..65535
 */
export function quantiseScores(score: Float32Array, scale: ScoreScale, threshold: number): Uint16Array {
  const steps = 2 ** scale.bits - 1;
  // The highest step that does not exceed the threshold; all above it do.
  let split = Math.floor(steps * Math.sqrt(Math.min(1, Math.max(0, threshold / (scale.max || 1)))));
  while (split < steps && scoreValue(split + 1, scale) <= threshold) split++;
  while (split > 0 && scoreValue(split, scale) > threshold) split--;
  const values = new Uint16Array(score.length);
  for (let i = 0; i < score.length; i++) {
    const share = scale.max > 0 ? Math.max(0, score[i]!) / scale.max : 0;
    const nearest = Math.round(steps * Math.sqrt(Math.min(1, share)));
    values[i] =
      score[i]! > threshold ? Math.max(nearest, Math.min(steps, split + 1)) : Math.min(nearest, split);
  }
  return values;
}

export function fromQuantisedScores(values: Uint16Array, scale: ScoreScale): Float32Array {
  const table = Float32Array.from({ length: 2 ** scale.bits }, (_, q) => scoreValue(q, scale));
  return Float32Array.from(values, (q) => table[q]!);
}

/** @returns the largest absolute value, 0 for none */
export function largest(values: Float32Array): number {
  let most = 0;
  for (const value of values) if (Math.abs(value) > most) most = Math.abs(value);
  return most;
}

/** @param max the largest absolute value @returns signed bytes as 0..255 */
export function quantiseOffsets(offsets: Float32Array, max: number): Uint8Array {
  const factor = max > 0 ? 127 / max : 0;
  return Uint8Array.from(offsets, (value) => Math.round(value * factor) & 255);
}

export function fromQuantisedOffsets(values: Uint16Array, max: number): Float32Array {
  return Float32Array.from(values, (value) => (((value << 24) >> 24) * max) / 127);
}
