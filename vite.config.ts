/** Build of the page: strict content security policy, cross-origin isolation, one chunk per concern. */

import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';
import { ISOLATION } from './src/server/headers.ts';
import { contentSecurityPolicy } from './vite.policy.ts';

export default defineConfig(({ command }) => {
  // A test runner's NODE_ENV=test would build the page with React's slow development half.
  if (command === 'build') process.env.NODE_ENV = 'production';
  return {
    base: './',
    // A missing file is a 404, not the start page.
    appType: 'mpa',
    plugins: [react(), contentSecurityPolicy('studio')],
    server: { headers: ISOLATION },
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
