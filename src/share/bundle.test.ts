import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { madeBundle } from '../testing/shareBundle.ts';
import type { ShareBundle } from './bundle.ts';
import { packJson, readContainer, writeContainer } from './container.ts';
import { crc32 } from './crc32.ts';
import { decodeBundle } from './decodeBundle.ts';
import { encodeBundle } from './encodeBundle.ts';

const ALL = { scoreBits: 8, offsets: true, maxBytes: 8e6 } as const;

async function decoded(bytes: Uint8Array<ArrayBuffer>): Promise<ShareBundle> {
  const result = await decodeBundle(bytes);
  if (!result.ok) throw result.error;
  return result.value;
}

function countAbove(score: Float32Array, threshold: number): number {
  return score.reduce((sum, value) => sum + Number(value > threshold), 0);
}

/** For each point of `found` the nearest of `given`: an oracle that knows nothing of Morton codes. */
function nearest(found: ShareBundle, given: ShareBundle, row: number): { row: number; distance: number } {
  let best = { row: -1, distance: Infinity };
  for (let i = 0; i < given.score.length; i++) {
    const distance = Math.hypot(
      ...[0, 1, 2].map((axis) => found.positions[3 * row + axis]! - given.positions[3 * i + axis]!),
    );
    if (distance < best.distance) best = { row: i, distance };
  }
  return best;
}

/** The checksum made to fit again, as somebody with bad intentions would. */
function withChecksum(bytes: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  if (bytes.length >= 16)
    new DataView(bytes.buffer, bytes.byteOffset).setUint32(12, crc32(bytes.subarray(16)), true);
  return bytes;
}

describe('bundle', () => {
  it('brings back every point, score, offset and label within its step, and everything else as it was', async () => {
    const bundle = madeBundle(800);
    const { bytes, bits } = await encodeBundle(bundle, ALL);
    const back = await decoded(bytes);
    expect(back.score).toHaveLength(800);
    const step = 80 / 2 ** bits;
    for (let row = 0; row < 800; row += 37) {
      const { row: source, distance } = nearest(back, bundle, row);
      expect(distance).toBeLessThanOrEqual(step * 0.9);
      expect(back.score[row]).toBeCloseTo(bundle.score[source]!, 3);
      expect(back.labels!.classOf[row]).toBe(bundle.labels!.classOf[source]);
      expect(back.offsets![3 * row]).toBeCloseTo(bundle.offsets![3 * source]!, 3);
    }
    const { positions, score, offsets, labels, ...rest } = bundle;
    expect(back).toMatchObject(rest);
    expect(back.labels!.classes).toEqual(labels!.classes);
    expect([positions, score, offsets].every((values) => values !== null)).toBe(true);
  });

  it('keeps the number of points above the threshold, with 8 bits as with 16', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.double({ min: 0, max: 0.2, noNaN: true }), { minLength: 2, maxLength: 60 }),
        fc.double({ min: 0, max: 0.25, noNaN: true }),
        fc.constantFrom(8 as const, 16 as const),
        async (scores, threshold, scoreBits) => {
          const base = madeBundle(scores.length);
          const score = Float32Array.from(scores);
          const bundle = { ...base, score, view: { ...base.view, threshold } };
          const back = await decoded((await encodeBundle(bundle, { ...ALL, scoreBits })).bytes);
          expect(countAbove(back.score, threshold)).toBe(countAbove(score, threshold));
          const most = Math.max(...score);
          const step = scoreBits === 8 ? (2.1 * most) / 255 : (2.1 * most) / 65535;
          const sorted = [score.slice().sort(), back.score.slice().sort()] as const;
          sorted[0].forEach((value, i) => {
            expect(Math.abs(value - sorted[1][i]!)).toBeLessThanOrEqual(step + 1e-9);
          });
        },
      ),
      { numRuns: 60 },
    );
  });

  it('takes one point, equal points and points in a plane', async () => {
    const one = madeBundle(1);
    expect((await decoded((await encodeBundle(one, ALL)).bytes)).positions).toEqual(one.positions);
    const equal = { ...madeBundle(30), positions: new Float32Array(90).fill(3) };
    expect((await decoded((await encodeBundle(equal, ALL)).bytes)).positions).toEqual(equal.positions);
    const flat = madeBundle(50);
    flat.positions.forEach((_, i) => {
      if (i % 3 === 2) flat.positions[i] = 7;
    });
    const back = await decoded((await encodeBundle(flat, ALL)).bytes);
    expect(back.positions.filter((_, i) => i % 3 === 2)).toEqual(new Float32Array(50).fill(7));
  });

  it('needs at most 4.5 bytes a point for positions and scores, and says how many', async () => {
    for (const points of [20_000, 100_000]) {
      const encoded = await encodeBundle(madeBundle(points), { ...ALL, offsets: false });
      expect(encoded.bytesPerPoint, `${points} points`).toBeLessThanOrEqual(4.5);
      expect(encoded.bits, `${points} points`).toBeGreaterThanOrEqual(14);
    }
  });

  it('thins a scan that is over the budget and keeps its anomalous points', async () => {
    const bundle = madeBundle(20_000);
    const encoded = await encodeBundle(bundle, { ...ALL, maxBytes: 40_000 });
    const back = await decoded(encoded.bytes);
    expect(encoded.bytes.length).toBeLessThanOrEqual(40_000);
    expect(encoded.bytes.length).toBeGreaterThan(32_000);
    expect(back.sourcePoints).toBe(20_000);
    expect(back.score.length).toBe(encoded.points);
    expect(countAbove(back.score, 0.03)).toBe(countAbove(bundle.score, 0.03));
  });

  it('refuses what cannot be shared and names the scan', async () => {
    const nothing = { ...madeBundle(2), positions: new Float32Array(0), score: new Float32Array(0) };
    await expect(encodeBundle(nothing, ALL)).rejects.toThrow('no points');
    await expect(encodeBundle(madeBundle(20), { ...ALL, maxBytes: 100 })).rejects.toThrow('does not fit');
    const broken = { ...madeBundle(2), score: Float32Array.of(0, Number.NaN) };
    await expect(encodeBundle(broken, ALL)).rejects.toThrow('not finite');
  });
});

