/** The bytes of an open scan, read again from where it came from. */

import { toErrorValue } from '../../core/errors.ts';
import type { EngineResult } from '../../engine/client.ts';
import type { GoodScan } from '../referenceState.ts';
import type { Scan } from '../state.ts';
import type { Context } from './context.ts';

export interface ScanFile {
  readonly name: string;
  readonly bytes: ArrayBuffer;
}

/** @returns a fresh buffer every time, which may be transferred */
export function readScanFile(
  ctx: Context,
  { origin }: Scan,
  signal?: AbortSignal,
): Promise<EngineResult<ScanFile>> {
  return readOrigin(ctx, origin, signal);
}

/** The bytes of a scan, or of a good scan that comes with the page. */
export async function readOrigin(
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
    return { ok: true, value: { name: origin.file.name, bytes: await origin.file.arrayBuffer() } };
  } catch (error) {
    // The browser's own words: the file was moved, changed or may not be read.
    return {
      ok: false,
      error: { kind: 'format', where: origin.file.name, message: toErrorValue(error).message },
    };
  }
}
