import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { newShareId } from '../share/links.ts';
import { bodyOf, shareStoreSuite } from '../testing/shareStoreSuite.ts';
import { DirectoryStore } from './directoryStore.ts';
import { REMEMBERED_MS } from './store.ts';

const folders: string[] = [];

async function folder(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'po3ad-shares-'));
  folders.push(path);
  return path;
}

afterEach(async () => {
  for (const path of folders.splice(0)) await rm(path, { recursive: true });
});

describe('shares in a directory', () => {
  shareStoreSuite(async () => DirectoryStore.open({ path: await folder(), quota: 1e9 }));

  const now = Date.now();
  const record = { ownerHash: 'ab'.repeat(32), expiresAt: now + 1e6 };
  const bytes = new Uint8Array(1000).fill(7);

  it('are still there after a restart', async () => {
    const path = await folder();
    const id = newShareId(1);
    await (await DirectoryStore.open({ path, quota: 1e9 })).put(id, record, bodyOf(bytes));
    expect(await (await DirectoryStore.open({ path, quota: 1e9 })).get(id, now)).toEqual({
      ...record,
      bytes,
    });
  });

  it('never take more room than the quota, and give it back', async () => {
    const path = await folder();
    const store = await DirectoryStore.open({ path, quota: 3000 });
    const ids = [1, 7, 30].map((days) => newShareId(days === 1 ? 1 : days === 7 ? 7 : 30));
    expect(await store.put(ids[0]!, record, bodyOf(bytes))).toBe('stored');
    expect(await store.put(ids[1]!, record, bodyOf(bytes))).toBe('stored');
    expect(await store.put(ids[2]!, record, bodyOf(bytes))).toBe('full');
    expect(await readdir(join(path, 'incoming'))).toEqual([]);
    await store.remove(ids[0]!, now);
    expect(await store.put(ids[2]!, record, bodyOf(bytes))).toBe('stored');
    // What is there counts after a restart, too.
    const again = await DirectoryStore.open({ path, quota: 3000 });
    expect(await again.put(newShareId(1), record, bodyOf(bytes))).toBe('full');
  });

  it('half written by a process that is no more are cleared away; one that is being written stays', async () => {
    const path = await folder();
    await DirectoryStore.open({ path, quota: 1e9 });
    await writeFile(join(path, 'incoming', '999999999.dead'), bytes);
    await writeFile(join(path, 'incoming', `${process.pid}.alive`), bytes);
    await DirectoryStore.open({ path, quota: 1e9 });
    expect(await readdir(join(path, 'incoming'))).toEqual([`${process.pid}.alive`]);
  });

  it('removed in the middle of a crash are deleted by the next sweep', async () => {
    const path = await folder();
    const store = await DirectoryStore.open({ path, quota: 1e9 });
    const id = newShareId(1);
    await store.put(id, record, bodyOf(bytes));
    await writeFile(join(path, 'gone', id), '');
    expect(await store.get(id, now)).toBe('gone');
    expect(await store.sweep(now)).toBe(1);
    expect(await readdir(join(path, 'objects'))).toEqual([]);
  });

  it('are forgotten altogether after a while', async () => {
    const path = await folder();
    const store = await DirectoryStore.open({ path, quota: 1e9 });
    const id = newShareId(1);
    await store.put(id, record, bodyOf(bytes));
    await store.remove(id, now);
    await store.sweep(now + REMEMBERED_MS + 60_000);
    expect(await store.get(id, now)).toBe('unknown');
    expect(await readdir(join(path, 'gone'))).toEqual([]);
  });

  it('lie there as their ciphertext, with a hash in place of the token', async () => {
    const path = await folder();
    const store = await DirectoryStore.open({ path, quota: 1e9 });
    const id = newShareId(1);
    await store.put(id, record, bodyOf(bytes));
    const file = await readFile(join(path, 'objects', id));
    expect(file.subarray(-1000).equals(bytes)).toBe(true);
    expect(JSON.parse(file.subarray(0, 192).toString())).toEqual(record);
  });
});
