/** Which points stay when a scan is too large to be shared: the anomalous ones, and the rest evenly. */

/** At most this part of what stays is taken by anomalous points: the part around them must be recognised. */
const ANOMALOUS_SHARE = 0.7;

/** @returns `count` of the rows, evenly taken in their order */
function evenly(rows: readonly number[] | Uint32Array, count: number): number[] {
  return Array.from({ length: count }, (_, i) => rows[Math.floor((i * rows.length) / count)]!);
}

/**
 * @param score [N] @param threshold points above it stay as long as there is room
 * @param order [N] rows in Morton order, so that "evenly" means evenly in space
 * @returns rows that stay, ascending
 */
export function importantRows(
  score: Float32Array,
  threshold: number,
  order: Uint32Array,
  count: number,
): Uint32Array {
  const above: number[] = [];
  const below: number[] = [];
  for (const row of order) (score[row]! > threshold ? above : below).push(row);
  const most = Math.max(Math.floor(count * ANOMALOUS_SHARE), count - below.length);
  const anomalous = above.length <= most ? above : evenly(above, most);
  const rest = evenly(below, Math.min(below.length, count - anomalous.length));
  return Uint32Array.from([...anomalous, ...rest]).sort();
}
