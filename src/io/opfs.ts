/** The one door to the browser's origin private file system, in the page and in its workers. */

import { type FileStore, StorageError } from './fileStore.ts';

/** Everything lies below this folder. */
const ROOT = 'po3ad-studio';

interface Place {
  readonly folders: readonly string[];
  readonly name: string;
}

function placeOf(path: string): Place {
  const steps = path.split('/').filter((step) => step !== '');
  return { folders: steps.slice(0, -1), name: steps.at(-1) ?? '' };
}

function isNamed(error: unknown, ...names: readonly string[]): boolean {
  return error instanceof Error && names.includes(error.name);
}

async function openFolder(
  folders: readonly string[],
  create: boolean,
): Promise<FileSystemDirectoryHandle | null> {
  try {
    let folder = await navigator.storage.getDirectory();
    for (const name of [ROOT, ...folders]) folder = await folder.getDirectoryHandle(name, { create });
    return folder;
  } catch (error) {
    if (!create && isNamed(error, 'NotFoundError')) return null;
    throw failure(folders.join('/'), error);
  }
}

/** Says what the browser's own error means for the user. */
function failure(path: string, error: unknown): StorageError {
  if (isNamed(error, 'QuotaExceededError'))
    return new StorageError(path, 'the browser’s storage is full: delete models or runs, or free disk space');
  const why = error instanceof Error ? error.message : String(error);
  return new StorageError(path, `this browser does not let the page keep files: ${why}`);
}

/** Safari before 26 writes through a handle that exists in workers only. */
interface SyncHandle {
  truncate(size: number): void;
  write(bytes: Uint8Array<ArrayBuffer>): number;
  flush(): void;
  close(): void;
}

type WritableHandle = Omit<FileSystemFileHandle, 'createWritable'> & {
  createWritable?: FileSystemFileHandle['createWritable'];
  createSyncAccessHandle?: () => Promise<SyncHandle>;
};

async function writeTo(handle: WritableHandle, bytes: Uint8Array<ArrayBuffer>): Promise<void> {
  if (handle.createWritable !== undefined) {
    const stream = await handle.createWritable();
    try {
      await stream.write(bytes);
    } catch (error) {
      // What was there before stays.
      await stream.abort();
      throw error;
    }
    await stream.close();
    return;
  }
  if (handle.createSyncAccessHandle === undefined) throw new Error('no way to write files');
  const access = await handle.createSyncAccessHandle();
  try {
    access.truncate(0);
    access.write(bytes);
    access.flush();
  } finally {
    access.close();
  }
}

/** The files of this page's origin. Nothing is asked of the browser before the first call. */
export function originFiles(): FileStore {
  return {
    async read(path) {
      const { folders, name } = placeOf(path);
      const folder = await openFolder(folders, false);
      if (folder === null) return null;
      try {
        const file = await (await folder.getFileHandle(name)).getFile();
        return new Uint8Array(await file.arrayBuffer());
      } catch (error) {
        if (isNamed(error, 'NotFoundError')) return null;
        throw failure(path, error);
      }
    },
    async write(path, bytes) {
      const { folders, name } = placeOf(path);
      const folder = await openFolder(folders, true);
      try {
        await writeTo(await folder!.getFileHandle(name, { create: true }), bytes);
      } catch (error) {
        throw failure(path, error);
      }
    },
    async remove(path) {
      const { folders, name } = placeOf(path);
      const folder = await openFolder(folders, false);
      try {
        await folder?.removeEntry(name, { recursive: true });
      } catch (error) {
        if (!isNamed(error, 'NotFoundError')) throw failure(path, error);
      }
    },
    async list(path) {
      const { folders, name } = placeOf(path);
      const folder = await openFolder(name === '' ? folders : [...folders, name], false);
      const names: string[] = [];
      if (folder !== null) for await (const entry of folder.keys()) names.push(entry);
      return names.sort();
    },
  };
}
