/**
 * What the pages may load and who may frame them: the one place that says so. The build writes the policy
 * into the pages (for any static hosting), the server sends it as headers.
 */

/** `wasm-unsafe-eval` lets WebAssembly compile; no script is ever evaluated. */
const STUDIO_POLICY = {
  'default-src': "'none'",
  'script-src': "'self' 'wasm-unsafe-eval'",
  'style-src': "'self'",
  'img-src': "'self' data: blob:",
  'connect-src': "'self'",
  'worker-src': "'self'",
  'font-src': "'self'",
  'base-uri': "'none'",
  'form-action': "'none'",
} as const;

/** The page of a shared link computes nothing. */
const VIEW_POLICY = { ...STUDIO_POLICY, 'script-src': "'self'", 'worker-src': "'none'" } as const;

export type PageKind = 'studio' | 'view';

type Policy = Readonly<Record<string, string>>;

function policyText(policy: Policy): string {
  return Object.entries(policy)
    .map(([name, sources]) => `${name} ${sources}`)
    .join('; ');
}

/** For the `meta` element of a built page: what of the policy works there. */
export function metaPolicy(kind: PageKind): string {
  return policyText(kind === 'studio' ? STUDIO_POLICY : VIEW_POLICY);
}

/** The dev server injects inline scripts and styles and talks over a socket. */
export function devPolicy(): string {
  return policyText({
    ...STUDIO_POLICY,
    'script-src': "'self' 'wasm-unsafe-eval' 'unsafe-inline'",
    'style-src': "'self' 'unsafe-inline'",
    'connect-src': "'self' ws:",
  });
}

const ALWAYS = { 'X-Content-Type-Options': 'nosniff', 'Referrer-Policy': 'no-referrer' } as const;

/** WebAssembly threads need an isolated page. */
export const ISOLATION = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
  'Cross-Origin-Resource-Policy': 'same-origin',
} as const;

export interface PageHeaderOptions {
  /** Origin of an object store that the pages talk to themselves; null for none. */
  readonly storeOrigin: string | null;
  /** Value of `frame-ancestors` for a shared link with `?embed=1`; null for a page that nobody frames. */
  readonly embedIn: string | null;
}

/** @returns all headers of a page; `frame-ancestors` works as a header only */
export function pageHeaders(
  kind: PageKind,
  { storeOrigin, embedIn }: PageHeaderOptions,
): Record<string, string> {
  const policy: Record<string, string> = {
    ...(kind === 'studio' ? STUDIO_POLICY : VIEW_POLICY),
    'frame-ancestors': embedIn ?? "'none'",
  };
  if (storeOrigin !== null) policy['connect-src'] += ` ${storeOrigin}`;
  // A framed page must be loadable by a page that is isolated itself, and needs no threads.
  const isolation =
    embedIn === null
      ? ISOLATION
      : { 'Cross-Origin-Resource-Policy': 'cross-origin', 'Cross-Origin-Embedder-Policy': 'require-corp' };
  return { ...ALWAYS, ...isolation, 'Content-Security-Policy': policyText(policy) };
}

/** Scripts, samples, models: loaded by our own pages, also by one that is framed elsewhere. */
export function assetHeaders(): Record<string, string> {
  return {
    ...ALWAYS,
    'Cross-Origin-Resource-Policy': 'same-origin',
    'Cross-Origin-Embedder-Policy': 'require-corp',
  };
}

/** Answers of the API: data, never a page. */
export const API_HEADERS = {
  ...ALWAYS,
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Content-Security-Policy': "default-src 'none'; frame-ancestors 'none'",
  'Cache-Control': 'no-store',
} as const;
