/**
 * Rankings of points in few bytes: as they are while they are small, else as counts of 65,536 levels between the
 * lowest and the highest score. Curves move by less than a pixel then, and figures are kept beside it exactly.
 *
 *     kind u8 | 7 bytes unused | positives u32 | negatives u32 | lowest f64 | highest f64 | values or counts
 */

import type { Ranking } from '../detect/metrics.ts';

const LEVELS = 65_536;
const HEADER = 32;
/** What the values are: single or double precision, or counts of levels. */
const SINGLE = 0;
const DOUBLE = 1;
const COUNTS = 2;

/** Level of a score; the highest belongs to the last. */
function levelOf(score: number, lowest: number, highest: number): number {
  if (highest === lowest) return 0;
  return Math.min(LEVELS - 1, Math.floor((LEVELS * (score - lowest)) / (highest - lowest)));
}

function counts(scores: Ranking['positives'], lowest: number, highest: number): Uint32Array {
  const found = new Uint32Array(LEVELS);
  for (const score of scores) found[levelOf(score, lowest, highest)]!++;
  return found;
}

/** The middle of each level, as often as it was counted; ascending. */
function expand(found: Uint32Array, total: number, lowest: number, highest: number): Float32Array {
  const scores = new Float32Array(total);
  let at = 0;
  found.forEach((count, level) => {
    scores.fill(lowest + ((level + 0.5) * (highest - lowest)) / LEVELS, at, at + count);
    at += count;
  });
  return scores;
}

/** @param exact most scores that are kept as they are */
export function packRanking({ positives, negatives }: Ranking, exact = LEVELS): Uint8Array<ArrayBuffer> {
  const total = positives.length + negatives.length;
  const lowest = Math.min(positives[0] ?? Number.POSITIVE_INFINITY, negatives[0] ?? Number.POSITIVE_INFINITY);
  const highest = Math.max(
    positives.at(-1) ?? Number.NEGATIVE_INFINITY,
    negatives.at(-1) ?? Number.NEGATIVE_INFINITY,
  );
  const double = positives instanceof Float64Array || negatives instanceof Float64Array;
  const kept = total <= exact || !Number.isFinite(lowest) || !Number.isFinite(highest);
  const size = kept ? total * (double ? 8 : 4) : 8 * LEVELS;
  const bytes = new Uint8Array(HEADER + size);
  const view = new DataView(bytes.buffer);
  view.setUint8(0, kept ? (double ? DOUBLE : SINGLE) : COUNTS);
  view.setUint32(8, positives.length, true);
  view.setUint32(12, negatives.length, true);
  view.setFloat64(16, lowest, true);
  view.setFloat64(24, highest, true);
  if (!kept) {
    const body = new Uint32Array(bytes.buffer, HEADER);
    body.set(counts(positives, lowest, highest));
    body.set(counts(negatives, lowest, highest), LEVELS);
    return bytes;
  }
  const body = new (double ? Float64Array : Float32Array)(bytes.buffer, HEADER);
  body.set(positives);
  body.set(negatives, positives.length);
  return bytes;
}

/** @param bytes what `packRanking` made */
export function unpackRanking(bytes: Uint8Array<ArrayBuffer>): Ranking {
  const { buffer } = bytes.slice();
  const view = new DataView(buffer);
  const [positive, negative] = [view.getUint32(8, true), view.getUint32(12, true)];
  const kind = view.getUint8(0);
  if (kind === COUNTS) {
    const [lowest, highest] = [view.getFloat64(16, true), view.getFloat64(24, true)];
    const all = new Uint32Array(buffer, HEADER);
    return {
      positives: expand(all.subarray(0, LEVELS), positive, lowest, highest),
      negatives: expand(all.subarray(LEVELS), negative, lowest, highest),
    };
  }
  const scores = new (kind === DOUBLE ? Float64Array : Float32Array)(buffer, HEADER, positive + negative);
  return { positives: scores.subarray(0, positive), negatives: scores.subarray(positive) };
}
