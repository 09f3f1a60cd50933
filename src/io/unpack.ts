/** Unpacks gzip and the entries of ZIP archives, as far as a scan may reach. */

import { Gunzip, Inflate } from 'fflate';
import { CapacityError, FormatError, throwIfCancelled } from '../core/errors.ts';
import type { ByteSource } from './byteSource.ts';
import type { ReadHooks } from './report.ts';

export type Packing = 'gzip' | 'deflate';

/**
 * What packed bytes may grow to. Deflate cannot do more than 1032 to 1, scans in text do 3 to 20; a file that
 * grows further than this is meant to fill the memory.
 */
const LARGEST_UNPACKED = 2 ** 31 - 1;
const LARGEST_RATIO = 200;
/** Small files may be as repetitive as they like. */
const ALWAYS_ALLOWED = 1 << 26;

const PIECE = 1 << 20;

/**
 * @param announced the unpacked size where the archive says it; it is not believed, but must be right
 * @throws FormatError for damaged data, CapacityError for a bomb
 */
export async function unpack(
  file: string,
  source: ByteSource,
  packing: Packing,
  announced: number | null,
  hooks: ReadHooks,
): Promise<Uint8Array> {
  const limit = Math.min(LARGEST_UNPACKED, Math.max(ALWAYS_ALLOWED, source.size * LARGEST_RATIO));
  const tooLarge = (size: number) =>
    new CapacityError(`${file}: to unpack ${source.size} bytes`, size, limit, 'bytes');
  if (announced !== null && announced > limit) throw tooLarge(announced);
  const parts: Uint8Array[] = [];
  let size = 0;
  const stream = packing === 'gzip' ? new Gunzip() : new Inflate();
  let ended = false;
  stream.ondata = (part, final) => {
    size += part.length;
    if (size > limit) throw tooLarge(size);
    parts.push(part);
    ended ||= final;
  };
  for (let at = 0; at < source.size; at += PIECE) {
    throwIfCancelled(hooks.signal, file);
    hooks.onProgress?.({ stage: 'unpacking', fraction: at / source.size });
    const end = Math.min(source.size, at + PIECE);
    const piece = await source.read(at, end);
    try {
      // The stream writes into what it is given.
      stream.push(piece.slice(), end === source.size);
    } catch (error) {
      if (error instanceof CapacityError) throw error;
      throw new FormatError(
        file,
        `packed byte ${at}`,
        `the packed data is damaged or cut off: ${error instanceof Error ? error.message : String(error)}`,
      );
    }
  }
  if (!ended) throw new FormatError(file, `packed byte ${source.size}`, 'the packed data is cut off');
  if (announced !== null && size !== announced)
    throw new FormatError(file, '', `unpacks to ${size} bytes, the archive says ${announced}`);
  return joined(parts, size);
}

function joined(parts: readonly Uint8Array[], size: number): Uint8Array {
  if (parts.length === 1) return parts[0]!;
  const bytes = new Uint8Array(size);
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}
