/** Bytes that are read piece by piece: a file of the browser, one on disk, or what is in memory already. */

import { CapacityError, FormatError } from '../core/errors.ts';

export interface ByteSource {
  readonly size: number;
  /** Bytes [start, end), which lie within the source; not to be written to. */
  read(start: number, end: number): Promise<Uint8Array>;
}

/** What one typed array of a browser surely holds; the Blob interface hands out no more at once either. */
const LARGEST_ARRAY = 2 ** 31 - 1;

export function bytesSource(bytes: Uint8Array): ByteSource {
  return { size: bytes.length, read: async (start, end) => bytes.subarray(start, end) };
}

/** @param name for the message when the file was moved, changed or may not be read */
export function blobSource(name: string, blob: Blob): ByteSource {
  return {
    size: blob.size,
    async read(start, end) {
      try {
        return new Uint8Array(await blob.slice(start, end).arrayBuffer());
      } catch (error) {
        // The browser's own words.
        throw new FormatError(name, '', error instanceof Error ? error.message : String(error));
      }
    },
  };
}

/** @throws CapacityError for a file that no browser holds in one piece */
export function readWhole(name: string, source: ByteSource): Promise<Uint8Array> {
  if (source.size > LARGEST_ARRAY)
    throw new CapacityError(`${name}: to read this format at once`, source.size, LARGEST_ARRAY, 'bytes');
  return source.read(0, source.size);
}
