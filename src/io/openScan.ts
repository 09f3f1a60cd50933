/**
 * Any scan a user may have: large ones are read piece by piece, packed ones unpacked, and what few need (LAZ,
 * E57) is loaded when such a file comes.
 */

import { ContentHasher } from '../core/contentHash.ts';
import { CapacityError, FormatError, throwIfCancelled } from '../core/errors.ts';
import { type ByteSource, bytesSource, readWhole } from './byteSource.ts';
import { finishCloud, type RawCloud } from './finishCloud.ts';
import { parseLasHeader } from './lasHeader.ts';
import { type MeshUse, meshPoints } from './meshUse.ts';
import { planLas } from './readLas.ts';
import { planNpy } from './readNpy.ts';
import { planPcd } from './readPcd.ts';
import { planPly } from './readPly.ts';
import { readScan } from './readScan.ts';
import { planStl } from './readStl.ts';
import type { ReadHooks, ScanFile } from './report.ts';
import { type RowPlan, streamRows } from './rowPlan.ts';
import { sniffFormat } from './sniffFormat.ts';
import { type Packing, unpack } from './unpack.ts';

export interface OpenOptions extends ReadHooks {
  /** What a mesh is used as; its vertices unless said otherwise. */
  readonly mesh?: MeshUse;
  /** The decoder of LAZ: where it lies differs between page and command line. */
  readonly lazDecoder?: () => Promise<WebAssembly.Module>;
  /** The source is one entry of an archive, packed like this. */
  readonly packed?: { readonly packing: Packing; readonly size: number };
}

/** Headers are shorter: those of text are read with the text. */
const HEAD = 1 << 20;

/**
 * @param name file name for messages and the cloud's name
 * @throws FormatError naming file, place and cause; CapacityError for more than the browser holds;
 *   CancelledError
 */
export async function openScan(
  name: string,
  source: ByteSource,
  options: OpenOptions = {},
): Promise<ScanFile> {
  throwIfCancelled(options.signal, name);
  try {
    const scan = await readAny(name, source, options);
    options.onProgress?.({ stage: 'reading', fraction: 1 });
    return meshPoints(scan, options.mesh ?? { kind: 'vertices' });
  } catch (error) {
    // What a typed array says when there is no memory for it.
    if (error instanceof RangeError)
      throw new CapacityError(`${name}: memory for its points`, source.size, 0, 'bytes');
    throw error;
  }
}

async function readAny(name: string, source: ByteSource, options: OpenOptions): Promise<ScanFile> {
  if (options.packed !== undefined) {
    const { packing, size } = options.packed;
    const { packed: _, ...rest } = options;
    return readAny(name, bytesSource(await unpack(name, source, packing, size, options)), rest);
  }
  const head = await source.read(0, Math.min(source.size, HEAD));
  if (head[0] === 0x1f && head[1] === 0x8b) {
    const inner = name.replace(/\.gz$/i, '');
    return readAny(inner, bytesSource(await unpack(name, source, 'gzip', null, options)), options);
  }
  if (startsWith(head, 'ASTM-E57')) {
    const { readE57 } = await import('./readE57.ts');
    return hashed(name, source, () => readE57(name, source, options));
  }
  if (startsWith(head, 'LASF') && parseLasHeader(name, head).compressed) {
    const { lazDecoder } = options;
    if (lazDecoder === undefined) throw new FormatError(name, '', 'LAZ scans are not read here');
    const { readLaz } = await import('./readLaz.ts');
    return hashed(name, source, async () => readLaz(name, source, await lazDecoder(), options));
  }
  const plan = planOf(name, head, source.size, options);
  if (plan === null) return readScan(name, await readWhole(name, source), options);
  const hasher = new ContentHasher();
  const raw = await streamRows(plan, source, (bytes) => hasher.update(bytes), options);
  return finishCloud(name, hasher.digest(), raw);
}

/** @returns how to read the file piece by piece, null when it has to be read at once */
function planOf(name: string, head: Uint8Array, size: number, hooks: ReadHooks): RowPlan | null {
  // Marks of UTF-8 and UTF-16: a text of Windows.
  const marked = [0xefbb, 0xfffe, 0xfeff].includes((head[0]! << 8) | head[1]!);
  if (size === 0 || marked) return null;
  switch (sniffFormat(name, head, size)) {
    case 'pcd':
      return planPcd(name, head, size);
    case 'ply':
      return planPly(name, head, size, hooks);
    case 'npy':
      return planNpy(name, head, size);
    case 'las':
      return planLas(name, head, size);
    case 'stl binary':
      return planStl(name, head, size);
    default:
      return null;
  }
}

/** The source hashed piece by piece beside a reader that goes its own way through it. */
async function hashed(name: string, source: ByteSource, read: () => Promise<RawCloud>): Promise<ScanFile> {
  const raw = await read();
  const hasher = new ContentHasher();
  const piece = 1 << 23;
  for (let at = 0; at < source.size; at += piece)
    hasher.update(await source.read(at, Math.min(source.size, at + piece)));
  return finishCloud(name, hasher.digest(), raw);
}

function startsWith(head: Uint8Array, magic: string): boolean {
  return [...magic].every((letter, i) => head[i] === letter.charCodeAt(0));
}
