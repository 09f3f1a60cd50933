/** Sharing: bytes a point, time to pack and open, and what the server answers over loopback in a bounded time. */

import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startServer } from '../src/server/main.ts';
import { decodeBundle } from '../src/share/decodeBundle.ts';
import { encodeBundle } from '../src/share/encodeBundle.ts';
import { madeBundle } from '../src/testing/shareBundle.ts';
import { round, turnByTurn } from './timing.ts';

export interface ShareResult {
  readonly what: 'bundle';
  readonly points: number;
  readonly bytes: number;
  /** Of positions and scores. */
  readonly bytesPerPoint: number;
  readonly gridBits: number;
  readonly packMs: number;
  readonly openMs: number;
}

export interface LoadResult {
  readonly what: 'upload' | 'download';
  readonly bytes: number;
  readonly clients: number;
  readonly seconds: number;
  readonly requestsPerSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

/** A smooth sphere with noise in its scores: what compresses least of what scans are like. */
export async function benchBundle(points: number): Promise<ShareResult> {
  const bundle = madeBundle(points);
  const options = { scoreBits: 8, offsets: false, maxBytes: 32e6 } as const;
  const { bytes, bytesPerPoint, bits } = await encodeBundle(bundle, options);
  const runs = points > 200_000 ? 1 : 5;
  const { pack, open } = await turnByTurn(
    {
      pack: async () => void (await encodeBundle(bundle, options)),
      open: async () => void (await decodeBundle(bytes)),
    },
    runs,
  );
  return {
    what: 'bundle',
    points,
    bytes: bytes.length,
    bytesPerPoint: round(bytesPerPoint),
    gridBits: bits,
    packMs: round(pack.wall),
    openMs: round(open.wall),
  };
}

/** Clients that ask again as soon as they are answered, until the time is over. */
async function load(
  what: LoadResult['what'],
  bytes: number,
  clients: number,
  seconds: number,
  ask: () => Promise<Response>,
): Promise<LoadResult> {
  const times: number[] = [];
  const end = performance.now() + seconds * 1000;
  const client = async () => {
    while (performance.now() < end) {
      const started = performance.now();
      const response = await ask();
      await response.arrayBuffer();
      if (!response.ok) throw new Error(`the server answered ${response.status}`);
      times.push(performance.now() - started);
    }
  };
  const started = performance.now();
  await Promise.all(Array.from({ length: clients }, client));
  const took = (performance.now() - started) / 1000;
  times.sort((a, b) => a - b);
  const quantile = (share: number) =>
    round(times[Math.min(times.length - 1, Math.floor(share * times.length))] ?? 0);
  return {
    what,
    bytes,
    clients,
    seconds: round(took),
    requestsPerSecond: round(times.length / took),
    p50Ms: quantile(0.5),
    p99Ms: quantile(0.99),
  };
}

/** @param seconds of each kind of request; server and clients share this process and its machine */
export async function benchServer(seconds: number): Promise<LoadResult[]> {
  const root = await mkdtemp(join(tmpdir(), 'po3ad-bench-'));
  await mkdir(join(root, 'page'));
  await writeFile(join(root, 'page/index.html'), '<!doctype html>');
  const server = await startServer({
    root,
    page: join(root, 'page'),
    host: '127.0.0.1',
    port: 0,
    strictPort: true,
    env: {
      SHARE_DIR: 'shares',
      SHARE_LOG: '0',
      SHARE_QUOTA_BYTES: '1e9',
      SHARE_UPLOADS_PER_HOUR: '1e9',
      SHARE_READS_PER_MINUTE: '1e9',
    },
  });
  const body = crypto.getRandomValues(new Uint8Array(60_000));
  const bundle = new Uint8Array(200_000).map((_, i) => body[i % body.length]!);
  const shares = `${server.url}api/shares`;
  const post = () => fetch(shares, { method: 'POST', body: bundle });
  try {
    const answer: unknown = await (await post()).json();
    const id = typeof answer === 'object' && answer !== null && 'id' in answer ? String(answer.id) : '';
    return [
      await load('download', bundle.length, 32, seconds, () => fetch(`${shares}/${id}`)),
      await load('upload', bundle.length, 8, seconds, post),
    ];
  } finally {
    await server.close();
    await rm(root, { recursive: true });
  }
}
