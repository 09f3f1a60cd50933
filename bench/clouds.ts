/** Clouds for the bench: procedural surfaces, the same every time. */

import { RandomStream } from '../src/core/random.ts';

/** A wavy sphere in the unit ball, [3N]: about `points` / 2 voxels of 0.03 at 10k points. */
export function wavySphere(points: number, seed = 1): Float32Array {
  const stream = new RandomStream(seed);
  const positions = new Float32Array(3 * points);
  for (let i = 0; i < points; i++) {
    const z = stream.range(-1, 1);
    const a = stream.range(0, 2 * Math.PI);
    const r = 0.8 + 0.1 * Math.sin(5 * a) * Math.cos(4 * z) + 0.002 * stream.normal();
    const ring = Math.sqrt(1 - z * z);
    positions[3 * i] = r * ring * Math.cos(a);
    positions[3 * i + 1] = r * ring * Math.sin(a);
    positions[3 * i + 2] = r * z;
  }
  return positions;
}
