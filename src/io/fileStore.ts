/**
 * Where the studio keeps files of its own: models and training runs. In the browser that is the origin
 * private file system (`io/opfs`); tests put a map in its place.
 */

import { StudioError } from '../core/errors.ts';

/** A file could not be kept: the disk is full, or the browser does not let the page store anything. */
export class StorageError extends StudioError {
  readonly kind = 'capacity';
}

/** Paths have "/" between folders; folders are made when a file is written into them. */
export interface FileStore {
  /** @returns null when there is no such file */
  read(path: string): Promise<Uint8Array<ArrayBuffer> | null>;
  /** Replaces what was there. A crash in the middle may leave anything: see `io/slots`. @throws StorageError */
  write(path: string, bytes: Uint8Array<ArrayBuffer>): Promise<void>;
  /** A file, or a folder with all that is in it; nothing happens when it is not there. */
  remove(path: string): Promise<void>;
  /** Names in a folder, sorted; empty when there is no such folder. @param folder "" is the root */
  list(folder: string): Promise<readonly string[]>;
}
