/**
 * The share API. It stores ciphertext and sizes, and hands them out to who knows the id; it cannot read
 * them, lists nothing, and deletes what has expired. docs/share-format.md describes it for clients.
 */

import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { type Context, Hono } from 'hono';
import { isShareId, isTtlDays, newShareId, TTL_DAYS, type TtlDays, ttlOfId } from '../share/links.ts';
import { ApiError } from './apiError.ts';
import { API_HEADERS } from './headers.ts';
import { RateLimit } from './rateLimit.ts';
import type { Missing, ShareRecord, ShareStore } from './store.ts';

export interface ShareApiOptions {
  readonly store: ShareStore;
  /** Largest ciphertext. */
  readonly maxBytes: number;
  readonly uploadsPerHour: number;
  readonly readsPerMinute: number;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Whom the limits are counted for. */
  readonly clientOf: (c: Context) => string;
  /** Faults of the server itself. */
  readonly onFault: (error: unknown) => void;
}

const DAY_MS = 24 * 3600 * 1000;
const DEFAULT_TTL: TtlDays = 7;
const JSON_TYPE = 'application/json';
/** An upload that goes to the object store is announced in a few bytes. */
const MOST_ANNOUNCEMENT_BYTES = 1000;

function hashOf(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}

function missing(why: Missing): ApiError {
  return why === 'gone'
    ? new ApiError('gone', 'This share was revoked or has expired. Its data is deleted.')
    : new ApiError('unknown', 'There is no such share.');
}

function readTtl(c: Context): TtlDays {
  const text = c.req.header('Share-Ttl-Days');
  if (text === undefined) return DEFAULT_TTL;
  const days = Number(text);
  if (!isTtlDays(days))
    throw new ApiError('bad-request', `Share-Ttl-Days must be one of ${TTL_DAYS.join(', ')}.`);
  return days;
}

/** The client may name the share itself: it binds the name into the ciphertext. */
function readId(c: Context, ttl: TtlDays): string {
  const id = c.req.header('Share-Id');
  if (id === undefined) return newShareId(ttl);
  if (!isShareId(id) || ttlOfId(id) !== ttl)
    throw new ApiError('bad-request', 'Share-Id is not an id for this lifetime.');
  return id;
}

function pathId(c: Context): string {
  const id = c.req.param('id') ?? '';
  if (!isShareId(id)) throw missing('unknown');
  return id;
}

/** Lets at most so many bytes through. */
async function* limited(body: AsyncIterable<Uint8Array>, most: number): AsyncGenerator<Uint8Array> {
  let total = 0;
  for await (const piece of body) {
    total += piece.length;
    if (total > most) throw tooLarge(most);
    yield piece;
  }
  if (total === 0) throw new ApiError('bad-request', 'The body is empty.');
}

function tooLarge(most: number): ApiError {
  // The rest of the body is not read.
  return new ApiError('too-large', `At most ${most} bytes are stored.`, { Connection: 'close' });
}

