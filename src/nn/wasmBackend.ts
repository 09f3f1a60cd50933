/** Opens tfjs on the CPU (WebAssembly SIMD) with our kernels registered: what runs where there is no WebGPU. */

// The import registers tfjs's own factory, the only public way to make its backend.
import { type BackendWasm, setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
import type { WasmCompute } from './backend.ts';
import { registerGradients } from './ops.ts';
import * as tf from './tf.ts';
import { registerWasmConv } from './wasmConv.ts';
import { openWasmHeap } from './wasmHeap.ts';
import { registerWasmNorm } from './wasmNorm.ts';
import { registerWasmRows } from './wasmRows.ts';

export interface WasmOptions {
  /**
   * Where the page serves `tfjs-backend-wasm-simd.wasm`, same origin. Left out in Node, where the package
   * finds its own file.
   */
  readonly paths?: { readonly simd: string };
}

/** Kept because `removeBackend`, which closing needs, forgets it. */
const makeBackend = tf.findBackendFactory('wasm');

/**
 * Makes wasm the current tfjs backend. May be called again after `dispose`.
 * @throws Error when WebAssembly SIMD is missing or the binary cannot be loaded
 */
export async function openWasm(options: WasmOptions = {}): Promise<WasmCompute> {
  const backend = await loadBackend(options);
  if (tf.findBackendFactory('wasm') != null) tf.removeBackend('wasm');
  tf.registerBackend('wasm', () => backend);
  if (!(await tf.setBackend('wasm'))) throw new Error('tfjs refused the wasm backend');
  const heap = await openWasmHeap(backend);
  registerGradients();
  const takeBack = [...registerWasmConv(heap), ...registerWasmNorm(heap), ...registerWasmRows(heap)];
  return {
    name: 'wasm',
    description: 'wasm SIMD, 1 thread',
    heap,
    dispose: () => {
      for (const undo of takeBack) undo();
      tf.removeBackend('wasm');
    },
  };
}

async function loadBackend({ paths }: WasmOptions): Promise<BackendWasm> {
  const env = tf.env();
  // Without SIMD (browsers before 2021-23) the network would take minutes, and our kernels need it.
  if (!(await env.getAsync('WASM_HAS_SIMD_SUPPORT')))
    throw new Error('this browser has neither WebGPU nor WebAssembly SIMD; a current one has both');
  // tfjs's threads come as a worker from a blob: URL that imports another blob, which a page with
  // `script-src 'self'` refuses, and they serve its own products only: ours do not use them.
  env.set('WASM_HAS_MULTITHREAD_SUPPORT', false);
  try {
    // All three names must be given; only the SIMD one is ever asked for.
    if (paths !== undefined)
      setWasmPaths({
        'tfjs-backend-wasm.wasm': paths.simd,
        'tfjs-backend-wasm-simd.wasm': paths.simd,
        'tfjs-backend-wasm-threaded-simd.wasm': paths.simd,
      });
    return (await makeBackend()) as BackendWasm;
  } catch (error) {
    // tfjs rejects with a bare { message }.
    const { message } = error as { message: string };
    throw new Error(`WebAssembly could not be loaded: ${message}`, { cause: error });
  }
}
