/** Where the page serves the decoder of LAZ. Only the worker imports this: Node finds its own. */

import lazPerfUrl from 'laz-perf/lib/laz-perf.wasm?url';

/** Loads it when the first such scan comes. */
export async function pageLazDecoder(): Promise<WebAssembly.Module> {
  return WebAssembly.compileStreaming(fetch(lazPerfUrl));
}
