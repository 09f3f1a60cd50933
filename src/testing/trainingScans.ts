/** Small good scans with exact normals, for training tests: ellipsoids sampled anew per seed. */

import { RandomStream } from '../core/random.ts';
import { mergeReference } from '../core/reference.ts';
import type { ReferencePart } from '../core/referenceSample.ts';

export interface SyntheticScan {
  readonly id: string;
  readonly name: string;
  /** [3N] */
  readonly points: Float32Array;
  /** [3N] unit normals, outwards. */
  readonly normals: Float32Array;
}

/** Points of an ellipsoid, which unlike a sphere has a shape to learn. @param count N */
export function ellipsoidScan(count: number, seed: number): SyntheticScan {
  const random = new RandomStream(seed);
  const axes = [40, 25, 15];
  const points = new Float32Array(3 * count);
  const normals = new Float32Array(3 * count);
  for (let i = 0; i < count; i++) {
    const direction = [random.normal(), random.normal(), random.normal()];
    const length = Math.hypot(...direction);
    const unit = direction.map((x) => x / length);
    const outward = unit.map((x, d) => x / axes[d]!);
    const size = Math.hypot(...outward);
    for (let d = 0; d < 3; d++) {
      points[3 * i + d] = axes[d]! * unit[d]!;
      normals[3 * i + d] = outward[d]! / size;
    }
  }
  return { id: `ellipsoid-${count}-${seed}`, name: `ellipsoid ${seed}`, points, normals };
}

/** The same in model units, as a part with a reference of its own points. @param count N */
export function ellipsoidPart(count: number, seed: number): SyntheticScan & ReferencePart {
  const scan = ellipsoidScan(count, seed);
  const part = { ...scan, points: scan.points.map((v) => v / 40) };
  const family = { warp: new Float32Array(count), stretch: 0, noise: 0.001, even: false };
  const spacing = 1 / Math.sqrt(count);
  const frame = { centre: [0, 0, 0], radius: 1 } as const;
  return { ...part, family, reference: mergeReference({ clouds: [part], members: [], frame, spacing }) };
}

/** The ellipsoid as the text file a user would drop. @param scale of the unit; @returns bytes of "x y z" rows */
export function textScan(count: number, seed: number, scale = 1): ArrayBuffer {
  const { points } = ellipsoidScan(count, seed);
  const rows = Array.from({ length: count }, (_, i) =>
    [0, 1, 2].map((d) => (scale * points[3 * i + d]!).toFixed(6)).join(' '),
  );
  return new TextEncoder().encode(`${rows.join('\n')}\n`).buffer;
}
