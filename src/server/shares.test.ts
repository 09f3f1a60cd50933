import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Hono } from 'hono';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { shareClient } from '../share/client.ts';
import { newShareId } from '../share/links.ts';
import { ShareError } from '../share/problem.ts';
import { type AppOptions, createApp } from './app.ts';
import { DirectoryStore } from './directoryStore.ts';
import { PageFiles } from './pageFiles.ts';

const DAY_MS = 24 * 3600 * 1000;
const HTML =
  '<html><head><meta http-equiv="Content-Security-Policy" content="x"><script src="./assets/a.js"></script></head></html>';
const BYTES = Uint8Array.from({ length: 3000 }, (_, i) => (i * 7) & 255);

let root: string;
let clock: number;
let lines: string[];
let app: Hono;

async function made(extra: Partial<AppOptions> = {}): Promise<Hono> {
  return createApp({
    store: await DirectoryStore.open({ path: join(root, 'shares'), quota: 1e6 }),
    pages: await PageFiles.open(join(root, 'page')),
    maxBytes: 5000,
    uploadsPerHour: 300,
    readsPerMinute: 1000,
    embedIn: 'https://wiki.example.org',
    now: () => clock,
    clientOf: () => '192.0.2.1',
    log: (line) => lines.push(line),
    ...extra,
  });
}

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'po3ad-server-'));
  clock = Date.now();
  lines = [];
  await mkdir(join(root, 'page/assets'), { recursive: true });
  await writeFile(join(root, 'page/index.html'), HTML);
  await writeFile(join(root, 'page/view.html'), HTML);
  await writeFile(join(root, 'page/assets/a.js'), 'let a;'.repeat(100));
  app = await made();
});
afterEach(() => rm(root, { recursive: true }));

interface Stored {
  readonly id: string;
  readonly expiresAt: string;
  readonly ownerToken: string;
}

async function store(headers: Record<string, string> = {}): Promise<Stored> {
  const response = await app.request('/api/shares', { method: 'POST', headers, body: BYTES });
  expect(response.status).toBe(201);
  return (await response.json()) as Stored;
}

async function failure(response: Response): Promise<{ status: number; code: string }> {
  const { error } = (await response.json()) as { error: { code: string; message: string } };
  expect(error.message.length).toBeGreaterThan(10);
  return { status: response.status, code: error.code };
}

const bearer = (token: string) => ({ Authorization: `Bearer ${token}` });

