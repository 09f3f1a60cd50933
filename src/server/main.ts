/** Starts the server; `npm start` calls it, and so does whoever runs several behind a load balancer. */

import type { AddressInfo } from 'node:net';
import { createAdaptorServer } from '@hono/node-server';
import { getConnInfo } from '@hono/node-server/conninfo';
import type { Context } from 'hono';
import { createApp } from './app.ts';
import { readConfig, type ServerConfig } from './config.ts';
import { DirectoryStore } from './directoryStore.ts';
import { PageFiles } from './pageFiles.ts';
import { clientKey } from './rateLimit.ts';
import { S3Store } from './s3Store.ts';
import type { ShareStore } from './store.ts';

export interface StartOptions {
  /** Project folder. */
  readonly root: string;
  /** Folder of the built page. */
  readonly page: string;
  readonly host: string;
  readonly port: number;
  /** Fail when the port is taken, instead of taking the next free one. */
  readonly strictPort: boolean;
  readonly env: Readonly<Record<string, string | undefined>>;
}

export interface RunningServer {
  readonly url: string;
  close(): Promise<void>;
}

const SWEEP_MS = 10 * 60_000;
const PORTS_TRIED = 20;

function openStore({ store }: ServerConfig): Promise<ShareStore> {
  return store.kind === 's3' ? Promise.resolve(new S3Store(store.options)) : DirectoryStore.open(store);
}

function clientOf(trustProxy: boolean): (c: Context) => string {
  return (c) => {
    const forwarded = trustProxy ? c.req.header('X-Forwarded-For')?.split(',').at(-1)?.trim() : undefined;
    return clientKey(forwarded ?? getConnInfo(c).remote.address ?? '');
  };
}

function listen(
  server: ReturnType<typeof createAdaptorServer>,
  { host, port, strictPort }: StartOptions,
): Promise<number> {
  return new Promise((resolve, reject) => {
    let tried = port;
    server.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EADDRINUSE' || strictPort || tried - port >= PORTS_TRIED) reject(error);
      else server.listen(++tried, host);
    });
    server.once('listening', () => {
      const address: AddressInfo | string | null = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : tried);
    });
    server.listen(port, host);
  });
}

/** @throws RangeError for a setting that makes no sense; Error of the system when it cannot listen */
export async function startServer(options: StartOptions): Promise<RunningServer> {
  const config = readConfig(options.env, options.root);
  const log = config.log ? (line: string) => console.error(line) : () => undefined;
  const store = await openStore(config);
  const app = createApp({
    ...config,
    store,
    pages: await PageFiles.open(options.page),
    now: Date.now,
    clientOf: clientOf(config.trustProxy),
    log,
  });
  const sweep = () =>
    store.sweep(Date.now()).then(
      (deleted) => deleted > 0 && log(`${deleted} expired shares deleted`),
      (error: unknown) => log(`fault: expired shares could not be deleted: ${error}`),
    );
  const server = createAdaptorServer({ fetch: app.fetch });
  const port = await listen(server, options);
  void sweep();
  const timer = setInterval(() => void sweep(), SWEEP_MS);
  timer.unref();
  return {
    url: `http://${options.host.includes(':') ? `[${options.host}]` : options.host}:${port}/`,
    close: () =>
      new Promise((resolve) => {
        clearInterval(timer);
        server.close(() => resolve());
      }),
  };
}
