/** Random subsets without replacement. */

import type { RandomStream } from './random.ts';

/** `count` distinct rows of `n`, ascending: Floyd's algorithm, O(count). */
export function randomSubset(n: number, count: number, stream: RandomStream): Uint32Array {
  const chosen = new Set<number>();
  for (let last = n - count; last < n; last++) {
    const row = stream.below(last + 1);
    chosen.add(chosen.has(row) ? last : row);
  }
  return Uint32Array.from(chosen).sort();
}
