/** CPU twin of `shaders/scan`. */

/** @returns the sum of all values before each one; with `nonNegative` counts values >= 0 instead of adding them */
export function exclusiveSum(values: Int32Array | Uint32Array, nonNegative = false): Uint32Array {
  const prefix = new Uint32Array(values.length);
  let sum = 0;
  values.forEach((value, i) => {
    prefix[i] = sum;
    sum += nonNegative ? Number(value >= 0) : value;
  });
  return prefix;
}
