/**
 * Shares in an S3-compatible object store: any number of servers without state of their own. What is known
 * of a share stands in its object's metadata; its lifetime is part of the key (`PREFIX7d/ID`), so that
 * lifecycle rules of the bucket can delete what no server sweeps.
 */

import { AwsClient, AwsV4Signer } from 'aws4fetch';
import { ttlOfId } from '../share/links.ts';
import {
  type FoundShare,
  type Missing,
  type PresignedUpload,
  type Presigner,
  REMEMBERED_MS,
  type ShareRecord,
  type ShareStore,
} from './store.ts';

export interface S3Options {
  /** "https://s3.eu-central-1.amazonaws.com" or any other server that speaks the protocol. */
  readonly endpoint: string;
  readonly bucket: string;
  readonly region: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** Before every key, "shares/" or empty. */
  readonly prefix: string;
  /** Whether clients talk to the store themselves; the bucket needs a CORS rule for it. */
  readonly presign: boolean;
}

const OWNER = 'x-amz-meta-owner';
const EXPIRES = 'x-amz-meta-expires';
const GONE = 'x-amz-meta-gone';
/** How long a presigned address works, seconds. */
const PRESIGNED_S = 300;
const DAY_MS = 24 * 3600 * 1000;

function recordOf(headers: Headers): ShareRecord | 'gone' | null {
  if (headers.get(GONE) !== null) return 'gone';
  const ownerHash = headers.get(OWNER);
  const expiresAt = Number(headers.get(EXPIRES) ?? Number.NaN);
  return ownerHash === null || !Number.isFinite(expiresAt) ? null : { ownerHash, expiresAt };
}

function metadata({ ownerHash, expiresAt }: ShareRecord): Record<string, string> {
  return { [OWNER]: ownerHash, [EXPIRES]: String(expiresAt), 'content-type': 'application/octet-stream' };
}

async function collect(body: AsyncIterable<Uint8Array>): Promise<Uint8Array<ArrayBuffer>> {
  const pieces: Uint8Array[] = [];
  for await (const piece of body) pieces.push(piece);
  return new Uint8Array(Buffer.concat(pieces));
}

export class S3Store implements ShareStore {
  readonly presigner: Presigner | null;
  private readonly options: S3Options;
  private readonly client: AwsClient;

  constructor(options: S3Options) {
    this.options = options;
    const { accessKeyId, secretAccessKey, region, presign, endpoint } = options;
    this.client = new AwsClient({ accessKeyId, secretAccessKey, region, service: 's3', retries: 2 });
    this.presigner = presign
      ? {
          origin: new URL(endpoint).origin,
          upload: (id, record, bytes) => this.presignUpload(id, record, bytes),
          download: (id) => this.presign('GET', id, {}),
        }
      : null;
  }

  async put(
    id: string,
    record: ShareRecord,
    body: AsyncIterable<Uint8Array>,
  ): Promise<'stored' | 'taken' | 'full'> {
    // In memory: the protocol wants the length first, and a body that breaks off must leave nothing.
    const bytes = await collect(body);
    if ((await this.head(id)) !== null) return 'taken';
    await this.ask(this.urlOf(id), { method: 'PUT', headers: metadata(record), body: bytes });
    return 'stored';
  }

  async get(id: string, now: number): Promise<FoundShare | Missing> {
    const response = await this.ask(this.urlOf(id), { method: 'GET' }, [404]);
    const found = await this.judge(id, response, now);
    if (typeof found === 'string') {
      await response.body?.cancel();
      return found;
    }
    return { ...found, bytes: new Uint8Array(await response.arrayBuffer()) };
  }

  async find(id: string, now: number): Promise<ShareRecord | Missing> {
    return this.judge(id, await this.ask(this.urlOf(id), { method: 'HEAD' }, [404]), now);
  }

  /** An empty object takes the place of the ciphertext. */
  async remove(id: string, now: number): Promise<void> {
    await this.ask(this.urlOf(id), { method: 'PUT', headers: { [GONE]: String(now) }, body: '' });
  }

