import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ContentHasher, contentHash } from './contentHash.ts';

// From the reference implementation (Python mmh3 5.3, x86_128, seed 0).
test.each([
  ['', '00000000000000000000000000000000'],
  ['a', 'a794933c5556b01b5556b01b5556b01b'],
  ['hello', '2b2444a0db91def79adb31b69adb31b6'],
  ['The quick brown fox jumps over the lazy dog', '2f1583c3ecee2c675d7bf66ce5e91d2c'],
])('"%s" hashes as in the reference implementation', (text, hash) =>
  expect(contentHash(new TextEncoder().encode(text))).toBe(hash),
);

test('whole blocks, and bytes that lie inside a larger buffer', () => {
  const bytes = Uint8Array.from({ length: 261 }, (_, i) => (i - 5) & 255).subarray(5);
  expect(contentHash(bytes)).toBe('2c56c88fdb4503dfd352b21a494ca2c0');
});

test('the same, however the bytes are cut', () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 12 }), (parts) => {
      const hasher = new ContentHasher();
      for (const part of parts) hasher.update(part);
      expect(hasher.digest()).toBe(contentHash(Uint8Array.from(parts.flatMap((part) => [...part]))));
    }),
  );
});