describe('a bundle from somewhere else', () => {
  it('may have parts that this page does not know, if they are marked as such', async () => {
    const { bytes } = await encodeBundle(madeBundle(10), ALL);
    const sections = [...readContainer(bytes).values()];
    const later = await packJson('zzzz', { from: 'the future' });
    expect((await decodeBundle(writeContainer([later, ...sections]))).ok).toBe(true);
    const needed = await packJson('ZZZZ', {});
    expect(await decodeBundle(writeContainer([...sections, needed]))).toMatchObject({
      ok: false,
      error: { problem: 'newer', where: 'ZZZZ' },
    });
  });

  it('of a newer format is refused politely, and one that was cut is told from one that was changed', async () => {
    const { bytes } = await encodeBundle(madeBundle(10), ALL);
    const newer = bytes.slice();
    newer[4] = 2;
    expect(await decodeBundle(newer)).toMatchObject({ error: { problem: 'newer' } });
    expect(await decodeBundle(bytes.slice(0, -1))).toMatchObject({ error: { problem: 'cut' } });
    expect(await decodeBundle(bytes.slice(0, 9))).toMatchObject({ error: { problem: 'cut' } });
    const changed = bytes.slice();
    changed[60] = changed[60]! ^ 1;
    expect(await decodeBundle(changed)).toMatchObject({ error: { problem: 'damaged', where: 'byte 12' } });
    expect(await decodeBundle(new Uint8Array(0))).toMatchObject({ error: { problem: 'damaged' } });
  });

  it('declaring a billion points is refused before anything is allocated', async () => {
    const { bytes } = await encodeBundle(madeBundle(10), ALL);
    const sections = readContainer(bytes);
    const json = JSON.parse(
      new TextDecoder().decode(await inflated(sections.get('META')!.streams[0]!)),
    ) as Record<string, unknown>;
    const others = [...sections.values()].filter(({ tag }) => tag !== 'META');
    for (const points of [4_000_000, 4_000_001, 1e9, -1, 1.5, '10']) {
      const header = await packJson('META', { ...json, points });
      expect((await decodeBundle(writeContainer([header, ...others]))).ok, `${points}`).toBe(false);
    }
    const wide = await packJson('META', {
      ...json,
      grid: { bits: 16, low: [0, 0, 0], step: 1e300, coding: 'morton' },
    });
    expect(await decodeBundle(writeContainer([wide, ...others]))).toMatchObject({
      error: { where: 'META.grid.step' },
    });
  });

  it('gives an error value for each of 10,000 mutations, checksum repaired or not', async () => {
    const { bytes } = await encodeBundle(madeBundle(40), ALL);
    const mutation = fc.record({
      at: fc.array(fc.tuple(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 })), {
        minLength: 1,
        maxLength: 4,
      }),
      cut: fc.oneof({ weight: 6, arbitrary: fc.constant(0) }, fc.nat(bytes.length)),
      repaired: fc.boolean(),
    });
    let refused = 0;
    await fc.assert(
      fc.asyncProperty(mutation, async ({ at, cut, repaired }) => {
        const changed = bytes.slice(0, bytes.length - cut);
        for (const [place, flip] of at) if (place < changed.length) changed[place] = changed[place]! ^ flip;
        if (repaired) withChecksum(changed);
        const result = await decodeBundle(changed);
        if (!result.ok) refused++;
        // With the checksum made to fit, a flipped bit may be a valid other heatmap, of the size declared.
        else expect(repaired && result.value.score.length <= 40).toBe(true);
      }),
      { numRuns: 10_000, seed: 4711 },
    );
    expect(refused).toBeGreaterThan(8000);
  });
});

async function inflated(stream: Uint8Array<ArrayBuffer>): Promise<ArrayBuffer> {
  const plain = new Blob([stream]).stream().pipeThrough(new DecompressionStream('deflate-raw'));
  return new Response(plain).arrayBuffer();
}
