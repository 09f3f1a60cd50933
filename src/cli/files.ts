/** Files in and out of the command line, with errors that name them. */

import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { basename, dirname, extname, join, resolve } from 'node:path';
import { InvalidInputError } from '../core/errors.ts';
import { readScan } from '../io/readScan.ts';
import type { ScanFile } from '../io/report.ts';
import { UsageError } from './command.ts';
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

/** @throws InvalidInputError naming the file and why it cannot be written */
export async function writeOutput(file: string, bytes: Uint8Array): Promise<void> {
  try {
    await mkdir(dirname(resolve(file)), { recursive: true });
    await writeFile(file, bytes);
  } catch (error) {
    throw new InvalidInputError(
      file,
      `cannot be written (${error instanceof Error ? error.message : error})`,
    );
  }
}

/**
 * One output per input: its name with another ending, numbered where two inputs share a name.
 * @throws UsageError when an output would replace an input
 */
export function outputPaths(files: readonly string[], folder: string, ending: string): Map<string, string> {
  const inputs = new Set(files.map((file) => resolve(file)));
  const taken = new Set<string>();
  const paths = new Map<string, string>();
  for (const file of files) {
    const stem = basename(file, extname(file));
    let path = join(folder, stem + ending);
    for (let n = 2; taken.has(path); n++) path = join(folder, `${stem}-${n}${ending}`);
    if (inputs.has(resolve(path)))
      throw new UsageError(`${path} would replace an input; choose another folder`);
    taken.add(path);
    paths.set(file, path);
  }
  return paths;
}
