/** From the CPU's pyramid to what the network needs on wasm. */

import { type ConvPairs, convPairs } from '../core/convPairs.ts';
import type { GridPyramid, KernelMap } from '../core/types.ts';
import { gatherFeatures, type PointFeatures, voxelFeatures } from '../core/voxelFeatures.ts';
import type { NetPlan } from './plan.ts';
import * as tf from './tf.ts';
import type { WasmPointRows } from './wasmRows.ts';

/**
 * @param points [3N] model units, the points that the pyramid was built from
 * @param given [N, C] features of the points; left out: their coordinates
 */
export function wasmPlan(pyramid: GridPyramid, points: Float32Array, given?: PointFeatures): NetPlan {
  const { grid, levels, stem, same, down } = pyramid;
  const counts = levels.map(({ coords }) => coords.length / 4);
  // A 3^3 stem is the same map as that of level 0.
  const lists = new Map<KernelMap, ConvPairs>();
  for (const map of [stem, ...same, ...down]) if (!lists.has(map)) lists.set(map, convPairs(map));
  const listOf = (map: KernelMap) => lists.get(map)!;
  const rows: WasmPointRows = {
    points: grid.pointToVoxel.length,
    voxels: counts[0]!,
    pointToVoxel: grid.pointToVoxel,
  };
  const features = tf.tensor2d(
    given === undefined
      ? voxelFeatures(points, grid.representative)
      : gatherFeatures(given, grid.representative),
    [counts[0]!, given?.channels ?? 4],
  );
  return {
    counts,
    points: rows.points,
    stem: listOf(stem),
    same: same.map(listOf),
    down: down.map(listOf),
    rows,
    features,
    dispose: () => features.dispose(),
  };
}
