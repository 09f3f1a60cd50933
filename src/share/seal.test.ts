import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ShareError } from './problem.ts';
import { needsPassword, newKey, seal, unseal } from './seal.ts';

const ID = 'wAAAAAAAAAAAAAAAAAAAAAA';
const PLAIN = new TextEncoder().encode('PO3S heatmap of a part nobody else may see');

async function problemOf(work: Promise<unknown>): Promise<string> {
  try {
    await work;
  } catch (error) {
    if (error instanceof ShareError) return error.problem;
    throw error;
  }
  return 'none';
}

describe('encryption', () => {
  it('opens with the key of the link, and the ciphertext shows nothing of the content', async () => {
    const key = newKey();
    const sealed = await seal(PLAIN, ID, { key, password: '' });
    expect(await unseal(sealed, ID, { key, password: '' })).toEqual(PLAIN);
    expect(Buffer.from(sealed).includes('heatmap')).toBe(false);
    expect(Buffer.from(sealed).includes(Buffer.from(key))).toBe(false);
    expect(needsPassword(sealed)).toBe(false);
    const again = await seal(PLAIN, ID, { key, password: '' });
    expect(Buffer.from(again).equals(Buffer.from(sealed))).toBe(false);
  });

  it('does not open with another key, under another id, or with any bit changed', async () => {
    const key = newKey();
    const sealed = await seal(PLAIN, ID, { key, password: '' });
    expect(await problemOf(unseal(sealed, ID, { key: newKey(), password: '' }))).toBe('wrong-key');
    expect(await problemOf(unseal(sealed, `m${ID.slice(1)}`, { key, password: '' }))).toBe('wrong-key');
    await fc.assert(
      fc.asyncProperty(fc.nat(sealed.length - 1), fc.integer({ min: 1, max: 255 }), async (at, flip) => {
        const changed = sealed.slice();
        changed[at] = changed[at]! ^ flip;
        // A changed header may claim a password; it never opens.
        expect(['wrong-key', 'damaged', 'newer', 'password-needed']).toContain(
          await problemOf(unseal(changed, ID, { key, password: '' })),
        );
      }),
      { numRuns: 300 },
    );
  });

  it('tells data that was cut from a key that does not fit', async () => {
    const key = newKey();
    const sealed = await seal(PLAIN, ID, { key, password: '' });
    expect(await problemOf(unseal(sealed.slice(0, 50), ID, { key, password: '' }))).toBe('cut');
    expect(await problemOf(unseal(sealed.slice(0, -1), ID, { key, password: '' }))).toBe('wrong-key');
  });

  it('with a password needs both, however the password was typed', async () => {
    const key = newKey();
    const sealed = await seal(PLAIN, ID, { key, password: 'Prüfling' });
    expect(needsPassword(sealed)).toBe(true);
    expect(await problemOf(unseal(sealed, ID, { key, password: '' }))).toBe('password-needed');
    expect(await problemOf(unseal(sealed, ID, { key, password: 'prüfling' }))).toBe('wrong-password');
    expect(await problemOf(unseal(sealed, ID, { key: newKey(), password: 'Prüfling' }))).toBe(
      'wrong-password',
    );
    expect(await unseal(sealed, ID, { key, password: 'Pru\u0308fling' })).toEqual(PLAIN);
  });

  it('without a key has the password alone, for links that hold the data', async () => {
    const sealed = await seal(PLAIN, '', { key: null, password: 'bolt 17' });
    expect(await unseal(sealed, '', { key: null, password: 'bolt 17' })).toEqual(PLAIN);
    await expect(seal(PLAIN, '', { key: null, password: '' })).rejects.toThrow(RangeError);
  });

  it('refuses a file that would keep the reader’s machine busy for minutes', async () => {
    const key = newKey();
    const sealed = await seal(PLAIN, ID, { key, password: 'x' });
    new DataView(sealed.buffer).setUint32(6, 0xffffffff, true);
    expect(await problemOf(unseal(sealed, ID, { key, password: 'x' }))).toBe('damaged');
  });
});
