/** Numeric comparisons that say where and by how much, not only that. */

type Numbers = ArrayLike<number>;

/** ||a - b||_2 / ||b||_2 (or the absolute norm where b is zero). */
export function relativeL2(actual: Numbers, expected: Numbers): number {
  if (actual.length !== expected.length)
    throw new Error(`lengths differ: ${actual.length} and ${expected.length}`);
  let difference = 0;
  let norm = 0;
  for (let i = 0; i < expected.length; i++) {
    const d = actual[i]! - expected[i]!;
    difference += d * d;
    norm += expected[i]! * expected[i]!;
  }
  return Math.sqrt(difference) / (norm > 0 ? Math.sqrt(norm) : 1);
}

/** Largest |a - b|. NaN anywhere gives NaN, which no tolerance accepts. */
export function maxAbsDifference(actual: Numbers, expected: Numbers): number {
  if (actual.length !== expected.length)
    throw new Error(`lengths differ: ${actual.length} and ${expected.length}`);
  let worst = 0;
  for (let i = 0; i < expected.length; i++) {
    const d = Math.abs(actual[i]! - expected[i]!);
    if (!(d <= worst)) worst = d;
    if (Number.isNaN(worst)) return Number.NaN;
  }
  return worst;
}

export function maxAbs(values: Numbers): number {
  let worst = 0;
  for (let i = 0; i < values.length; i++) worst = Math.max(worst, Math.abs(values[i]!));
  return worst;
}
