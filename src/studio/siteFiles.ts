/** Fetches the files that come with the page: lists, samples, models. */

import type { ErrorValue } from '../core/errors.ts';

export type Fetched =
  | { readonly ok: true; readonly value: ArrayBuffer }
  | { readonly ok: false; readonly error: ErrorValue };

/** @param path relative to the page */
export type FetchFile = (path: string, signal?: AbortSignal) => Promise<Fetched>;

/** @param base address of the page; files outside its folder are never asked for */
export function siteFiles(base: string, fetcher: typeof fetch): FetchFile {
  return async (path, signal) => {
    const failed = (message: string): Fetched => ({
      ok: false,
      error: { kind: signal?.aborted ? 'cancelled' : 'format', where: path, message },
    });
    try {
      const response = await fetcher(new URL(path, base), signal === undefined ? {} : { signal });
      if (!response.ok) return failed(`the server answered ${response.status}`);
      // Some servers answer a missing file with their start page.
      if (response.headers.get('content-type')?.startsWith('text/html'))
        return failed('the server has no such file');
      return { ok: true, value: await response.arrayBuffer() };
    } catch (error) {
      return failed(error instanceof Error ? error.message : String(error));
    }
  };
}
