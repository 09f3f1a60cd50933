/** Where the page serves the binary of tfjs's wasm backend. Only the worker imports this: Node finds its own. */

export { default as wasmSimdUrl } from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-simd.wasm?url';
