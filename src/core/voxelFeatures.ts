/** What the network reads at each voxel. CPU twins of `shaders/voxel/features` and `shaders/rows/gather`. */

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

/** Features of points that are not their coordinates, see `core/referenceFeatures`. */
export interface PointFeatures {
  /** A multiple of 4. */
  readonly channels: number;
  /** [N, channels] */
  readonly values: Float32Array;
}

/**
 * @param representative [V] lowest point of each voxel
 * @returns [V, channels]: the features of the representative
 */
export function gatherFeatures(
  { channels, values }: PointFeatures,
  representative: Uint32Array,
): Float32Array {
  const features = new Float32Array(channels * representative.length);
  representative.forEach((point, v) => {
    features.set(values.subarray(channels * point, channels * (point + 1)), channels * v);
  });
  return features;
}
