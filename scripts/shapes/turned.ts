/** Shapes made on a lathe or bent from a bar: solids of revolution, wheels, pipes. Millimetres. */

import type { RandomStream } from '../../src/core/random.ts';
import type { Vec3 } from '../../src/core/types.ts';
import { box, length2, polyline, revolve, type Sdf, smoothMax, smoothMin } from '../samples/sdf.ts';

/** A smooth outline that swings between two radii, closed at both ends on the axis. */
function outline(random: RandomStream, height: number, inner: number, outer: number): [number, number][] {
  const knots = Array.from({ length: 6 }, () => random.range(inner, outer));
  const steps = 30;
  const side = Array.from({ length: steps + 1 }, (_, i): [number, number] => {
    const at = (i / steps) * 5;
    const k = Math.min(4, Math.floor(at));
    const blend = 0.5 - 0.5 * Math.cos(Math.PI * (at - k));
    return [knots[k]! + blend * (knots[k + 1]! - knots[k]!), (i / steps - 0.5) * height];
  });
  return [[0, -height / 2], ...side, [0, height / 2]];
}

/** Knobs, vases, spindles; every other one is hollow and open on top. */
export function turnedPart(random: RandomStream): Sdf {
  const height = random.range(60, 95);
  const solid = revolve(outline(random, height, random.range(8, 18), random.range(24, 42)));
  if (random.below(2) === 0) return solid;
  const wall = random.range(3, 6);
  const mouth = height / 2 - random.range(4, 12);
  return (x, y, z) => {
    const d = solid(x, y, z);
    const shell = Math.max(d, -d - wall);
    return smoothMax(shell, -Math.max(length2(x, y) - 9, mouth - z), 1.5);
  };
}

/** A disc with hub, bore, holes or spokes, and sometimes teeth or a groove. */
export function wheel(random: RandomStream): Sdf {
  const radius = random.range(35, 50);
  const half = random.range(4, 10);
  const hub = { radius: random.range(9, 16), half: half + random.range(2, 14) };
  const bore = hub.radius * random.range(0.4, 0.7);
  const holes = 3 + random.below(6);
  const ring = { at: radius * 0.62, radius: random.range(3, Math.min(8, (radius * 1.6) / holes)) };
  const teeth = random.below(2) === 0 ? 0 : 8 + random.below(14);
  const depth = teeth === 0 ? 0 : random.range(1.5, 3);
  const sector = Math.PI / holes;
  return (x, y, z) => {
    const r = length2(x, y);
    const angle = Math.atan2(y, x);
    const rim = r - radius - depth * Math.tanh(2 * Math.sin(teeth * angle));
    const disc = smoothMax(0.8 * rim, Math.abs(z) - half, 1.5);
    const centre = smoothMax(r - hub.radius, Math.abs(z) - hub.half, 1.5);
    const folded = angle - 2 * sector * Math.round(angle / (2 * sector));
    const hole = length2(r * Math.cos(folded) - ring.at, r * Math.sin(folded)) - ring.radius;
    const drilled = smoothMax(smoothMin(disc, centre, 3), -hole, 1);
    return smoothMax(drilled, bore - r, 1);
  };
}

/** A bent bar or pipe with flanges at its ends. */
export function pipe(random: RandomStream): Sdf {
  const points: Vec3[] = [[-45, random.range(-15, 15), 0]];
  for (let i = 1; i < 4; i++) points.push([-45 + 30 * i, random.range(-22, 22), random.range(-22, 22)]);
  const path = polyline(points);
  const radius = random.range(5, 10);
  const hollow = random.below(2) === 0 ? radius * random.range(0.5, 0.75) : 0;
  const flange = { radius: radius * random.range(1.4, 2), half: random.range(2, 5) };
  return (x, y, z) => {
    const bar = path(x, y, z);
    let d = bar - radius;
    for (const end of [points[0]!, points[3]!]) {
      const r = length2(y - end[1], z - end[2]);
      d = smoothMin(d, smoothMax(r - flange.radius, Math.abs(x - end[0]) - flange.half, 1.5), 2);
    }
    return hollow === 0 ? d : smoothMax(d, hollow - bar, 1);
  };
}

/** A ring with a square or round section, plain, with a seat or with lugs. */
export function ring(random: RandomStream): Sdf {
  const major = random.range(28, 38);
  const minor = random.range(6, 13);
  const square = random.below(2) === 0;
  const lugs = random.below(5);
  const sector = lugs === 0 ? 1 : Math.PI / lugs;
  const size = random.range(5, 9);
  return (x, y, z) => {
    const r = length2(x, y) - major;
    const body = square ? box(r, 0, z, minor, 1, minor * 0.7, 2) : length2(r, z) - minor;
    if (lugs === 0) return body;
    const angle = Math.atan2(y, x);
    const folded = angle - 2 * sector * Math.round(angle / (2 * sector));
    const [u, v] = [(r + major) * Math.cos(folded) - major - minor, (r + major) * Math.sin(folded)];
    return smoothMin(body, box(u, v, z, size, size * 0.7, size * 0.6, 1), 2);
  };
}
