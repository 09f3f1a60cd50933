/**
 * The one door that opens a tfjs backend: WebGPU on a device we made, or wasm. tfjs holds one current
 * backend per process, so one `ComputeBackend` is open at a time.
 */

import { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import type { Gpu } from '../gpu/device.ts';
import { TfjsQueue } from './interop.ts';
import { registerGradients } from './ops.ts';
import * as tf from './tf.ts';
import { openWasm, type WasmOptions } from './wasmBackend.ts';
import { registerWebGpuConv } from './webgpuConv.ts';
import { registerWebGpuNorm } from './webgpuNorm.ts';

/** An open backend; `gpu` and `queue` exist on WebGPU only. */
export type ComputeBackend =
  | {
      readonly name: 'webgpu';
      readonly description: string;
      readonly gpu: Gpu;
      readonly queue: TfjsQueue;
      dispose(): void;
    }
  | { readonly name: 'wasm'; readonly description: string; dispose(): void };

/** Hands our device to tfjs and registers our kernels on it. `dispose` leaves the device to its owner. */
export async function openWebGpuBackend(gpu: Gpu): Promise<ComputeBackend> {
  // The tfjs package registers a factory of its own in browsers; it would open a second device.
  if (tf.findBackendFactory('webgpu') !== null) tf.removeBackend('webgpu');
  const backend = new WebGPUBackend(gpu.device, gpu.adapterInfo);
  tf.registerBackend('webgpu', () => backend);
  if (!(await tf.setBackend('webgpu'))) throw new Error('tfjs refused the WebGPU backend');
  registerGradients();
  const queue = new TfjsQueue(gpu, backend);
  const takeBack = [...registerWebGpuConv(queue), ...registerWebGpuNorm(queue)];
  const { vendor, architecture, description } = gpu.adapter;
  return {
    name: 'webgpu',
    description: [vendor, architecture, description].filter(Boolean).join(' ') || 'unnamed adapter',
    gpu,
    queue,
    dispose: () => {
      for (const undo of takeBack) undo();
      tf.removeBackend('webgpu');
    },
  };
}

/** Opens tfjs-backend-wasm with our composed operations: the way on without WebGPU. */
export async function openWasmBackend(options: WasmOptions = {}): Promise<ComputeBackend> {
  registerGradients();
  return openWasm(options);
}
