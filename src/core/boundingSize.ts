/** How large a scan is along its axes. */

/** @param positions [3N] @returns edges of the bounding box in x, y and z; null without points */
export function sizeOf(positions: Float32Array): readonly [number, number, number] | null {
  if (positions.length === 0) return null;
  const low = [Infinity, Infinity, Infinity];
  const high = [-Infinity, -Infinity, -Infinity];
  for (let i = 0; i < positions.length; i++) {
    const axis = i % 3;
    low[axis] = Math.min(low[axis]!, positions[i]!);
    high[axis] = Math.max(high[axis]!, positions[i]!);
  }
  return [high[0]! - low[0]!, high[1]! - low[1]!, high[2]! - low[2]!];
}
