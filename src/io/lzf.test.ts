import fc from 'fast-check';
import { expect, test } from 'vitest';
import { lzfDecompress } from './lzf.ts';

const ascii = (text: string): number[] => [...text].map((c) => c.charCodeAt(0));

test('literals, back references and references that overlap what they write', () => {
  // "abc", then 6 bytes from 3 back, then (long form) 9 + 8 bytes of the last one.
  const input = Uint8Array.from([2, ...ascii('abc'), (4 << 5) | 0, 2, (7 << 5) | 0, 8, 0]);
  expect(new TextDecoder().decode(lzfDecompress(input, 26))).toBe(`abcabcabc${'c'.repeat(17)}`);
});

test('damage throws and writes nowhere else', () => {
  const out = (input: number[], length: number) => () => lzfDecompress(Uint8Array.from(input), length);
  expect(out([5, 1, 2], 6)).toThrow(/damaged/);
  expect(out([(1 << 5) | 3, 0], 3)).toThrow(/damaged/);
  expect(out([0, 65], 5)).toThrow(/1 bytes instead of 5/);
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 60 }), fc.nat(400), (input, length) => {
      try {
        expect(lzfDecompress(input, length).length).toBe(length);
      } catch (error) {
        expect(error).toBeInstanceOf(Error);
        expect((error as Error).message).toMatch(/compressed data/);
      }
    }),
    { numRuns: 2000 },
  );
});
