/** Points of two clouds whose descriptors are alike: the raw material of global alignment. */

/** Pairs of rows, the most trustworthy first. */
export interface Correspondences {
  readonly source: Uint32Array;
  readonly target: Uint32Array;
}

/** For each row of a the nearest row of b, Euclidean. @param a [N, width]; @param b [M, width] */
function nearestRows(
  a: Float32Array,
  b: Float32Array,
  width: number,
): { rows: Uint32Array; distances: Float32Array } {
  const n = a.length / width;
  const m = b.length / width;
  const rows = new Uint32Array(n);
  const distances = new Float32Array(n).fill(Infinity);
  for (let i = 0; i < n; i++) {
    let best = Infinity;
    for (let j = 0; j < m; j++) {
      let sum = 0;
      // In blocks, because most rows are given up after the first.
      for (let c = 0; c < width && sum < best; ) {
        const end = Math.min(width, c + 11);
        for (; c < end; c++) {
          const d = a[i * width + c]! - b[j * width + c]!;
          sum += d * d;
        }
      }
      if (sum < best) {
        best = sum;
        rows[i] = j;
      }
    }
    distances[i] = best;
  }
  return { rows, distances };
}

/**
 * Mutual nearest neighbours first, then those found from one side only, each by distance.
 * @param source [N, width] descriptors; @param target [M, width]
 * @param most pairs returned
 */
export function matchDescriptors(
  source: Float32Array,
  target: Float32Array,
  width: number,
  most: number,
): Correspondences {
  const forth = nearestRows(source, target, width);
  const back = nearestRows(target, source, width);
  const pairs: { s: number; t: number; mutual: boolean; distance: number }[] = [];
  forth.rows.forEach((t, s) => {
    pairs.push({ s, t, mutual: back.rows[t] === s, distance: forth.distances[s]! });
  });
  back.rows.forEach((s, t) => {
    if (forth.rows[s] !== t) pairs.push({ s, t, mutual: false, distance: back.distances[t]! });
  });
  pairs.sort(
    (a, b) => Number(b.mutual) - Number(a.mutual) || a.distance - b.distance || a.s - b.s || a.t - b.t,
  );
  const kept = pairs.slice(0, most);
  return { source: Uint32Array.from(kept, ({ s }) => s), target: Uint32Array.from(kept, ({ t }) => t) };
}
