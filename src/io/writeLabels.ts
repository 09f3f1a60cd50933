/** Writes the labels of a scan as the public datasets have them, or into a scan file of their own. */

import { InvalidInputError } from '../core/errors.ts';
import type { PointCloud } from '../core/types.ts';
import { writeNpy } from './writeNpy.ts';
import { writePcd } from './writePcd.ts';
import { writePly } from './writePly.ts';

export const LABEL_FORMATS = ['anomaly-shapenet', 'real3d-ad', 'ply', 'pcd', 'npy'] as const;

/**
 * `anomaly-shapenet`: `x,y,z,label` lines. `real3d-ad`: the same with blanks. `npy`: float32 [N, 4]. PLY and PCD
 * carry everything the scan has and a byte `label`.
 */
export type LabelFormat = (typeof LABEL_FORMATS)[number];

export const LABEL_EXTENSIONS: Readonly<Record<LabelFormat, string>> = {
  'anomaly-shapenet': 'txt',
  'real3d-ad': 'txt',
  ply: 'ply',
  pcd: 'pcd',
  npy: 'npy',
};

/** Enough to give back the same float32, relative to a far origin too. */
function digits(value: number): string {
  return String(Number(value.toPrecision(12)));
}

function labelText(
  { positions, origin }: PointCloud,
  labels: Uint8Array,
  separator: string,
): Uint8Array<ArrayBuffer> {
  const rows: string[] = [];
  for (let i = 0; i < labels.length; i++) {
    const place = [0, 1, 2].map((axis) => digits(positions[3 * i + axis]! + origin[axis]!));
    rows.push(`${place.join(separator)}${separator}${labels[i]!}\n`);
  }
  return new TextEncoder().encode(rows.join(''));
}

/**
 * @param labels [N] class numbers
 * @throws InvalidInputError when there are not as many as points
 */
export function writeLabels(
  cloud: PointCloud,
  labels: Uint8Array,
  format: LabelFormat,
): Uint8Array<ArrayBuffer> {
  const points = cloud.positions.length / 3;
  if (labels.length !== points)
    throw new InvalidInputError(cloud.name, `${labels.length} labels for ${points} points`);
  switch (format) {
    case 'anomaly-shapenet':
      return labelText(cloud, labels, ',');
    case 'real3d-ad':
      return labelText(cloud, labels, ' ');
    case 'ply':
      return writePly(cloud, { scalars: { label: labels } });
    case 'pcd':
      return writePcd(cloud, { scalars: { label: labels } });
    case 'npy': {
      const rows = new Float32Array(4 * points);
      for (let i = 0; i < points; i++) {
        for (let axis = 0; axis < 3; axis++)
          rows[4 * i + axis] = cloud.positions[3 * i + axis]! + cloud.origin[axis]!;
        rows[4 * i + 3] = labels[i]!;
      }
      return writeNpy(rows, [points, 4]);
    }
    default:
      return format satisfies never;
  }
}
