/**
 * Shares in a directory, one file each: a line of JSON, then the ciphertext. A file appears under its name
 * only once it is complete and on disk, so that a crash at any moment leaves whole shares or none.
 *   objects/ID   shares    gone/ID   empty: was there    incoming/   being written
 */

import { randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import { type FileHandle, link, mkdir, open, readdir, rm, stat, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { type FoundShare, type Missing, REMEMBERED_MS, type ShareRecord, type ShareStore } from './store.ts';

/** The header line is padded to this, so that it is read without looking for its end. */
const HEADER_BYTES = 192;
/** A file that is still being written after this long was left by a crash. */
const ABANDONED_MS = 3600 * 1000;

export interface DirectoryOptions {
  readonly path: string;
  /** All shares together, bytes. */
  readonly quota: number;
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}

async function ifThere<T>(work: Promise<T>): Promise<T | null> {
  try {
    return await work;
  } catch (error) {
    if (isMissing(error)) return null;
    throw error;
  }
}

/** A new name in a folder survives a power cut only when the folder is written, too. */
async function syncFolder(path: string): Promise<void> {
  // Windows cannot open folders; there the file system sees to it.
  if (process.platform === 'win32') return;
  const folder = await open(path, constants.O_RDONLY);
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

function writeHeader(record: ShareRecord): Buffer {
  return Buffer.from(`${JSON.stringify(record).padEnd(HEADER_BYTES - 1)}\n`);
}

/** @throws Error naming the file: somebody else has written into the folder */
function readHeader(path: string, bytes: Buffer): ShareRecord {
  const value: unknown = JSON.parse(bytes.toString());
  if (typeof value === 'object' && value !== null && 'ownerHash' in value && 'expiresAt' in value) {
    const { ownerHash, expiresAt } = value;
    if (typeof ownerHash === 'string' && typeof expiresAt === 'number') return { ownerHash, expiresAt };
  }
  throw new Error(`${path} is no share`);
}

export class DirectoryStore implements ShareStore {
  readonly presigner = null;
  private readonly folders: Readonly<Record<'objects' | 'gone' | 'incoming', string>>;
  private readonly quota: number;
  /** Bytes of all shares, those being written included. */
  private used: number;

  private constructor({ path, quota }: DirectoryOptions, used: number) {
    this.folders = DirectoryStore.foldersOf(path);
    this.quota = quota;
    this.used = used;
  }

  private static foldersOf(path: string) {
    return { objects: join(path, 'objects'), gone: join(path, 'gone'), incoming: join(path, 'incoming') };
  }

  /** Makes the folders and clears away what a crash has left. */
  static async open(options: DirectoryOptions): Promise<DirectoryStore> {
    const folders = DirectoryStore.foldersOf(options.path);
    for (const folder of Object.values(folders)) await mkdir(folder, { recursive: true, mode: 0o700 });
    let used = 0;
    for (const name of await readdir(folders.objects)) used += (await stat(join(folders.objects, name))).size;
    const store = new DirectoryStore(options, used);
    await store.clearIncoming();
    return store;
  }

  async put(
    id: string,
    record: ShareRecord,
    body: AsyncIterable<Uint8Array>,
  ): Promise<'stored' | 'taken' | 'full'> {
    const { objects, gone, incoming } = this.folders;
    const final = join(objects, id);
    if ((await ifThere(stat(final))) !== null || (await ifThere(stat(join(gone, id)))) !== null)
      return 'taken';
    const draft = join(incoming, `${process.pid}.${randomBytes(9).toString('base64url')}`);
    const file = await open(draft, 'wx', 0o600);
    const written = { bytes: 0 };
    let stored = false;
    try {
      if (!(await this.writeAll(file, record, body, written))) return 'full';
      await file.sync();
      // Unlike a rename, a link never takes the place of another file.
      await link(draft, final);
      stored = true;
      await syncFolder(objects);
      return 'stored';
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return 'taken';
      throw error;
    } finally {
      await file.close();
      if (!stored) this.used -= written.bytes;
      await unlink(draft);
    }
  }

  async get(id: string, now: number): Promise<FoundShare | Missing> {
    const found = await this.find(id, now);
    if (typeof found === 'string') return found;
    const file = await ifThere(open(join(this.folders.objects, id)));
    if (file === null) return 'gone';
    try {
      const all = await file.readFile();
      const bytes = new Uint8Array(all.length - HEADER_BYTES);
      bytes.set(all.subarray(HEADER_BYTES));
      return { ...found, bytes };
    } finally {
      await file.close();
    }
  }

  async find(id: string, now: number): Promise<ShareRecord | Missing> {
    if ((await ifThere(stat(join(this.folders.gone, id)))) !== null) return 'gone';
    const record = await this.readRecord(id);
    if (record === null) return 'unknown';
    if (record.expiresAt > now) return record;
    await this.remove(id, now);
    return 'gone';
  }

  /** The mark first: after a crash in between the share counts as gone, and the next sweep deletes it. */
  async remove(id: string, _now: number): Promise<void> {
    const { objects, gone } = this.folders;
    const mark = await open(join(gone, id), 'w', 0o600);
    await mark.sync();
    await mark.close();
    await syncFolder(gone);
    const path = join(objects, id);
    const size = (await ifThere(stat(path)))?.size;
    // Of two that delete it at the same time one finds it.
    if (size === undefined || (await ifThere(unlink(path).then(() => true))) === null) return;
    await syncFolder(objects);
    this.used -= size;
  }

  async sweep(now: number): Promise<number> {
    const { objects, gone } = this.folders;
    let deleted = 0;
    const marks = new Set(await readdir(gone));
    for (const id of await readdir(objects)) {
      const record = await this.readRecord(id);
      if (record === null || (record.expiresAt > now && !marks.has(id))) continue;
      await this.remove(id, now);
      deleted++;
    }
    for (const id of marks) {
      const mark = await ifThere(stat(join(gone, id)));
      if (mark !== null && mark.mtimeMs + REMEMBERED_MS < now) await rm(join(gone, id), { force: true });
    }
    await this.clearIncoming();
    return deleted;
  }

  /** @param written counts what the quota is charged for @returns false when the quota does not allow it */
  private async writeAll(
    file: FileHandle,
    record: ShareRecord,
    body: AsyncIterable<Uint8Array>,
    written: { bytes: number },
  ): Promise<boolean> {
    const write = async (bytes: Uint8Array): Promise<boolean> => {
      if (this.used + bytes.length > this.quota) return false;
      this.used += bytes.length;
      written.bytes += bytes.length;
      await file.appendFile(bytes);
      return true;
    };
    if (!(await write(writeHeader(record)))) return false;
    for await (const piece of body) if (!(await write(piece))) return false;
    return true;
  }

  private async readRecord(id: string): Promise<ShareRecord | null> {
    const path = join(this.folders.objects, id);
    const file = await ifThere(open(path));
    if (file === null) return null;
    try {
      const header = Buffer.alloc(HEADER_BYTES);
      await file.read(header, 0, HEADER_BYTES, 0);
      return readHeader(path, header);
    } finally {
      await file.close();
    }
  }

  /** Deletes drafts of processes that are no more; those of others that run now stay. */
  private async clearIncoming(): Promise<void> {
    const { incoming } = this.folders;
    for (const name of await readdir(incoming)) {
      const path = join(incoming, name);
      const found = await ifThere(stat(path));
      if (found === null) continue;
      const old = Date.now() - found.mtimeMs > ABANDONED_MS;
      if (old || !isRunning(Number(name.split('.')[0]))) await rm(path, { force: true });
    }
  }
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    // Somebody else's process runs as well.
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
