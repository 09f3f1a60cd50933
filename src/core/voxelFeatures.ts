/** CPU twin of `shaders/voxel/features`. */

/**
 * @param points [3N] model units; @param representative [V] lowest point of each voxel
 * @returns [V, 4]: xyz of the representative, padded with 0
 */
export function voxelFeatures(points: Float32Array, representative: Uint32Array): Float32Array {
  const features = new Float32Array(4 * representative.length);
  representative.forEach((point, v) => {
    features.set(points.subarray(3 * point, 3 * point + 3), 4 * v);
  });
  return features;
}
