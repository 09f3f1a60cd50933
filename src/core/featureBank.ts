/**
 * A memory of what good surface looks like: descriptors of good scans, thinned to those that cover them best
 * (greedy coreset), and how far any descriptor is from the nearest of them. Source: PatchCore (Roth et al. 2022).
 */

import { InvalidInputError } from './errors.ts';
import { RandomStream } from './random.ts';
import { randomSubset } from './subset.ts';

export interface FeatureBank {
  /** Numbers of one descriptor. */
  readonly width: number;
  /** [K width] */
  readonly values: Float32Array;
}

/** Descriptors that a search stops adding up after, when it is too far already. */
const BLOCK = 33;
/** Descriptors that are chosen from, and kept. */
const CANDIDATES = 4000;
const KEPT = 1500;
/** Of the draw; the same descriptors give the same bank. */
const SEED = 17;

/** @returns squared distance of two descriptors, or something above `limit` when it is larger than that */
function squareBetween(
  a: Float32Array,
  from: number,
  b: Float32Array,
  to: number,
  width: number,
  limit: number,
): number {
  let sum = 0;
  for (let block = 0; block < width && sum <= limit; block += BLOCK) {
    const end = Math.min(width, block + BLOCK);
    for (let d = block; d < end; d++) {
      const difference = a[from + d]! - b[to + d]!;
      sum += difference * difference;
    }
  }
  return sum;
}

/** Rows of an [N width] array. */
function pick(values: Float32Array, width: number, rows: Uint32Array): Float32Array {
  const picked = new Float32Array(rows.length * width);
  rows.forEach((row, i) => {
    picked.set(values.subarray(row * width, (row + 1) * width), i * width);
  });
  return picked;
}

/**
 * Greedy k-centre: each next row is the one furthest from all that were taken, from the first on; of rows
 * equally far the lowest.
 * @param values [N width], N >= 1
 * @returns at most `kept` rows, in the order they were taken; fewer when the others repeat them
 */
export function coreset(values: Float32Array, width: number, kept: number): Uint32Array {
  const n = values.length / width;
  const distances = new Float64Array(n).fill(Infinity);
  const taken: number[] = [];
  for (let next = 0; taken.length < Math.min(kept, n); ) {
    taken.push(next);
    let furthest = 0;
    const from = next;
    for (let i = 0; i < n; i++) {
      const square = squareBetween(values, width * from, values, width * i, width, distances[i]!);
      if (square < distances[i]!) distances[i] = square;
      if (distances[i]! > furthest) {
        furthest = distances[i]!;
        next = i;
      }
    }
    if (furthest === 0) break;
  }
  return Uint32Array.from(taken);
}

/** @param members descriptors of good scans, [N width] each; at least one row in all */
export function makeBank(members: readonly Float32Array[], width: number): FeatureBank {
  const most = Math.ceil(CANDIDATES / members.length);
  const random = new RandomStream(SEED);
  const drawn = members.map((values, at) => {
    const n = values.length / width;
    return n <= most ? values : pick(values, width, randomSubset(n, most, random.fork(at)));
  });
  const all = new Float32Array(drawn.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const values of drawn) {
    all.set(values, at);
    at += values.length;
  }
  return { width, values: pick(all, width, coreset(all, width, KEPT)) };
}

/** @param values [N width]; @returns [N] distance from the nearest descriptor of the bank */
export function bankDistances({ width, values: bank }: FeatureBank, values: Float32Array): Float32Array {
  const kept = bank.length / width;
  return Float32Array.from({ length: values.length / width }, (_, i) => {
    let best = Infinity;
    for (let k = 0; k < kept; k++)
      best = Math.min(best, squareBetween(values, width * i, bank, width * k, width, best));
    return Math.sqrt(best);
  });
}

/** @param name for messages; @throws InvalidInputError when the numbers are no bank */
export function checkBank(name: string, { width, values }: FeatureBank): void {
  if (values.length === 0 || values.length % width !== 0 || !values.every(Number.isFinite))
    throw new InvalidInputError(name, `has a bank of ${values.length} numbers, not rows of ${width}`);
}
