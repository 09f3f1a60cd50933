import { expect, test } from 'vitest';
import { RandomStream } from '../core/random.ts';
import { ranks } from '../core/rank.ts';
import { withDevice } from '../testing/withDevice.ts';
import { BufferScope } from './bufferScope.ts';
import { encodeRanks, rankSpans, wholeSpan } from './rank.ts';
import { readBuffers } from './readback.ts';

const gpu = withDevice();

test('each span of a buffer is ranked by itself, from one word to more than one walk of the scan', async () => {
  // 40,000 words make 1250 sums; one walk takes 1024.
  const spans = rankSpans([1, 32, 33, 1024, 1025, 32 * 40_000]);
  const { words } = wholeSpan(spans);
  const stream = new RandomStream(1);
  const marks = new Uint32Array(words);
  const sums = new Uint32Array(Math.ceil(words / 32));
  for (const span of spans)
    for (let w = span.firstWord; w < span.firstWord + span.words; w++) {
      marks[w] = stream.u32() & stream.u32();
      sums[w >> 5]! += ranks(marks.subarray(w, w + 1)).total;
    }
  const scope = new BufferScope(gpu());
  const buffers = {
    words: scope.upload(
      'words',
      Uint32Array.from({ length: 2 * words }, (_, i) => (i % 2 ? 0 : marks[i / 2]!)),
    ),
    sums: scope.upload('sums', sums),
  };
  const totals = scope.buffer('totals', 4 * spans.length);
  gpu().run('ranks', (pass) => {
    spans.forEach((span, s) => {
      encodeRanks(gpu(), pass, buffers, span, totals, s);
    });
  });
  const [wordBytes, totalBytes] = await readBuffers(gpu(), [
    { buffer: buffers.words, bytes: 8 * words },
    { buffer: totals, bytes: 4 * spans.length },
  ]);
  scope.release();
  const made = new Uint32Array(wordBytes!);
  spans.forEach(({ firstWord, words: count }, s) => {
    const expected = ranks(marks.subarray(firstWord, firstWord + count));
    const before = expected.before.map((_, w) => made[2 * (firstWord + w) + 1]!);
    expect(
      before.findIndex((value, w) => value !== expected.before[w]),
      `span ${s}`,
    ).toBe(-1);
    expect(new Uint32Array(totalBytes!)[s], `span ${s}`).toBe(expected.total);
  });
});
