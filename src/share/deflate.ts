/** Deflate (RFC 1951) by the browser's own streams: off the main thread, and no code to load. */

import { ShareError } from './problem.ts';

/** No deflate stream expands more than this (zlib's technical notes: 1032 to 1). */
const HIGHEST_RATIO = 1032;

type Bytes = Uint8Array<ArrayBuffer>;

function through(
  bytes: Bytes,
  transform: CompressionStream | DecompressionStream,
): ReadableStreamDefaultReader<Bytes> {
  return new Blob([bytes]).stream().pipeThrough(transform).getReader();
}

export async function deflate(bytes: Bytes): Promise<Bytes> {
  const reader = through(bytes, new CompressionStream('deflate-raw'));
  const parts: Bytes[] = [];
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    parts.push(value);
  }
  return joined(parts);
}

export function joined(parts: readonly Uint8Array[]): Bytes {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/**
 * @param length what it must expand to; never more than this is kept
 * @throws ShareError `damaged` when it is no deflate stream, or of another length
 */
export async function inflate(bytes: Bytes, length: number, where: string): Promise<Bytes> {
  if (length > bytes.length * HIGHEST_RATIO + 64)
    throw new ShareError('damaged', where, `${bytes.length} bytes cannot expand to ${length}`);
  const whole = new Uint8Array(length);
  const reader = through(bytes, new DecompressionStream('deflate-raw'));
  let at = 0;
  for (;;) {
    const { done, value } = await reader.read().catch((error: unknown) => {
      // The stream's own TypeError: not deflate, cut, or followed by something else.
      const why = error instanceof Error ? error.message : String(error);
      throw new ShareError('damaged', where, `does not decompress: ${why}`);
    });
    if (done) break;
    if (at + value.length > length) {
      await reader.cancel();
      throw new ShareError('damaged', where, `expands to more than the ${length} bytes it declares`);
    }
    whole.set(value, at);
    at += value.length;
  }
  if (at !== length) throw new ShareError('damaged', where, `expands to ${at} bytes instead of ${length}`);
  return whole;
}
