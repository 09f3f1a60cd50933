/** Points of two clouds whose descriptors are alike: the raw material of global alignment. */

/** Pairs of rows, the most trustworthy first. */
export interface Correspondences {
  readonly source: Uint32Array;
  readonly target: Uint32Array;
}

/** The nearest row of the other table to each row, and its squared distance. */
interface Nearest {
  readonly rows: Uint32Array;
  readonly distances: Float64Array;
}

/** Numbers after which a pair of rows is given up that is nearest from neither side. */
const BLOCK = 11;
/** The lengths are rounded to float32. */
const CERTAIN = 0.9999;

/** [N, width / 11] length of each block of each row: rows are at least as far apart as these. */
function blockLengths(rows: Float32Array, width: number): Float32Array {
  const blocks = Math.ceil(width / BLOCK);
  const lengths = new Float32Array((rows.length / width) * blocks);
  for (let at = 0; at < lengths.length; at++) {
    const from = Math.floor(at / blocks) * width + (at % blocks) * BLOCK;
    const end = Math.min(from + BLOCK, (Math.floor(at / blocks) + 1) * width);
    let square = 0;
    for (let c = from; c < end; c++) square += rows[c]! ** 2;
    lengths[at] = Math.sqrt(square);
  }
  return lengths;
}

/** Both ways in one pass, Euclidean. @param a [N, width]; @param b [M, width] */
function nearestBothWays(a: Float32Array, b: Float32Array, width: number): { forth: Nearest; back: Nearest } {
  const nearest = (n: number): Nearest => ({
    rows: new Uint32Array(n),
    distances: new Float64Array(n).fill(Infinity),
  });
  const n = a.length / width;
  const m = b.length / width;
  const forth = nearest(n);
  const back = nearest(m);
  const blocks = Math.ceil(width / BLOCK);
  const [lengthsA, lengthsB] = [blockLengths(a, width), blockLengths(b, width)];
  for (let i = 0; i < n; i++) {
    const own = a.subarray(i * width, (i + 1) * width);
    let best = Infinity;
    for (let j = 0; j < m; j++) {
      const limit = Math.max(best, back.distances[j]!);
      let least = 0;
      for (let c = 0; c < blocks; c++) {
        const d = lengthsA[i * blocks + c]! - lengthsB[j * blocks + c]!;
        least += d * d;
      }
      if (least * CERTAIN >= limit) continue;
      let sum = 0;
      let at = j * width;
      for (let c = 0; c < width && sum < limit; ) {
        const end = Math.min(width, c + BLOCK);
        for (; c < end; c++) {
          const d = own[c]! - b[at++]!;
          sum += d * d;
        }
      }
      if (sum < best) {
        best = sum;
        forth.rows[i] = j;
      }
      if (sum < back.distances[j]!) {
        back.distances[j] = sum;
        back.rows[j] = i;
      }
    }
    forth.distances[i] = best;
  }
  return { forth, back };
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
  const { forth, back } = nearestBothWays(source, target, width);
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
