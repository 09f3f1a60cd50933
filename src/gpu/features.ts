/** Voxel features on the GPU: `shaders/voxel/features`. */

import { type Gpu, grid2d } from './device.ts';

/**
 * Encodes one dispatch.
 * @param points f32 [3N] model units; @param representative u32 [V]; @param features f32 [V, 4], written
 */
export function encodeVoxelFeatures(
  gpu: Gpu,
  pass: GPUComputePassEncoder,
  points: GPUBuffer,
  representative: GPUBuffer,
  voxels: number,
  features: GPUBuffer,
): void {
  const [gx, gy] = grid2d(gpu, Math.ceil(voxels / 64));
  const params = gpu.params([voxels, gx * 64]);
  gpu.kernel('voxel/features').encode(pass, [params, points, representative, features], gx, gy);
}
