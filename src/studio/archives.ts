/** The scans in a ZIP archive as files that can be opened: slices of the archive, unpacked when they are read. */

import { FormatError } from '../core/errors.ts';
import type { PackedEntry } from '../engine/protocol.ts';
import { blobSource } from '../io/byteSource.ts';
import { listZip } from '../io/zipEntries.ts';
import { looksLikeScan } from './formats.ts';

export interface ArchivedScan {
  readonly file: File;
  readonly packed?: PackedEntry;
  /** Where it lies: the archive, or a folder that was opened. */
  readonly folder?: string;
}

/** @returns scans, and how many files were passed over @throws FormatError for a damaged archive or one without scans */
export async function scansIn(
  archive: File,
): Promise<{ readonly scans: ArchivedScan[]; readonly passed: number }> {
  const { entries, passed } = await listZip(archive.name, blobSource(archive.name, archive), looksLikeScan);
  if (entries.length === 0) throw new FormatError(archive.name, '', `no scans among its ${passed} files`);
  const scans = entries.map(({ path, packing, start, end, size }): ArchivedScan => {
    const file = new File([archive.slice(start, end)], path);
    const folder = archive.name;
    return packing === null ? { file, folder } : { file, folder, packed: { packing, size } };
  });
  return { scans, passed };
}
