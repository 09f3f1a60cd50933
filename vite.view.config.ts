/**
 * The page of a shared link, built for itself: one script and one style sheet, with no more of React and
 * three than it uses. The offline file is made of the same two.
 */

import react from '@vitejs/plugin-react';
import { defineConfig, type Plugin } from 'vite';
import { contentSecurityPolicy } from './vite.policy.ts';

/** The names of the two, for whoever makes the offline file. */
function listFiles(): Plugin {
  return {
    name: 'list-view-files',
    generateBundle(_options, bundle) {
      const find = (ending: string) => Object.keys(bundle).find((name) => name.endsWith(ending));
      const files = { script: find('.js'), style: find('.css') };
      this.emitFile({ type: 'asset', fileName: 'view-files.json', source: JSON.stringify(files) });
    },
  };
}

export default defineConfig(({ command }) => {
  if (command === 'build') process.env.NODE_ENV = 'production';
  return {
    base: './',
    appType: 'mpa',
    plugins: [react(), contentSecurityPolicy('view'), listFiles()],
    // vite.config.ts has put it there.
    publicDir: false,
    build: {
      outDir: 'dist/page',
      emptyOutDir: false,
      target: 'es2022',
      modulePreload: { polyfill: false },
      assetsInlineLimit: 0,
      rolldownOptions: {
        input: 'view.html',
        output: { codeSplitting: false },
      },
    },
  };
});
