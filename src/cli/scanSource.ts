/**
 * Scan files of the command line: read piece by piece, and archives as the scans in them, named
 * ARCHIVE.zip/PATH.
 */

import { open } from 'node:fs/promises';
import { FormatError, InvalidInputError } from '../core/errors.ts';
import type { ByteSource } from '../io/byteSource.ts';
import { type OpenOptions, openScan } from '../io/openScan.ts';
import type { ScanFile } from '../io/report.ts';
import { isArchive, looksLikeScan } from '../io/sniffFormat.ts';
import { listZip } from '../io/zipEntries.ts';
import { nodeLazDecoder } from './lazDecoder.ts';
import { whyUnreadable } from './whyUnreadable.ts';

const IN_ARCHIVE = /^(.*\.zip)[\\/](.+)$/i;

/** @throws InvalidInputError naming the file and why it cannot be read; what `use` throws */
async function withFile<T>(file: string, use: (source: ByteSource) => Promise<T>): Promise<T> {
  const handle = await open(file).catch((error: unknown) => {
    throw new InvalidInputError(file, whyUnreadable(error));
  });
  try {
    const found = await handle.stat();
    if (found.isDirectory()) throw new InvalidInputError(file, 'is a folder, not a file');
    return await use({
      size: found.size,
      async read(start, end) {
        const bytes = new Uint8Array(end - start);
        let done = 0;
        while (done < bytes.length) {
          const { bytesRead } = await handle.read(bytes, done, bytes.length - done, start + done);
          if (bytesRead === 0) throw new FormatError(file, `byte ${start + done}`, 'the file became shorter');
          done += bytesRead;
        }
        return bytes;
      },
    });
  } finally {
    await handle.close();
  }
}

/** @param file also an entry of an archive @throws FormatError, CapacityError, InvalidInputError, CancelledError */
export async function readScanSource(file: string, options: OpenOptions): Promise<ScanFile> {
  const all = { lazDecoder: nodeLazDecoder, ...options };
  const [, archive, path] = IN_ARCHIVE.exec(file) ?? [];
  if (archive === undefined || path === undefined)
    return withFile(file, (source) => openScan(file, source, all));
  return withFile(archive, async (source) => {
    const { entries } = await listZip(archive, source, (known) => known === path);
    const entry = entries[0];
    if (entry === undefined) throw new InvalidInputError(file, 'is not in the archive');
    const { start, end, packing, size } = entry;
    const part: ByteSource = {
      size: end - start,
      read: (from, to) => source.read(start + from, start + to),
    };
    return openScan(file, part, packing === null ? all : { ...all, packed: { packing, size } });
  });
}

/** Archives as the scans in them; other paths as they are. @throws FormatError for an archive without scans */
export async function expandArchives(paths: readonly string[]): Promise<string[]> {
  const files: string[] = [];
  for (const path of paths) {
    if (!isArchive(path)) {
      files.push(path);
      continue;
    }
    const { entries, passed } = await withFile(path, (source) => listZip(path, source, looksLikeScan));
    if (entries.length === 0) throw new FormatError(path, '', `no scans among its ${passed} files`);
    files.push(...entries.map((entry) => `${path}/${entry.path}`));
  }
  return files;
}
