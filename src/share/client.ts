/** The client of the share API: src/server/shares.ts is its other side, docs/share-format.md its contract. */

import { MOST_BUNDLE_BYTES } from './container.ts';
import { joined } from './deflate.ts';
import { Fields } from './fields.ts';
import { isTtlDays, TTL_DAYS, type TtlDays } from './links.ts';
import { ShareError, type ShareProblem } from './problem.ts';

type Bytes = Uint8Array<ArrayBuffer>;

export interface ShareLimits {
  /** Of the ciphertext. */
  readonly maxBytes: number;
  readonly ttlDays: readonly TtlDays[];
  /** `presigned`: the bytes go to an object store without passing the server. */
  readonly upload: 'direct' | 'presigned';
}

export interface StoredShare {
  readonly id: string;
  /** Milliseconds since 1970. */
  readonly expiresAt: number;
  /** Who has it may revoke the share. */
  readonly ownerToken: string;
}

export interface ShareClient {
  /** @returns null where the page is hosted without the API */
  limits(signal?: AbortSignal): Promise<ShareLimits | null>;
  /** @throws ShareError */
  upload(id: string, ttl: TtlDays, sealed: Bytes, signal?: AbortSignal): Promise<StoredShare>;
  /** @throws ShareError */
  download(id: string, signal?: AbortSignal): Promise<Bytes>;
  /** @throws ShareError */
  revoke(id: string, ownerToken: string): Promise<void>;
}

const PROBLEMS: Readonly<Record<number, ShareProblem>> = {
  400: 'damaged',
  401: 'not-owner',
  404: 'unknown',
  409: 'damaged',
  410: 'gone',
  413: 'too-large',
  429: 'busy',
  507: 'full',
};

/** @param base address of the page's folder, ending in "/" */
export function shareClient(base: string, fetcher: typeof fetch): ShareClient {
  const at = (path: string) => new URL(`api/${path}`, base);
  const ask = async (url: URL | string, init: RequestInit): Promise<Response> => {
    let response: Response;
    try {
      response = await fetcher(url, { ...init, credentials: 'omit', referrerPolicy: 'no-referrer' });
    } catch (error) {
      if (init.signal?.aborted) throw error;
      const why = error instanceof Error ? error.message : String(error);
      throw new ShareError('no-server', 'share server', `did not answer: ${why}`);
    }
    if (response.ok) return response;
    throw new ShareError(PROBLEMS[response.status] ?? 'no-server', 'share server', await reason(response));
  };

  return {
    limits: (signal) => readLimits(at('share-limits'), fetcher, signal),
    async upload(id, ttl, sealed, signal) {
      const headers = { 'Share-Ttl-Days': String(ttl), 'Share-Id': id };
      const presigned = (await readLimits(at('share-limits'), fetcher, signal))?.upload === 'presigned';
      const init = signal === undefined ? {} : { signal };
      const response = await ask(at('shares'), {
        ...init,
        method: 'POST',
        headers: { ...headers, 'Content-Type': presigned ? 'application/json' : 'application/octet-stream' },
        body: presigned ? JSON.stringify({ bytes: sealed.length }) : sealed,
      });
      const answer = new Fields('share server', await json(response));
      if (presigned) await putPresigned(ask, answer.object('upload'), sealed, init);
      return {
        id: answer.text('id'),
        expiresAt: Date.parse(answer.text('expiresAt')),
        ownerToken: answer.text('ownerToken'),
      };
    },
    async download(id, signal) {
      const response = await ask(at(`shares/${id}`), signal === undefined ? {} : { signal });
      return readBody(response);
    },
    async revoke(id, ownerToken) {
      await ask(at(`shares/${id}`), { method: 'DELETE', headers: { Authorization: `Bearer ${ownerToken}` } });
    },
  };
}

async function readLimits(
  url: URL,
  fetcher: typeof fetch,
  signal?: AbortSignal,
): Promise<ShareLimits | null> {
  let response: Response;
  try {
    response = await fetcher(url, signal === undefined ? {} : { signal });
  } catch (error) {
    // No server at all, or a page opened from disk.
    if (error instanceof TypeError) return null;
    throw error;
  }
  // Static hosting answers with public/api/share-limits, so that no console tells of a missing file; or with 404
  // or its start page, where that was not copied.
  if (!response.ok || !response.headers.get('content-type')?.includes('json')) return null;
  const answer = await json(response);
  if (isNoServer(answer)) return null;
  const fields = new Fields('share server', answer);
  return {
    maxBytes: fields.integer('maxBytes', 1, MOST_BUNDLE_BYTES),
    ttlDays: TTL_DAYS.filter(isTtlDays),
    upload: fields.oneOf('upload', ['direct', 'presigned']),
  };
}

/** What the file says that stands in the place of the API. */
function isNoServer(answer: unknown): boolean {
  return typeof answer === 'object' && answer !== null && 'server' in answer && answer.server === false;
}

async function putPresigned(
  ask: (url: string, init: RequestInit) => Promise<Response>,
  upload: Fields,
  sealed: Bytes,
  init: RequestInit,
): Promise<void> {
  await ask(upload.text('url'), {
    ...init,
    method: 'PUT',
    headers: upload.object('headers').texts(),
    body: sealed,
  });
}

async function json(response: Response): Promise<unknown> {
  try {
    return await response.json();
  } catch (error) {
    throw new ShareError(
      'no-server',
      'share server',
      `answered nonsense: ${error instanceof Error ? error.message : error}`,
    );
  }
}

/** The server's own words, or its status where it has none. */
async function reason(response: Response): Promise<string> {
  const text = await response.text();
  try {
    return new Fields('answer', JSON.parse(text)).object('error').text('message');
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof ShareError) return `answered ${response.status}`;
    throw error;
  }
}

/** Never more than a bundle may have, whatever the server sends. */
async function readBody(response: Response): Promise<Bytes> {
  const parts: Uint8Array[] = [];
  let total = 0;
  const reader = response.body?.getReader();
  while (reader !== undefined) {
    const { done, value } = await reader.read().catch((error: unknown) => {
      const why = error instanceof Error ? error.message : String(error);
      throw new ShareError('no-server', 'share server', `broke off: ${why}`);
    });
    if (done) break;
    total += value.length;
    if (total > MOST_BUNDLE_BYTES) {
      await reader.cancel();
      throw new ShareError('too-large', 'share server', `sends more than ${MOST_BUNDLE_BYTES} bytes`);
    }
    parts.push(value);
  }
  return joined(parts);
}
