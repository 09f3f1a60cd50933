/** The sample parts, modelled as a designer would draw them. Millimetres, z up. */

import type { Vec3 } from '../../src/core/types.ts';
import { box, length2, revolve, type Sdf, smoothMax, smoothMin } from './sdf.ts';

export type PartName = 'flange' | 'bottle' | 'bracket';

export interface Part {
  readonly name: PartName;
  readonly title: string;
  readonly sdf: Sdf;
  /** A sphere that holds the part. */
  readonly centre: Vec3;
  readonly radius: number;
}

/** Points on a circle arc in the (r, z) plane, angles in degrees. */
function arc(r: number, z: number, radius: number, from: number, to: number, steps = 8): [number, number][] {
  return Array.from({ length: steps + 1 }, (_, i) => {
    const angle = ((from + ((to - from) * i) / steps) * Math.PI) / 180;
    return [r + radius * Math.cos(angle), z + radius * Math.sin(angle)];
  });
}

/** Weld-neck flange: disc of 160 mm with raised face, conical hub, bore of 52 mm, eight bolt holes of 14 mm. */
function flange(): Part {
  const blank = revolve([
    [0, -2],
    ...arc(49, -1, 1, -90, 0, 3),
    [50, 0],
    ...arc(78.5, 1.5, 1.5, -90, 0, 4),
    ...arc(78.5, 14.5, 1.5, 0, 90, 4),
    ...arc(54, 24, 8, -90, -170),
    ...arc(34.5, 58.5, 1.5, 10, 90, 4),
    [0, 60],
  ]);
  const sector = Math.PI / 4;
  const sdf: Sdf = (x, y, z) => {
    const r = length2(x, y);
    const angle = Math.atan2(y, x);
    const folded = angle - sector * Math.round(angle / sector);
    const bolt = length2(r * Math.cos(folded) - 65, r * Math.sin(folded)) - 7;
    const drilled = smoothMax(blank(x, y, z), -bolt, 1);
    return smoothMax(drilled, 26 - r, 1.5);
  };
  return { name: 'flange', title: 'Flange', sdf, centre: [0, 0, 22], radius: 86 };
}

/** Cubic through the points, tangents from neighbours (Catmull-Rom), sampled `steps` times per span. */
function smoothProfile(points: readonly (readonly [number, number])[], steps: number): [number, number][] {
  const at = (i: number) => points[Math.min(points.length - 1, Math.max(0, i))]!;
  const out: [number, number][] = [];
  for (let i = 0; i + 1 < points.length; i++)
    for (let s = 0; s < steps; s++) {
      const t = s / steps;
      const blend = (axis: 0 | 1): number => {
        const [a, b, c, d] = [at(i - 1)[axis], at(i)[axis], at(i + 1)[axis], at(i + 2)[axis]];
        return b + 0.5 * t * (c - a + t * (2 * a - 5 * b + 4 * c - d + t * (3 * (b - c) + d - a)));
      };
      out.push([blend(0), blend(1)]);
    }
  out.push([...at(points.length - 1)]);
  return out;
}

/** Bottle of 170 mm: shoulder, neck with a lip, two grip rings, walls of 3 mm, open mouth. */
function bottle(): Part {
  const outer = smoothProfile(
    [
      [0, 3],
      [24, 1],
      [30, 0],
      [35, 5],
      [36, 20],
      [36, 34],
      [33.5, 38],
      [36, 42],
      [36, 62],
      [33.5, 66],
      [36, 70],
      [36, 92],
      [32, 112],
      [20, 128],
      [14, 140],
      [13, 158],
      [15.5, 161],
      [16, 166],
      [14, 170],
      [0, 170],
    ],
    4,
  );
  const solid = revolve(outer);
  const wall = 3;
  const sdf: Sdf = (x, y, z) => {
    const d = solid(x, y, z);
    const shell = Math.max(d, -d - wall);
    const mouth = Math.max(length2(x, y) - 11, 150 - z);
    return smoothMax(shell, -mouth, 1);
  };
  return { name: 'bottle', title: 'Bottle', sdf, centre: [0, 0, 85], radius: 95 };
}

/** L bracket 90 x 80 x 80 mm, 10 mm thick, two triangular ribs, fillet, four holes and a slot. */
function bracket(): Part {
  const slant = Math.SQRT1_2;
  const sdf: Sdf = (x, y, z) => {
    const base = box(x - 45, y, z - 5, 45, 40, 5, 1.2);
    const upright = box(x - 5, y, z - 40, 5, 40, 40, 1.2);
    const ribY = Math.abs(y) - 30;
    const ribSide = Math.max((x + z - 56) * slant, -x, -z, Math.abs(ribY) - 3.5);
    let d = smoothMin(smoothMin(base, upright, 8), ribSide, 3);
    const bore = (dx: number, dy: number, radius: number) => length2(dx, dy) - radius;
    const baseHoles = bore(Math.abs(x - 62) - 16, Math.abs(y) - 17, 5.5);
    const slot = bore(Math.max(Math.abs(y) - 9, 0), z - 56, 6.5);
    d = smoothMax(d, -Math.max(baseHoles, z - 20), 0.8);
    return smoothMax(d, -Math.max(slot, x - 20), 0.8);
  };
  return { name: 'bracket', title: 'Bracket', sdf, centre: [40, 0, 34], radius: 76 };
}

export const PARTS: readonly Part[] = [flange(), bottle(), bracket()];
