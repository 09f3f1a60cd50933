/** Offsets as the three columns `offset_x`, `offset_y`, `offset_z` of a PLY. */

/** @param offsets [3N] */
export function offsetColumns(offsets: Float32Array): Record<string, Float32Array> {
  const axis = (k: number) =>
    Float32Array.from({ length: offsets.length / 3 }, (_, i) => offsets[3 * i + k]!);
  return { offset_x: axis(0), offset_y: axis(1), offset_z: axis(2) };
}
