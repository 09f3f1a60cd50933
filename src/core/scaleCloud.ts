/** A cloud in another unit. */

import type { PointCloud } from './types.ts';

/** @param factor units of the result per unit of the cloud, > 0 @returns a new cloud; normals stay as they are */
export function scaleCloud(cloud: PointCloud, factor: number): PointCloud {
  const [x, y, z] = cloud.origin;
  return {
    ...cloud,
    positions: cloud.positions.map((value) => value * factor),
    origin: [x * factor, y * factor, z * factor],
  };
}
