/** The bytes of an open scan, read again from where it came from. */

import { toErrorValue } from '../../core/errors.ts';
import type { EngineResult } from '../../engine/client.ts';
import type { Scan } from '../state.ts';
import type { Context } from './context.ts';

export interface ScanFile {
  readonly name: string;
  readonly bytes: ArrayBuffer;
}

/** @returns a fresh buffer every time, which may be transferred */
export async function readScanFile(
  { services }: Context,
  { origin }: Scan,
  signal?: AbortSignal,
): Promise<EngineResult<ScanFile>> {
  if (origin.kind === 'sample') {
    const fetched = await services.fetchFile(`samples/${origin.sample.file}`, signal);
    if (!fetched.ok) return fetched;
    const name = origin.sample.file.split('/').at(-1) ?? origin.sample.file;
    return { ok: true, value: { name, bytes: fetched.value } };
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
