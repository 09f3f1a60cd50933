/** The bytes of an open scan, read again from where it came from. */

import { toErrorValue } from '../../core/errors.ts';
import type { EngineResult } from '../../engine/client.ts';
import type { MeshUse, ScanSource } from '../../engine/protocol.ts';
import { blobSource } from '../../io/byteSource.ts';
import { unpack } from '../../io/unpack.ts';
import type { GoodScan } from '../referenceState.ts';
import type { Scan, ScanOrigin } from '../state.ts';
import type { Context } from './context.ts';

export interface ScanFile {
  readonly name: string;
  readonly bytes: ArrayBuffer;
}

/** What the engine needs to make the cloud of it that the page shows. */
export interface OpenedFile extends ScanFile {
  readonly scale: number;
  readonly mesh: MeshUse;
}

/** @returns a fresh buffer every time, which may be transferred */
export async function readScanFile(
  ctx: Context,
  { origin, scale, mesh }: Scan,
): Promise<EngineResult<OpenedFile>> {
  const file = await readOrigin(ctx, origin);
  return file.ok ? { ok: true, value: { ...file.value, scale, mesh } } : file;
}

/** The bytes of a scan, or of a good scan that comes with the page. */
async function readOrigin(
  { services }: Context,
  origin: GoodScan['origin'],
  signal?: AbortSignal,
): Promise<EngineResult<ScanFile>> {
  if (origin.kind !== 'file') {
    const file = origin.kind === 'sample' ? origin.sample.file : origin.file;
    const fetched = await services.fetchFile(`samples/${file}`, signal);
    if (!fetched.ok) return fetched;
    return { ok: true, value: { name: file.split('/').at(-1) ?? file, bytes: fetched.value } };
  }
  try {
    return { ok: true, value: { name: origin.file.name, bytes: await bytesOf(origin) } };
  } catch (error) {
    // The browser's own words: the file was moved, changed or may not be read.
    return {
      ok: false,
      error: { kind: 'format', where: origin.file.name, message: toErrorValue(error).message },
    };
  }
}

async function bytesOf({ file, packed }: Extract<ScanOrigin, { kind: 'file' }>): Promise<ArrayBuffer> {
  if (packed === undefined) return file.arrayBuffer();
  return (await unpack(file.name, blobSource(file.name, file), packed.packing, packed.size, {})).slice()
    .buffer;
}

/** What the engine reads: files of the user's own piece by piece, those of the page as bytes. */
export async function sourceOf(
  ctx: Context,
  origin: GoodScan['origin'],
  signal?: AbortSignal,
): Promise<EngineResult<Exclude<ScanSource, { kind: 'cloud' }>>> {
  if (origin.kind === 'file') {
    const { file, packed } = origin;
    const source = { kind: 'blob', name: file.name, blob: file } as const;
    return { ok: true, value: packed === undefined ? source : { ...source, packed } };
  }
  const read = await readOrigin(ctx, origin, signal);
  return read.ok ? { ok: true, value: { kind: 'file', ...read.value } } : read;
}
