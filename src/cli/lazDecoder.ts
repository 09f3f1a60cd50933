/** The decoder of LAZ from node_modules. */

import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';

export async function nodeLazDecoder(): Promise<WebAssembly.Module> {
  const path = createRequire(import.meta.url).resolve('laz-perf/lib/laz-perf.wasm');
  return WebAssembly.compile(await readFile(path));
}
