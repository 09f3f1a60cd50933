/** Files in and out of the command line, with errors that name them. */

import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, extname, join, resolve } from 'node:path';
import { InvalidInputError } from '../core/errors.ts';
import type { MeshUse } from '../engine/protocol.ts';
import type { ScanFile } from '../io/report.ts';
import { looksLikeScan } from '../io/sniffFormat.ts';
import { UsageError } from './command.ts';
import { expandArchives, readScanSource } from './scanSource.ts';
import type { Terminal } from './terminal.ts';
import { whyUnreadable } from './whyUnreadable.ts';

/** @throws InvalidInputError naming the file and why it cannot be read */
export async function readBytes(file: string): Promise<Uint8Array<ArrayBuffer>> {
  try {
    const buffer = await readFile(file);
    // A copy of our own when Node handed out a slice of its pool; readers may look at `.buffer`.
    const own = buffer.byteLength === buffer.buffer.byteLength && buffer.buffer instanceof ArrayBuffer;
    return own ? new Uint8Array(buffer.buffer) : Uint8Array.from(buffer);
  } catch (error) {
    throw new InvalidInputError(file, whyUnreadable(error));
  }
}

/** @throws FormatError, CapacityError, InvalidInputError, CancelledError */
export async function readScanFile(
  file: string,
  terminal: Terminal,
  mesh: MeshUse = { kind: 'vertices' },
): Promise<ScanFile> {
  return readScanSource(file, {
    mesh,
    signal: terminal.signal,
    onProgress: (progress) => terminal.progress(file, progress),
  });
}

/** Scan files right in a folder, by name. */
async function scansIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile() && looksLikeScan(entry.name))
    .map((entry) => join(folder, entry.name))
    .sort();
}

/**
 * Files as they are, archives and folders as the scans in them, or in their subfolder `train` (the datasets' layout).
 * @throws InvalidInputError for a path that is not there or a folder without scans
 */
export async function scanFiles(paths: readonly string[]): Promise<string[]> {
  const files: string[] = [];
  for (const path of paths) {
    const found = await stat(path).catch((error: unknown) => {
      throw new InvalidInputError(path, whyUnreadable(error));
    });
    if (!found.isDirectory()) {
      files.push(...(await expandArchives([path])));
      continue;
    }
    let scans = await scansIn(path);
    const train = join(path, 'train');
    if (scans.length === 0 && existsSync(train)) scans = await scansIn(train);
    if (scans.length === 0) throw new InvalidInputError(path, 'has no scan files');
    files.push(...scans);
  }
  return files;
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
    const plain = file.replace(/\.gz$/i, '');
    const stem = basename(plain, extname(plain));
    let path = join(folder, stem + ending);
    for (let n = 2; taken.has(path); n++) path = join(folder, `${stem}-${n}${ending}`);
    if (inputs.has(resolve(path)))
      throw new UsageError(`${path} would replace an input; choose another folder`);
    taken.add(path);
    paths.set(file, path);
  }
  return paths;
}
