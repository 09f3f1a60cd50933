/** Opens tfjs on a WebGPU device that we made, with our kernels registered. */

import { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import { adapterName, type Gpu } from '../gpu/device.ts';
import type { WebGpuCompute } from './backend.ts';
import type { TileMemory } from './gemmTiles.ts';
import { TfjsQueue } from './interop.ts';
import { registerGradients } from './ops.ts';
import * as tf from './tf.ts';
import { registerWebGpuConv } from './webgpuConv.ts';
import { registerWebGpuNorm } from './webgpuNorm.ts';
import { registerWebGpuRows } from './webgpuRows.ts';

/**
 * Hands the device to tfjs and makes it the current backend.
 * @param tiles remembers which kernel is fastest for which convolution; left out: as long as it is open
 */
export async function openWebGpuBackend(gpu: Gpu, tiles?: TileMemory): Promise<WebGpuCompute> {
  // The tfjs package registers a factory of its own in browsers; it would open a second device.
  if (tf.findBackendFactory('webgpu') != null) tf.removeBackend('webgpu');
  const backend = new WebGPUBackend(gpu.device, gpu.adapterInfo);
  tf.registerBackend('webgpu', () => backend);
  if (!(await tf.setBackend('webgpu'))) throw new Error('tfjs refused the WebGPU backend');
  registerGradients();
  const queue = new TfjsQueue(gpu, backend);
  const takeBack = [
    ...registerWebGpuConv(queue, tiles),
    ...registerWebGpuNorm(queue),
    ...registerWebGpuRows(queue),
  ];
  return {
    name: 'webgpu',
    description: adapterName(gpu.adapter),
    gpu,
    queue,
    dispose: () => {
      for (const undo of takeBack) undo();
      tf.removeBackend('webgpu');
    },
  };
}
