/**
 * What a tfjs backend is to the rest of the engine. tfjs holds one current backend per process, so one
 * `ComputeBackend` is open at a time. `webgpuBackend` and `wasmBackend` are the only files that open one.
 */

import type { Gpu } from '../gpu/device.ts';
import type { TfjsQueue } from './interop.ts';
import type { WasmHeap } from './wasmHeap.ts';

/** An open backend; `gpu` and `queue` exist on WebGPU only, `heap` on wasm only. */
export type ComputeBackend = WebGpuCompute | WasmCompute;

export interface WebGpuCompute {
  readonly name: 'webgpu';
  readonly description: string;
  readonly gpu: Gpu;
  readonly queue: TfjsQueue;
  /** Takes our kernels back and leaves the device to its owner. */
  dispose(): void;
}

export interface WasmCompute {
  readonly name: 'wasm';
  readonly description: string;
  readonly heap: WasmHeap;
  dispose(): void;
}
