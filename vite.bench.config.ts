/** The bench as one file for Node: shaders inlined, packages left in node_modules. */

import { defineConfig } from 'vite';

export default defineConfig({
  publicDir: false,
  build: {
    ssr: 'bench/main.ts',
    target: 'node20',
    outDir: 'dist/bench',
    rolldownOptions: { output: { entryFileNames: 'bench.mjs', codeSplitting: false } },
  },
});
