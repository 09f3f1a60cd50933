/** Scores averaged over the surface around each point. */

import type { Neighbours } from './knn.ts';

/** @param most neighbours that count; @returns [N] means over each point and its nearest neighbours */
export function meanAround(scores: Float32Array, { k, rows }: Neighbours, most: number): Float32Array {
  const around = Math.min(most, k);
  return scores.map((own, i) => {
    let sum = own;
    for (let j = 0; j < around; j++) sum += scores[rows[i * k + j]!]!;
    return sum / (around + 1);
  });
}
