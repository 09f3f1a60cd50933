/** Files in and out of the command line, with errors that name them. */

import { readFile } from 'node:fs/promises';
import { InvalidInputError } from '../core/errors.ts';
import { readScan } from '../io/readScan.ts';
import type { ScanFile } from '../io/report.ts';
import type { Terminal } from './terminal.ts';

/** Reasons of the operating system in words. */
const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'no such file',
  EISDIR: 'is a folder, not a file',
  EACCES: 'no permission to read it',
  ERR_FS_FILE_TOO_LARGE: 'larger than 2 GiB',
};

/** @throws InvalidInputError naming the file and why it cannot be read */
export async function readBytes(file: string): Promise<Uint8Array<ArrayBuffer>> {
  try {
    const buffer = await readFile(file);
    // A copy of our own when Node handed out a slice of its pool; readers may look at `.buffer`.
    const own = buffer.byteLength === buffer.buffer.byteLength && buffer.buffer instanceof ArrayBuffer;
    return own ? new Uint8Array(buffer.buffer) : Uint8Array.from(buffer);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    throw new InvalidInputError(file, REASONS[code] ?? `cannot be read (${code || String(error)})`);
  }
}

/** @throws FormatError, InvalidInputError, CancelledError */
export async function readScanFile(file: string, terminal: Terminal): Promise<ScanFile> {
  const bytes = await readBytes(file);
  return readScan(file, bytes, {
    signal: terminal.signal,
    onProgress: (progress) => terminal.progress(file, progress),
  });
}
