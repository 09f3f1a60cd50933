/** Rows of a [3N] array by index. */

/** @param rows [3N]; @returns [3 chosen] */
export function pickRows(rows: Float32Array, chosen: Uint32Array): Float32Array {
  const picked = new Float32Array(3 * chosen.length);
  for (let i = 0; i < chosen.length; i++)
    for (let d = 0; d < 3; d++) picked[3 * i + d] = rows[3 * chosen[i]! + d]!;
  return picked;
}
