/** Files in a map, with the accidents that real ones have. */

import { type FileStore, StorageError } from '../io/fileStore.ts';

export interface MemoryFiles extends FileStore {
  readonly held: Map<string, Uint8Array<ArrayBuffer>>;
  /** The next write leaves only what this makes of the bytes, then fails as a crash would. */
  tearNext(tear: (bytes: Uint8Array<ArrayBuffer>) => Uint8Array<ArrayBuffer>): void;
  /** Writes fail from now on, or no longer. */
  setFull(full: boolean): void;
}

export function memoryFiles(): MemoryFiles {
  const held = new Map<string, Uint8Array<ArrayBuffer>>();
  let tear: ((bytes: Uint8Array<ArrayBuffer>) => Uint8Array<ArrayBuffer>) | null = null;
  let full = false;
  return {
    held,
    tearNext: (how) => {
      tear = how;
    },
    setFull: (now) => {
      full = now;
    },
    read: async (path) => held.get(path)?.slice() ?? null,
    async write(path, bytes) {
      if (full) throw new StorageError(path, 'the browser’s storage is full');
      const torn = tear;
      tear = null;
      held.set(path, torn === null ? bytes.slice() : torn(bytes.slice()));
      if (torn !== null) throw new Error('the tab was killed');
    },
    async remove(path) {
      for (const name of [...held.keys()])
        if (name === path || name.startsWith(`${path}/`)) held.delete(name);
    },
    async list(folder) {
      const start = folder === '' ? '' : `${folder}/`;
      const names = [...held.keys()].filter((name) => name.startsWith(start));
      return [...new Set(names.map((name) => name.slice(start.length).split('/')[0]!))].sort();
    },
  };
}
