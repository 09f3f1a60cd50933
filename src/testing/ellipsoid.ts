/** A part with a known surface: points and true normals, in millimetres away from the origin. */

import { RandomStream } from '../core/random.ts';
import { randomDirection } from '../core/rotation.ts';
import type { TrainingSource } from '../core/synthesise.ts';

/** An ellipsoid of 60 x 40 x 20 mm, away from the origin. */
export function ellipsoid(n: number): TrainingSource {
  const stream = new RandomStream(5);
  const points = new Float32Array(3 * n);
  const normals = new Float32Array(3 * n);
  for (let i = 0; i < n; i++) {
    const [x, y, z] = randomDirection(stream);
    points.set([300 + 30 * x, 20 * y, 10 * z], 3 * i);
    const normal = [x / 30, y / 20, z / 10];
    const length = Math.hypot(...normal);
    normals.set(
      normal.map((v) => v / length),
      3 * i,
    );
  }
  return { points, normals };
}
