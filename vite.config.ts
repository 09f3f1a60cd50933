/** Build of the page: strict content security policy, cross-origin isolation, one chunk per concern. */

import react from '@vitejs/plugin-react';
import { defineConfig, type Plugin } from 'vite';

/** What the page may load. `wasm-unsafe-eval` lets WebAssembly compile; no script is ever evaluated. */
const POLICY: Readonly<Record<string, string>> = {
  'default-src': "'none'",
  'script-src': "'self' 'wasm-unsafe-eval'",
  'style-src': "'self'",
  'img-src': "'self' data: blob:",
  'connect-src': "'self'",
  'worker-src': "'self'",
  'font-src': "'self'",
  'base-uri': "'none'",
  'form-action': "'none'",
};

function policyText(policy: Readonly<Record<string, string>>): string {
  return Object.entries(policy)
    .map(([name, sources]) => `${name} ${sources}`)
    .join('; ');
}

/** The dev server injects inline scripts and styles and talks over a socket. */
const DEV_POLICY = {
  ...POLICY,
  'script-src': "'self' 'wasm-unsafe-eval' 'unsafe-inline'",
  'style-src': "'self' 'unsafe-inline'",
  'connect-src': "'self' ws:",
};

/** WebAssembly threads need an isolated page; `frame-ancestors` works as a header only. */
const ISOLATION = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'X-Content-Type-Options': 'nosniff',
};

function contentSecurityPolicy(): Plugin {
  let content = '';
  return {
    name: 'content-security-policy',
    configResolved(config) {
      content = policyText(config.command === 'serve' ? DEV_POLICY : POLICY);
    },
    transformIndexHtml: {
      order: 'post',
      handler: () => [
        {
          tag: 'meta',
          attrs: { 'http-equiv': 'Content-Security-Policy', content },
          injectTo: 'head-prepend',
        },
      ],
    },
  };
}

export default defineConfig(({ command }) => {
  // A test runner's NODE_ENV=test would build the page with React's slow development half.
  if (command === 'build') process.env.NODE_ENV = 'production';
  return {
    base: './',
    // A missing file is a 404, not the start page.
    appType: 'mpa',
    plugins: [react(), contentSecurityPolicy()],
    server: { headers: ISOLATION },
    preview: {
      headers: {
        ...ISOLATION,
        'Content-Security-Policy': `${policyText(POLICY)}; frame-ancestors 'none'`,
      },
    },
    worker: { format: 'es' },
    build: {
      // Beside dist/cli and dist/bench, which a build of the page must not wipe.
      outDir: 'dist/page',
      target: 'es2022',
      modulePreload: { polyfill: false },
      // Inlined files would need data: in the policy.
      assetsInlineLimit: 0,
      rolldownOptions: {
        output: {
          codeSplitting: {
            groups: [
              { name: 'viewer', test: /node_modules\/three\/|\/src\/viewer\// },
              { name: 'react', test: /node_modules\/(react|react-dom|scheduler)\// },
            ],
          },
        },
      },
    },
  };
});
