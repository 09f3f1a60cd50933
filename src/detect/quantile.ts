/** Quantiles as numpy has them. */

import { InvalidInputError } from '../core/errors.ts';

/**
 * Quantile by linear interpolation between order statistics: position h = (n - 1) q of the sorted values,
 * x[floor h] + (h - floor h) (x[floor h + 1] - x[floor h]) (Hyndman-Fan type 7, numpy's default).
 * @throws InvalidInputError for no values, NaN among them, or q outside [0, 1]
 */
export function quantile(values: Float32Array | Float64Array, q: number): number {
  return quantileOfSorted(values.slice().sort(), q);
}

/** @param sorted ascending, as a typed array sorts itself @throws as `quantile` */
export function quantileOfSorted(sorted: Float32Array | Float64Array, q: number): number {
  if (!(q >= 0 && q <= 1)) throw new InvalidInputError('quantile', `q must lie in [0, 1], not ${q}`);
  if (sorted.length === 0) throw new InvalidInputError('quantile', 'no values');
  // A typed array sorts NaN to the end.
  if (Number.isNaN(sorted[sorted.length - 1]!))
    throw new InvalidInputError('quantile', 'NaN among the values');
  const h = (sorted.length - 1) * q;
  const low = Math.floor(h);
  const below = sorted[low]!;
  const above = sorted[Math.min(low + 1, sorted.length - 1)]!;
  return low === h ? below : below + (h - low) * (above - below);
}
