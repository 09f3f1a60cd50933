/** Small made-up parts for the tests of registration and of the detectors: exact surfaces, no files. */

import { estimateNormals } from '../core/estimateNormals.ts';
import type { OrientedCloud } from '../core/orientedCloud.ts';
import { RandomStream } from '../core/random.ts';
import { randomDirection } from '../core/rotation.ts';

export type PartName = 'bracket' | 'mirrored bracket' | 'cross' | 'plane' | 'sphere' | 'knob';

interface Box {
  readonly low: readonly [number, number, number];
  readonly high: readonly [number, number, number];
}

/** An L with a post off its middle: no symmetry at all. */
const BRACKET: readonly Box[] = [
  { low: [-0.8, -0.4, -0.05], high: [0.8, 0.4, 0.05] },
  { low: [0.7, -0.4, 0.05], high: [0.8, 0.1, 0.6] },
  { low: [-0.5, 0.1, 0.05], high: [-0.3, 0.3, 0.35] },
];
/** Fits itself after a quarter turn. */
const CROSS: readonly Box[] = [
  { low: [-0.8, -0.15, -0.1], high: [0.8, 0.15, 0.1] },
  { low: [-0.15, -0.8, -0.1], high: [0.15, 0.8, 0.1] },
];

/** An index drawn with probability in proportion to its weight. */
function pick(weights: readonly number[], stream: RandomStream): number {
  let at = stream.uniform() * weights.reduce((a, b) => a + b);
  for (let i = 0; i < weights.length; i++) {
    at -= weights[i]!;
    if (at < 0) return i;
  }
  return weights.length - 1;
}

/** A point on the surface of boxes that lies in none of them. */
function onBoxes(boxes: readonly Box[], stream: RandomStream): number[] {
  for (;;) {
    const areas = boxes.map(({ low, high }) => {
      const [x, y, z] = high.map((v, d) => v - low[d]!) as [number, number, number];
      return x * y + y * z + z * x;
    });
    const box = boxes[pick(areas, stream)]!;
    const edges = box.high.map((v, d) => v - box.low[d]!);
    const axis = pick(
      edges.map((_, d) => edges[(d + 1) % 3]! * edges[(d + 2) % 3]!),
      stream,
    );
    const point = box.low.map((low, d) => low + stream.uniform() * edges[d]!);
    point[axis] = stream.uniform() < 0.5 ? box.low[axis]! : box.high[axis]!;
    const inside = (b: Box) => point.every((v, d) => v > b.low[d]! + 1e-9 && v < b.high[d]! - 1e-9);
    if (!boxes.some((b) => b !== box && inside(b))) return point;
  }
}

function pointOf(part: PartName, stream: RandomStream): number[] {
  switch (part) {
    case 'bracket':
      return onBoxes(BRACKET, stream);
    case 'mirrored bracket': {
      const [x, y, z] = onBoxes(BRACKET, stream);
      return [-x!, y!, z!];
    }
    case 'cross':
      return onBoxes(CROSS, stream);
    case 'plane':
      return [stream.range(-0.7, 0.7), stream.range(-0.7, 0.7), 0];
    case 'sphere':
      return [...randomDirection(stream)];
    case 'knob': {
      // A wavy ball: another part altogether.
      const d = randomDirection(stream);
      const r = 0.7 + 0.25 * Math.sin(3 * d[0] + 1) * Math.cos(4 * d[1]) + 0.1 * d[2];
      return d.map((v) => v * r);
    }
    default:
      return part satisfies never;
  }
}

export interface MadeOptions {
  readonly seed: number;
  readonly points?: number;
  readonly noise?: number;
  /** Points for which it is false are left out, as if the scanner had not seen them. */
  readonly keep?: (point: readonly number[]) => boolean;
  /** Moves points, a defect. */
  readonly deform?: (point: readonly number[]) => readonly number[];
}

/** A scan of a part, with estimated normals. */
export function madePart(
  part: PartName,
  { seed, points = 2500, noise = 0.002, keep, deform }: MadeOptions,
): OrientedCloud {
  const stream = new RandomStream(seed);
  const rows = new Float32Array(3 * points);
  for (let i = 0; i < points; ) {
    const sound = pointOf(part, stream);
    if (keep !== undefined && !keep(sound)) continue;
    const point = deform === undefined ? sound : deform(sound);
    rows.set(
      point.map((v) => v + noise * stream.normal()),
      3 * i++,
    );
  }
  return { points: rows, normals: estimateNormals(rows) };
}
