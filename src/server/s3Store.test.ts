import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import S3rver from '@20minutes/s3rver';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { shareClient } from '../share/client.ts';
import { newShareId } from '../share/links.ts';
import { bodyOf, shareStoreSuite } from '../testing/shareStoreSuite.ts';
import { createApp } from './app.ts';
import { PageFiles } from './pageFiles.ts';
import { type S3Options, S3Store } from './s3Store.ts';

const BUCKET = 'shares-test';
let server: S3rver;
let folder: string;
let endpoint: string;

function options(extra: Partial<S3Options> = {}): S3Options {
  return {
    endpoint,
    bucket: BUCKET,
    region: 'us-east-1',
    // The credentials that s3rver knows.
    accessKeyId: 'S3RVER',
    secretAccessKey: 'S3RVER',
    prefix: 'shares/',
    presign: false,
    ...extra,
  };
}

describe('shares in an S3-compatible object store', () => {
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'po3ad-s3-'));
    server = new S3rver({
      port: 0,
      address: '127.0.0.1',
      silent: true,
      directory: folder,
      configureBuckets: [{ name: BUCKET, configs: [] }],
    });
    const address = await server.run();
    endpoint = `http://127.0.0.1:${address.port}`;
  });
  afterAll(async () => {
    await server.close();
    await rm(folder, { recursive: true });
  });

  let empty = 0;
  shareStoreSuite(async () => new S3Store(options({ prefix: `suite-${++empty}/` })));

  const now = Date.now();
  const record = { ownerHash: 'ab'.repeat(32), expiresAt: now + 1e6 };
  const bytes = Uint8Array.from({ length: 5000 }, (_, i) => i & 255);

  it('go there and back without passing the server, and any server finds them', async () => {
    const store = new S3Store(options({ presign: true }));
    const id = newShareId(7);
    const upload = await store.presigner!.upload(id, record, bytes.length);
    expect((await fetch(upload.url, { method: 'PUT', headers: upload.headers, body: bytes })).status).toBe(
      200,
    );
    expect(await new S3Store(options()).get(id, now)).toEqual({ ...record, bytes });
    const download = await fetch(await store.presigner!.download(id));
    expect(new Uint8Array(await download.arrayBuffer())).toEqual(bytes);
  });

  it('cannot be stored with other facts or another length than was signed', async () => {
    const store = new S3Store(options({ presign: true }));
    const upload = await store.presigner!.upload(newShareId(7), record, bytes.length);
    const put = (headers: Record<string, string>, body: Uint8Array<ArrayBuffer>) =>
      fetch(upload.url, { method: 'PUT', headers, body }).then(({ status }) => status);
    expect(await put({ ...upload.headers, 'x-amz-meta-expires': String(now + 1e12) }, bytes)).toBe(403);
    expect(await put({ ...upload.headers }, new Uint8Array(bytes.length + 1))).toBe(403);
  });

  it('with keys that the store does not accept fail with its words, without the address', async () => {
    const store = new S3Store(options({ secretAccessKey: 'wrong' }));
    const id = newShareId(7);
    await expect(store.get(id, now)).rejects.toThrow('object store: GET answered 403 SignatureDoesNotMatch');
    await expect(store.put(id, record, bodyOf(bytes))).rejects.not.toThrow(id);
  });

  it('are served by any number of servers without state, and the pages may talk to the store', async () => {
    const page = join(folder, 'page');
    await mkdir(page, { recursive: true });
    await writeFile(join(page, 'view.html'), '<html></html>');
    const server = async () =>
      createApp({
        store: new S3Store(options({ presign: true, prefix: 'many/' })),
        pages: await PageFiles.open(page),
        maxBytes: 10_000,
        uploadsPerHour: 100,
        readsPerMinute: 100,
        embedIn: '*',
        now: Date.now,
        clientOf: () => 'a',
        log: () => undefined,
      });
    const servers = [await server(), await server()];
    let asked = 0;
    // Every request reaches the next server; what is signed goes to the store itself.
    const client = shareClient('https://studio.example/', async (input, init) => {
      const request = new Request(input, init);
      if (request.url.startsWith(endpoint)) return fetch(input, init);
      const response = await servers[asked++ % 2]!.request(request);
      const location = response.headers.get('location');
      return location === null ? response : fetch(location);
    });
    const id = newShareId(7);
    const { ownerToken } = await client.upload(id, 7, bytes);
    expect(await client.download(id)).toEqual(bytes);
    await expect(client.upload(newShareId(7), 7, new Uint8Array(20_000))).rejects.toThrow('At most');
    await client.revoke(id, ownerToken);
    await expect(client.download(id)).rejects.toThrow('revoked');
    const policy = (await servers[0]!.request(`/s/${id}`)).headers.get('content-security-policy') ?? '';
    expect(policy).toContain(`connect-src 'self' ${endpoint};`);
  });

  it('are swept page by page', async () => {
    const store = new S3Store(options({ prefix: 'swept/' }));
    const ids = Array.from({ length: 12 }, () => newShareId(1));
    for (const id of ids) await store.put(id, record, bodyOf(bytes));
    expect(await store.sweep(now + 2 * 24 * 3600 * 1000)).toBe(12);
    for (const id of ids) expect(await store.find(id, now)).toBe('gone');
  });
});
