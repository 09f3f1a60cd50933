/** Which point lies under the cursor. */

import type { Plane } from '../core/sections.ts';

/**
 * @param positions [3N]
 * @param matrix column-major 4x4 from positions to clip space
 * @param cursor pixels from the top left corner
 * @param size width and height of the view, pixels
 * @param reach how far a point may lie from the cursor, pixels
 * @param cut points that lie beyond one of these planes are not there
 * @returns index of the frontmost point within reach, or -1
 */
export function pickPoint(
  positions: Float32Array,
  matrix: ArrayLike<number>,
  cursor: readonly [number, number],
  size: readonly [number, number],
  reach: number,
  cut: readonly Plane[] = [],
): number {
  const m = Float64Array.from(matrix);
  const [width, height] = size;
  // The cursor in clip coordinates, and pixels per clip unit.
  const cx = (cursor[0] / width) * 2 - 1;
  const cy = 1 - (cursor[1] / height) * 2;
  const limit = reach * reach;
  let best = -1;
  let bestDepth = Infinity;
  for (let i = 0; i < positions.length; i += 3) {
    const x = positions[i]!;
    const y = positions[i + 1]!;
    const z = positions[i + 2]!;
    const w = m[3]! * x + m[7]! * y + m[11]! * z + m[15]!;
    if (w <= 0) continue;
    const depth = (m[2]! * x + m[6]! * y + m[10]! * z + m[14]!) / w;
    // Parallel views have w = 1 everywhere. What lies before the near plane is not drawn.
    if (depth < -1 || depth >= bestDepth) continue;
    const dx = (((m[0]! * x + m[4]! * y + m[8]! * z + m[12]!) / w - cx) * width) / 2;
    const dy = (((m[1]! * x + m[5]! * y + m[9]! * z + m[13]!) / w - cy) * height) / 2;
    if (dx * dx + dy * dy > limit) continue;
    if (cut.some(({ normal: [a, b, c], offset }) => a * x + b * y + c * z > offset)) continue;
    best = i / 3;
    bestDepth = depth;
  }
  return best;
}