  async sweep(now: number): Promise<number> {
    let deleted = 0;
    for await (const { key, modified } of this.list()) {
      const id = key.split('/').at(-1) ?? '';
      const days = ttlOfId(id);
      // Younger than its lifetime: it cannot have expired, and need not be asked.
      if (days === null || modified + days * DAY_MS > now) continue;
      const found = await this.head(id);
      if (found === 'gone' && modified + REMEMBERED_MS < now)
        await this.ask(this.urlOf(id), { method: 'DELETE' });
      if (found === 'gone' || found === null || found.expiresAt > now) continue;
      await this.remove(id, now);
      deleted++;
    }
    return deleted;
  }

  private urlOf(id: string): string {
    const { endpoint, bucket, prefix } = this.options;
    return `${endpoint.replace(/\/$/, '')}/${bucket}/${prefix}${ttlOfId(id) ?? 0}d/${id}`;
  }

  /** @throws Error with the store's status and code; never with the address, whose id opens nothing alone */
  private async ask(url: string, init: RequestInit, accepted: readonly number[] = []): Promise<Response> {
    const response = await this.client.fetch(url, init);
    if (response.ok || accepted.includes(response.status)) return response;
    const code = /<Code>([^<]*)/.exec(await response.text())?.[1] ?? '';
    throw new Error(`object store: ${init.method ?? 'GET'} answered ${response.status} ${code}`);
  }

  private async head(id: string): Promise<ShareRecord | 'gone' | null> {
    const response = await this.ask(this.urlOf(id), { method: 'HEAD' }, [404]);
    return response.status === 404 ? null : recordOf(response.headers);
  }

  private async judge(id: string, response: Response, now: number): Promise<ShareRecord | Missing> {
    const found = response.status === 404 ? null : recordOf(response.headers);
    if (found === null) return 'unknown';
    if (found === 'gone' || found.expiresAt > now) return found;
    await this.remove(id, now);
    return 'gone';
  }

  private async *list(): AsyncGenerator<{ key: string; modified: number }> {
    const { endpoint, bucket, prefix } = this.options;
    let after = '';
    for (;;) {
      const query = new URLSearchParams({ 'list-type': '2', prefix, 'max-keys': '1000' });
      if (after !== '') query.set('start-after', after);
      const response = await this.ask(`${endpoint.replace(/\/$/, '')}/${bucket}?${query}`, { method: 'GET' });
      const text = await response.text();
      // Keys are ours: no letters that XML would escape.
      const entries = [...text.matchAll(/<Contents>(.*?)<\/Contents>/gs)].map(([, entry = '']) => ({
        key: /<Key>([^<]*)/.exec(entry)?.[1] ?? '',
        modified: Date.parse(/<LastModified>([^<]*)/.exec(entry)?.[1] ?? ''),
      }));
      yield* entries;
      const last = entries.at(-1);
      if (last === undefined || !text.includes('<IsTruncated>true')) return;
      after = last.key;
    }
  }

  private async presignUpload(id: string, record: ShareRecord, bytes: number): Promise<PresignedUpload> {
    const headers = metadata(record);
    // Signed as well, so that nobody stores more than was asked for; browsers set it themselves.
    const url = await this.presign('PUT', id, { ...headers, 'content-length': String(bytes) });
    return { url, headers };
  }

  private async presign(method: 'GET' | 'PUT', id: string, headers: Record<string, string>): Promise<string> {
    const { accessKeyId, secretAccessKey, region } = this.options;
    const url = `${this.urlOf(id)}?X-Amz-Expires=${PRESIGNED_S}`;
    const signer = new AwsV4Signer({
      accessKeyId,
      secretAccessKey,
      region,
      service: 's3',
      method,
      url,
      headers,
      signQuery: true,
      allHeaders: true,
    });
    return (await signer.sign()).url.href;
  }
}
