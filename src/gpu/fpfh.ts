/** Point feature histograms on the GPU: twin of core/fpfh, in float32, all points with all. */

import { FPFH_BINS } from '../core/fpfh.ts';
import type { OrientedCloud } from '../core/orientedCloud.ts';
import { type Gpu, grid2d } from './device.ts';
import { readBuffers } from './readback.ts';

/**
 * Angles that lie on the edge of two bins may fall into the other one than in the twin; neighbours are never cut
 * off, where the twin stops at 512.
 * @param cloud M points of even density, a few thousand: the work grows with M^2
 * @param radius the unit of the points
 * @returns [M, 33] histograms, the 11 bins of every angle summing to 1; zeros for a point alone
 * @throws CapacityError for a cloud that the adapter cannot hold
 */
export async function fpfhGpu(
  gpu: Gpu,
  { points, normals }: OrientedCloud,
  radius: number,
): Promise<Float32Array> {
  const count = points.length / 3;
  if (count === 0) return new Float32Array(0);
  const owned: GPUBuffer[] = [];
  const own = (buffer: GPUBuffer) => {
    owned.push(buffer);
    return buffer;
  };
  try {
    const at = own(gpu.upload('shape points', points));
    const facing = own(gpu.upload('shape normals', normals));
    const alone = own(gpu.buffer('own histograms', 4 * FPFH_BINS * count));
    const features = own(gpu.buffer('histograms', 4 * FPFH_BINS * count));
    const [gx, gy] = grid2d(gpu, Math.ceil(count / 64));
    const params = gpu.params([count, gx * 64, radius], [2]);
    gpu.run('shape', (pass) => {
      gpu.kernel('shape/pairs').encode(pass, [params, at, facing, alone], gx, gy);
      gpu.kernel('shape/gather').encode(pass, [params, at, alone, features], gx, gy);
    });
    const [bytes] = await readBuffers(gpu, [{ buffer: features, bytes: 4 * FPFH_BINS * count }]);
    return new Float32Array(bytes!);
  } finally {
    gpu.release(...owned);
  }
}
