/** The whole server: the built page, the pages of shared links, the share API. */

import { type Context, Hono } from 'hono';
import { assetHeaders, pageHeaders } from './headers.ts';
import type { PageFile, PageFiles } from './pageFiles.ts';
import { type ShareApiOptions, shareApi } from './shares.ts';

export interface AppOptions extends Omit<ShareApiOptions, 'onFault'> {
  readonly pages: PageFiles;
  /** Value of `frame-ancestors` for `?embed=1`. */
  readonly embedIn: string;
  /** One line per request to the API, and per fault. */
  readonly log: (line: string) => void;
}

/** Of requests only what opens nothing: no ids, no addresses, no fragments that lost their "#". */
function logged(c: Context, started: number, now: number): string {
  const shape = c.req.path.startsWith('/api/shares/') ? '/api/shares/:id' : c.req.path.slice(0, 32);
  return `${new Date(now).toISOString()} ${c.req.method} ${shape} ${c.res.status} ${now - started} ms`;
}

export function createApp(options: AppOptions): Hono {
  const { pages, now, log, store, embedIn } = options;
  const storeOrigin = store.presigner?.origin ?? null;
  const app = new Hono();

  app.use('/api/*', async (c, next) => {
    const started = now();
    await next();
    log(logged(c, started, now()));
  });
  app.route(
    '/api',
    shareApi({
      ...options,
      onFault: (error) => log(`fault: ${error instanceof Error ? (error.stack ?? error.message) : error}`),
    }),
  );
  // "/s/ID%23v1.KEY" as well: a mail scanner has escaped the "#"; the page repairs its own address.
  app.get('/s/:rest{.+}', async (c) => {
    const file = await pages.sharedLink();
    const embedded = c.req.query('embed') === '1' ? embedIn : null;
    return file === null
      ? notFound(c)
      : answer(c, file, pageHeaders('view', { storeOrigin, embedIn: embedded }));
  });
  app.get('/*', async (c) => {
    let path: string;
    try {
      path = decodeURIComponent(c.req.path.slice(1));
    } catch (error) {
      if (error instanceof URIError) return notFound(c);
      throw error;
    }
    const file = await pages.find(path);
    if (file === null) return notFound(c);
    const embedded = file.page === 'view' && c.req.query('embed') === '1' ? embedIn : null;
    const headers =
      file.page === null ? assetHeaders() : pageHeaders(file.page, { storeOrigin, embedIn: embedded });
    return answer(c, file, headers);
  });
  app.notFound(notFound);
  return app;
}

function notFound(c: Context): Response {
  return c.text('There is nothing at this address.', 404, assetHeaders());
}

function answer(c: Context, file: PageFile, headers: Record<string, string>): Response {
  const caching = file.immutable ? 'public, max-age=31536000, immutable' : 'no-cache';
  const common = { ...headers, 'Cache-Control': caching, ETag: file.etag, Vary: 'Accept-Encoding' };
  if (c.req.header('If-None-Match') === file.etag) return c.body(null, 304, common);
  const packed = file.gzipped !== null && /\bgzip\b/.test(c.req.header('Accept-Encoding') ?? '');
  const body = packed && file.gzipped !== null ? file.gzipped : file.body;
  return c.body(body, 200, {
    ...common,
    'Content-Type': file.type,
    'Content-Length': String(body.length),
    ...(packed ? { 'Content-Encoding': 'gzip' } : {}),
  });
}
