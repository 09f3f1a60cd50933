/**
 * What lies in a ZIP archive, and where: only the directory at its end is read, so that scans in it are unpacked
 * one by one when they are looked at. Own code because libraries want the whole archive in memory.
 * Source: PKWARE APPNOTE 6.3.
 */

import { FormatError } from '../core/errors.ts';
import type { ByteSource } from './byteSource.ts';
import { latin1 } from './textScanner.ts';

export interface ZipEntry {
  /** As it stands in the archive, with folders. */
  readonly path: string;
  /** Null for one that is stored as it is. */
  readonly packing: 'deflate' | null;
  /** Bytes of the archive that hold it. */
  readonly start: number;
  readonly end: number;
  /** Unpacked, as the archive says. */
  readonly size: number;
}

const END = 0x06054b50;
const END_BYTES = 22;
const LONGEST_COMMENT = 65535;
const CENTRAL = 0x02014b50;
const CENTRAL_BYTES = 46;
const LOCAL = 0x04034b50;
const LOCAL_BYTES = 30;
/** What a field says whose number stands in a ZIP64 record. */
const IN_ZIP64 = 0xffffffff;
const MOST_ENTRIES = 20_000;

/** @param wanted by its path: places are looked up for those only @throws FormatError for a damaged archive */
export async function listZip(
  file: string,
  source: ByteSource,
  wanted: (path: string) => boolean,
): Promise<{ readonly entries: readonly ZipEntry[]; readonly passed: number }> {
  const fail = (why: string) => new FormatError(file, 'ZIP directory', why);
  const tailStart = Math.max(0, source.size - END_BYTES - LONGEST_COMMENT);
  const tail = await source.read(tailStart, source.size);
  const view = new DataView(tail.buffer, tail.byteOffset, tail.byteLength);
  let end = tail.length - END_BYTES;
  while (end >= 0 && view.getUint32(end, true) !== END) end--;
  if (end < 0) throw fail('it is missing: is the archive cut off?');
  const count = view.getUint16(end + 10, true);
  const length = view.getUint32(end + 12, true);
  const start = view.getUint32(end + 16, true);
  if (start === IN_ZIP64 || count === 0xffff)
    throw fail('archives of more than 4 GB or 65,534 files are not read');
  if (count > MOST_ENTRIES) throw fail(`${count} files are more than the studio takes at once`);
  if (start + length > source.size) throw fail('it lies outside of the file: is the archive cut off?');
  const directory = await source.read(start, start + length);
  const all = [...centralEntries(directory, fail)].slice(0, count);
  const chosen = all.filter(({ path }) => wanted(path));
  const entries: ZipEntry[] = [];
  for (const entry of chosen) entries.push(await located(source, entry, fail));
  const folders = all.filter(({ path }) => path.endsWith('/')).length;
  return { entries, passed: all.length - folders - entries.length };
}

interface CentralEntry {
  readonly path: string;
  readonly packing: 'deflate' | null;
  readonly packed: number;
  readonly size: number;
  readonly local: number;
}

function* centralEntries(directory: Uint8Array, fail: (why: string) => FormatError): Generator<CentralEntry> {
  const view = new DataView(directory.buffer, directory.byteOffset, directory.byteLength);
  for (let at = 0; at + CENTRAL_BYTES <= directory.length; ) {
    if (view.getUint32(at, true) !== CENTRAL) throw fail('it is damaged');
    const flags = view.getUint16(at + 8, true);
    const method = view.getUint16(at + 10, true);
    const nameLength = view.getUint16(at + 28, true);
    const name = directory.subarray(at + CENTRAL_BYTES, at + CENTRAL_BYTES + nameLength);
    // Bit 11: UTF-8; the old code page of DOS agrees with Latin-1 in what matters.
    const path = flags & 0x800 ? new TextDecoder().decode(name) : latin1(name, 0, name.length);
    if (flags & 1) throw fail(`“${path}” is encrypted: unpack it first`);
    if (method !== 0 && method !== 8)
      throw fail(`“${path}” is packed by method ${method}, which is not read: unpack it first`);
    yield {
      path,
      packing: method === 8 ? 'deflate' : null,
      packed: view.getUint32(at + 20, true),
      size: view.getUint32(at + 24, true),
      local: view.getUint32(at + 42, true),
    };
    at += CENTRAL_BYTES + nameLength + view.getUint16(at + 30, true) + view.getUint16(at + 32, true);
  }
}

/** The bytes of an entry stand behind its own header, which has a name and remarks of its own lengths. */
async function located(
  source: ByteSource,
  { path, packing, packed, size, local }: CentralEntry,
  fail: (why: string) => FormatError,
): Promise<ZipEntry> {
  if (local + LOCAL_BYTES > source.size) throw fail(`“${path}” lies outside of the file`);
  const header = await source.read(local, local + LOCAL_BYTES);
  const view = new DataView(header.buffer, header.byteOffset, header.byteLength);
  if (view.getUint32(0, true) !== LOCAL) throw fail(`“${path}” is not where it says`);
  const start = local + LOCAL_BYTES + view.getUint16(26, true) + view.getUint16(28, true);
  if (start + packed > source.size) throw fail(`“${path}” is cut off`);
  return { path, packing, start, end: start + packed, size };
}