export function shareApi(options: ShareApiOptions): Hono {
  const { store, maxBytes, now, clientOf, onFault } = options;
  const uploads = new RateLimit(
    Math.max(1, Math.ceil(options.uploadsPerHour / 3)),
    options.uploadsPerHour / 60,
  );
  const reads = new RateLimit(options.readsPerMinute, options.readsPerMinute);
  const within = (limit: RateLimit, c: Context) => {
    const wait = limit.take(clientOf(c), now());
    if (wait > 0)
      throw new ApiError('too-many-requests', `Too many requests; again in ${wait} s.`, {
        'Retry-After': String(wait),
      });
  };

  const api = new Hono();
  api.use(async (c, next) => {
    await next();
    for (const [name, value] of Object.entries(API_HEADERS)) c.res.headers.set(name, value);
  });
  api.onError((error, c) => {
    const known = error instanceof ApiError ? error : new ApiError('internal', 'The server failed.');
    if (known.code === 'internal') onFault(error);
    return c.json(known.body, known.status, { ...known.headers });
  });

  api.get('/share-limits', (c) =>
    c.json({ maxBytes, ttlDays: TTL_DAYS, upload: store.presigner === null ? 'direct' : 'presigned' }),
  );
  api.post('/shares', async (c) => {
    within(uploads, c);
    const ttl = readTtl(c);
    const id = readId(c, ttl);
    const ownerToken = randomBytes(32).toString('base64url');
    const record: ShareRecord = { ownerHash: hashOf(ownerToken), expiresAt: now() + ttl * DAY_MS };
    const upload = await receive(c, id, record, store, maxBytes);
    const expiresAt = new Date(record.expiresAt).toISOString();
    return c.json({ id, expiresAt, ownerToken, ...(upload === null ? {} : { upload }) }, 201);
  });
  api.get('/shares/:id', async (c) => {
    within(reads, c);
    const id = pathId(c);
    if (store.presigner !== null) {
      const found = await store.find(id, now());
      if (typeof found === 'string') throw missing(found);
      return c.redirect(await store.presigner.download(id), 302);
    }
    const found = await store.get(id, now());
    if (typeof found === 'string') throw missing(found);
    return c.body(found.bytes, 200, {
      'Content-Type': 'application/octet-stream',
      'Share-Expires': new Date(found.expiresAt).toISOString(),
    });
  });
  api.delete('/shares/:id', async (c) => {
    within(reads, c);
    const id = pathId(c);
    const token = /^Bearer ([\w-]{1,200})$/.exec(c.req.header('Authorization') ?? '')?.[1];
    if (token === undefined)
      throw new ApiError('unauthorised', 'The token of the owner is missing.', {
        'WWW-Authenticate': 'Bearer',
      });
    const found = await store.find(id, now());
    if (typeof found === 'string') throw missing(found);
    const [given, kept] = [Buffer.from(hashOf(token)), Buffer.from(found.ownerHash)];
    if (given.length !== kept.length || !timingSafeEqual(given, kept))
      throw new ApiError('unauthorised', 'This is not the token of the owner.', {
        'WWW-Authenticate': 'Bearer',
      });
    await store.remove(id, now());
    return c.body(null, 204);
  });
  // Nothing lists shares.
  api.all('/shares', () => {
    throw new ApiError('method-not-allowed', 'Shares are stored with POST, and never listed.', {
      Allow: 'POST',
    });
  });
  api.all('/shares/:id', () => {
    throw new ApiError('method-not-allowed', 'A share can be read and deleted.', {
      Allow: 'GET, HEAD, DELETE',
    });
  });
  api.all('/*', () => {
    throw new ApiError('unknown', 'There is no such address.');
  });
  return api;
}

/** Stores the body, or says where the client may store it. @returns null when it is stored */
async function receive(c: Context, id: string, record: ShareRecord, store: ShareStore, maxBytes: number) {
  const body = c.req.raw.body;
  if (body === null) throw new ApiError('bad-request', 'The body is empty.');
  if (Number(c.req.header('Content-Length') ?? 0) > maxBytes) throw tooLarge(maxBytes);
  if (store.presigner !== null && c.req.header('Content-Type')?.startsWith(JSON_TYPE)) {
    const bytes = await announced(limited(body, MOST_ANNOUNCEMENT_BYTES));
    if (bytes > maxBytes) throw tooLarge(maxBytes);
    return store.presigner.upload(id, record, bytes);
  }
  const outcome = await store.put(id, record, limited(body, maxBytes));
  if (outcome === 'taken') throw new ApiError('taken', 'There is a share of this id already.');
  if (outcome === 'full') throw new ApiError('storage-full', 'The server has no room for more shares.');
  return null;
}

async function announced(body: AsyncIterable<Uint8Array>): Promise<number> {
  const pieces: Uint8Array[] = [];
  for await (const piece of body) pieces.push(piece);
  let value: unknown;
  try {
    value = JSON.parse(Buffer.concat(pieces).toString());
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  const bytes = typeof value === 'object' && value !== null && 'bytes' in value ? value.bytes : undefined;
  if (typeof bytes !== 'number' || !Number.isInteger(bytes) || bytes < 1)
    throw new ApiError('bad-request', 'The body must be {"bytes": how many}.');
  return bytes;
}