describe('share API', () => {
  it('stores, gives back and revokes', async () => {
    const { id, expiresAt, ownerToken } = await store({ 'Share-Ttl-Days': '1' });
    expect(Date.parse(expiresAt)).toBe(clock + DAY_MS);
    const found = await app.request(`/api/shares/${id}`);
    expect(new Uint8Array(await found.arrayBuffer())).toEqual(BYTES);
    expect(found.headers.get('cache-control')).toBe('no-store');
    const revoked = await app.request(`/api/shares/${id}`, { method: 'DELETE', headers: bearer(ownerToken) });
    expect(revoked.status).toBe(204);
    expect(await failure(await app.request(`/api/shares/${id}`))).toEqual({ status: 410, code: 'gone' });
    const again = await app.request(`/api/shares/${id}`, { method: 'DELETE', headers: bearer(ownerToken) });
    expect((await failure(again)).status).toBe(410);
  });

  it('keeps a share seven days when nobody says how long, and not a moment longer', async () => {
    const { id } = await store();
    clock += 7 * DAY_MS - 1;
    expect((await app.request(`/api/shares/${id}`)).status).toBe(200);
    clock += 1;
    expect((await failure(await app.request(`/api/shares/${id}`))).status).toBe(410);
  });

  it('lets only the owner revoke', async () => {
    const { id } = await store();
    const remove = (headers: Record<string, string>) =>
      app.request(`/api/shares/${id}`, { method: 'DELETE', headers });
    expect((await failure(await remove({}))).status).toBe(401);
    expect((await failure(await remove(bearer('x'.repeat(43))))).status).toBe(401);
    expect((await failure(await remove({ Authorization: 'Basic abc' }))).status).toBe(401);
    expect((await app.request(`/api/shares/${id}`)).status).toBe(200);
  });

  it('answers what it does not have, cannot take or never does', async () => {
    const post = (headers: Record<string, string>, body: Uint8Array<ArrayBuffer> | null) =>
      app.request('/api/shares', { method: 'POST', headers, body });
    const cases: [Promise<Response> | Response, number, string][] = [
      [app.request(`/api/shares/${newShareId(7)}`), 404, 'unknown'],
      [app.request('/api/shares/..%2f..%2fetc%2fpasswd'), 404, 'unknown'],
      [app.request('/api/nothing'), 404, 'unknown'],
      [app.request('/api/shares'), 405, 'method-not-allowed'],
      [app.request(`/api/shares/${newShareId(7)}`, { method: 'PATCH' }), 405, 'method-not-allowed'],
      [post({ 'Share-Ttl-Days': '365' }, BYTES), 400, 'bad-request'],
      [post({ 'Share-Ttl-Days': 'soon' }, BYTES), 400, 'bad-request'],
      [post({ 'Share-Id': '../evil' }, BYTES), 400, 'bad-request'],
      [post({ 'Share-Id': newShareId(1), 'Share-Ttl-Days': '30' }, BYTES), 400, 'bad-request'],
      [post({}, null), 400, 'bad-request'],
      [post({}, new Uint8Array(0)), 400, 'bad-request'],
      [post({}, new Uint8Array(5001)), 413, 'too-large'],
      [post({ 'Content-Length': '999999' }, BYTES), 413, 'too-large'],
    ];
    for (const [response, status, code] of cases)
      expect(await failure(await response)).toEqual({ status, code });
  });

  it('refuses an id that is taken and has no room beyond the quota', async () => {
    const id = newShareId(7);
    await store({ 'Share-Id': id });
    const again = await app.request('/api/shares', {
      method: 'POST',
      headers: { 'Share-Id': id },
      body: BYTES,
    });
    expect(await failure(again)).toEqual({ status: 409, code: 'taken' });
    app = await made({ store: await DirectoryStore.open({ path: join(root, 'small'), quota: 1000 }) });
    const full = await app.request('/api/shares', { method: 'POST', body: BYTES });
    expect(await failure(full)).toEqual({ status: 507, code: 'storage-full' });
  });

  it('slows down who asks too often, and lets others go on', async () => {
    let client = 'a';
    app = await made({ uploadsPerHour: 6, clientOf: () => client });
    await store();
    await store();
    const third = await app.request('/api/shares', { method: 'POST', body: BYTES });
    expect(await failure(third.clone())).toEqual({ status: 429, code: 'too-many-requests' });
    expect(Number(third.headers.get('retry-after'))).toBe(600);
    client = 'b';
    await store();
    client = 'a';
    clock += 600_000;
    await store();
  });

  it('writes no id, token or key into the log', async () => {
    const { id, ownerToken } = await store();
    await app.request(`/api/shares/${id}`);
    await app.request(`/api/shares/${id}`, { method: 'DELETE', headers: bearer(ownerToken) });
    await app.request(`/s/${id}%23v1.SECRETKEY`);
    await app.request(`/api/shares/${id}%23v1.SECRETKEY`);
    expect(lines.length).toBeGreaterThanOrEqual(4);
    for (const secret of [id, ownerToken, 'SECRETKEY']) expect(lines.join('\n')).not.toContain(secret);
  });

  it('answers a fault with 500 and keeps the details to itself', async () => {
    const broken = await DirectoryStore.open({ path: join(root, 'broken'), quota: 1e6 });
    app = await made({ store: broken });
    await writeFile(join(root, 'broken/objects', newShareId(7)), 'not ours');
    const id = newShareId(7);
    await writeFile(join(root, 'broken/objects', id), 'x'.repeat(300));
    const response = await app.request(`/api/shares/${id}`);
    expect(await response.clone().text()).not.toContain(root);
    expect(await failure(response)).toEqual({ status: 500, code: 'internal' });
    expect(lines.join('\n')).toContain('fault:');
  });

  it('and its client understand each other', async () => {
    const fetcher: typeof fetch = async (input, init) => app.request(new Request(input, init));
    const client = shareClient('https://example.org/', fetcher);
    expect(await client.limits()).toEqual({ maxBytes: 5000, ttlDays: [1, 7, 30], upload: 'direct' });
    const id = newShareId(30);
    const stored = await client.upload(id, 30, BYTES);
    expect(stored).toMatchObject({ id, expiresAt: clock + 30 * DAY_MS });
    expect(await client.download(id)).toEqual(BYTES);
    const problem = async (work: Promise<unknown>) => {
      try {
        await work;
      } catch (error) {
        return error instanceof ShareError ? error.problem : String(error);
      }
      return 'none';
    };
    expect(await problem(client.upload(newShareId(1), 1, new Uint8Array(6000)))).toBe('too-large');
    expect(await problem(client.revoke(id, 'A'.repeat(43)))).toBe('not-owner');
    expect(await problem(client.download(newShareId(1)))).toBe('unknown');
    await client.revoke(id, stored.ownerToken);
    expect(await problem(client.download(id))).toBe('gone');
    const nobody = shareClient('https://example.org/', async () => Promise.reject(new TypeError('refused')));
    expect(await nobody.limits()).toBeNull();
    expect(await problem(nobody.download(id))).toBe('no-server');
    const hosted = shareClient('https://example.org/', async () => new Response('<html>', { status: 200 }));
    expect(await hosted.limits()).toBeNull();
  });
});

