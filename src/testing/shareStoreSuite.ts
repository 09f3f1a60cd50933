/** What every store of shares must do; run against each of them. */

import { expect, it } from 'vitest';
import type { ShareStore } from '../server/store.ts';
import { newShareId } from '../share/links.ts';

const DAY_MS = 24 * 3600 * 1000;

export async function* bodyOf(...pieces: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  yield* pieces;
}

/** @param open an empty store each time */
export function shareStoreSuite(open: () => Promise<ShareStore>): void {
  const bytes = Uint8Array.from({ length: 70_000 }, (_, i) => (i * 31) & 255);
  const now = Date.now();
  const record = { ownerHash: 'ab'.repeat(32), expiresAt: now + DAY_MS };

  it('gives back exactly what was stored, and what is known of it', async () => {
    const store = await open();
    const id = newShareId(1);
    expect(await store.put(id, record, bodyOf(bytes.subarray(0, 10), bytes.subarray(10)))).toBe('stored');
    expect(await store.get(id, now)).toEqual({ ...record, bytes });
    expect(await store.find(id, now)).toEqual(record);
  });

  it('does not know what was never there', async () => {
    const store = await open();
    expect(await store.get(newShareId(7), now)).toBe('unknown');
    expect(await store.find(newShareId(7), now)).toBe('unknown');
  });

  it('never puts one share in the place of another', async () => {
    const store = await open();
    const id = newShareId(1);
    await store.put(id, record, bodyOf(bytes));
    expect(await store.put(id, { ...record, ownerHash: 'cd'.repeat(32) }, bodyOf(Uint8Array.of(1)))).toBe(
      'taken',
    );
    expect(await store.get(id, now)).toEqual({ ...record, bytes });
  });

  it('answers “gone” after a share was removed, and does not let its id be used again', async () => {
    const store = await open();
    const id = newShareId(30);
    await store.put(id, record, bodyOf(bytes));
    await store.remove(id, now);
    expect(await store.get(id, now)).toBe('gone');
    expect(await store.find(id, now)).toBe('gone');
    expect(await store.put(id, record, bodyOf(bytes))).toBe('taken');
  });

  it('answers “gone” from the moment a share expires', async () => {
    const store = await open();
    const id = newShareId(1);
    await store.put(id, record, bodyOf(bytes));
    expect(await store.find(id, record.expiresAt - 1)).toEqual(record);
    expect(await store.get(id, record.expiresAt)).toBe('gone');
    expect(await store.get(id, now), 'deleted, not only hidden').toBe('gone');
  });

  it('deletes what has expired by itself, and nothing else', async () => {
    const store = await open();
    const [old, young] = [newShareId(1), newShareId(30)];
    await store.put(old, record, bodyOf(bytes));
    await store.put(young, { ...record, expiresAt: now + 30 * DAY_MS }, bodyOf(bytes));
    expect(await store.sweep(now + 2 * DAY_MS)).toBe(1);
    expect(await store.sweep(now + 2 * DAY_MS)).toBe(0);
    expect(await store.get(old, now)).toBe('gone');
    expect(await store.find(young, now)).toMatchObject({ expiresAt: now + 30 * DAY_MS });
  });

  it('leaves nothing behind of an upload that breaks off', async () => {
    const store = await open();
    const id = newShareId(1);
    async function* broken(): AsyncGenerator<Uint8Array> {
      yield bytes;
      throw new Error('connection lost');
    }
    await expect(store.put(id, record, broken())).rejects.toThrow('connection lost');
    expect(await store.get(id, now)).toBe('unknown');
    expect(await store.put(id, record, bodyOf(bytes))).toBe('stored');
  });
}
