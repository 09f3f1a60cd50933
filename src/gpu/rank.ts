/** Ranks of marked items (`shaders/shared/rank`): what the marking kernels write and `shaders/scan` sums. */

import type { BufferScope } from './bufferScope.ts';
import { type Gpu, grid2d } from './device.ts';

/** Words whose marks share a sum. */
const WORDS_PER_SUM = 32;

/** A run of words; it starts at a multiple of WORDS_PER_SUM. */
export interface RankSpan {
  readonly firstWord: number;
  readonly words: number;
}

export interface RankBuffers {
  /** RankWord per 32 items. */
  readonly words: GPUBuffer;
  /** u32 per WORDS_PER_SUM words: their marks, later the marks before them. */
  readonly sums: GPUBuffer;
}

/** Spans one behind the other, each for that many items. */
export function rankSpans(items: readonly number[]): RankSpan[] {
  let firstWord = 0;
  return items.map((n) => {
    const span = { firstWord, words: Math.ceil(n / 32) };
    firstWord += Math.ceil(span.words / WORDS_PER_SUM) * WORDS_PER_SUM;
    return span;
  });
}

/** One span over all of them; the words between, which nobody writes, have no marks. */
export function wholeSpan(spans: readonly RankSpan[]): RankSpan {
  const last = spans.at(-1)!;
  return { firstWord: 0, words: last.firstWord + last.words };
}

export function makeRanks(scope: BufferScope, { words }: RankSpan): RankBuffers {
  return {
    words: scope.buffer('rank words', 8 * words),
    sums: scope.buffer('rank sums', 4 * Math.ceil(words / WORDS_PER_SUM)),
  };
}

/** Once a span's items are marked: ranks within the span; their number goes to `totals[totalAt]`. */
export function encodeRanks(
  gpu: Gpu,
  pass: GPUComputePassEncoder,
  { words, sums }: RankBuffers,
  { firstWord, words: count }: RankSpan,
  totals: GPUBuffer,
  totalAt: number,
): void {
  const values = Math.ceil(count / WORDS_PER_SUM);
  const blocks = gpu.params([firstWord / WORDS_PER_SUM, values, totalAt]);
  gpu.kernel('scan/blocks').encode(pass, [blocks, sums, totals], 1);
  const [gx, gy] = grid2d(gpu, Math.ceil(values / 64));
  gpu.kernel('scan/ranks').encode(pass, [gpu.params([firstWord, count, gx * 64]), sums, words], gx, gy);
}