describe('pages', () => {
  const policyOf = (response: Response) => response.headers.get('content-security-policy') ?? '';

  it('come with one policy, in the header, and may be framed only where that is meant', async () => {
    const studio = await app.request('/');
    expect(await studio.text()).not.toContain('Content-Security-Policy');
    expect(policyOf(studio)).toContain("frame-ancestors 'none'");
    expect(policyOf(studio)).toContain("default-src 'none'");
    expect(studio.headers.get('cross-origin-embedder-policy')).toBe('require-corp');
    const id = newShareId(7);
    expect(policyOf(await app.request(`/s/${id}`))).toContain("frame-ancestors 'none'");
    const embedded = await app.request(`/s/${id}?embed=1`);
    expect(policyOf(embedded)).toContain('frame-ancestors https://wiki.example.org');
    expect(policyOf(embedded)).toContain("script-src 'self';");
    expect(policyOf(await app.request('/?embed=1'))).toContain("frame-ancestors 'none'");
    expect(policyOf(await app.request('/view.html?embed=1'))).toContain('frame-ancestors https://wiki');
  });

  it('of a shared link find their files one folder up, whatever was done to the link', async () => {
    for (const path of [`/s/${newShareId(7)}`, `/s/${newShareId(7)}%23v1.KEY`, '/s/x']) {
      const response = await app.request(path);
      expect(response.status).toBe(200);
      expect(await response.text()).toContain('src="../assets/a.js"');
    }
  });

  it('are compressed, kept by the browser where they never change, and found nowhere else', async () => {
    const script = await app.request('/assets/a.js', { headers: { 'Accept-Encoding': 'gzip, br' } });
    expect(script.headers.get('content-encoding')).toBe('gzip');
    expect(script.headers.get('cache-control')).toContain('immutable');
    const plain = await app.request('/assets/a.js');
    expect(await plain.text()).toBe('let a;'.repeat(100));
    const etag = plain.headers.get('etag') ?? '';
    expect((await app.request('/assets/a.js', { headers: { 'If-None-Match': etag } })).status).toBe(304);
    await writeFile(join(root, 'secret.txt'), 'secret');
    for (const path of [
      '/assets',
      '/../secret.txt',
      '/..%2fsecret.txt',
      '/%2e%2e/secret.txt',
      '/%zz',
      '/missing.js',
    ])
      expect((await app.request(path)).status, path).toBe(404);
  });
});
