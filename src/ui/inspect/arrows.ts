/** Which offsets are drawn as arrows. */

/** More arrows than this are a carpet. */
const MOST = 3000;

/**
 * Of the points above the threshold; where there are too many, every so manieth.
 * @returns heads and feet, source units
 */
export function arrowsOf(
  positions: Float32Array,
  offsets: Float32Array,
  score: Float32Array,
  threshold: number,
  radius: number,
): { readonly heads: Float32Array; readonly feet: Float32Array } {
  // The heatmap compares float32 values.
  const limit = Math.fround(threshold);
  const above = Uint32Array.from(score.keys()).filter((row) => score[row]! > limit);
  const step = Math.max(1, Math.ceil(above.length / MOST));
  const rows = above.filter((_, at) => at % step === 0);
  const heads = new Float32Array(3 * rows.length);
  const feet = new Float32Array(3 * rows.length);
  rows.forEach((row, i) => {
    for (let axis = 0; axis < 3; axis++) {
      heads[3 * i + axis] = positions[3 * row + axis]!;
      feet[3 * i + axis] = positions[3 * row + axis]! - offsets[3 * row + axis]! * radius;
    }
  });
  return { heads, feet };
}
