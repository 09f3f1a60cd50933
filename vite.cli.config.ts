/** The command line as one file for Node: shaders inlined, packages left in node_modules. */

import { defineConfig } from 'vite';

export default defineConfig({
  // The page's samples and models are read from public/ where they lie, not copied beside the bundle.
  publicDir: false,
  build: {
    ssr: 'src/cli/main.ts',
    target: 'node20',
    rolldownOptions: { output: { entryFileNames: 'po3ad.mjs', codeSplitting: false } },
  },
});
