/** Shapes made from plate and block: brackets, housings, cut blocks. Millimetres. */

import type { RandomStream } from '../../src/core/random.ts';
import { randomDirection } from '../../src/core/rotation.ts';
import { box, length2, type Sdf, smoothMax, smoothMin } from '../samples/sdf.ts';

interface Drilling {
  readonly x: number;
  readonly y: number;
  readonly radius: number;
}

function drillings(random: RandomStream, count: number, width: number, depth: number): Drilling[] {
  return Array.from({ length: count }, () => ({
    x: random.range(-0.7, 0.7) * width,
    y: random.range(-0.7, 0.7) * depth,
    radius: random.range(2.5, 6),
  }));
}

/** A plate with holes, a wall or two on it, and ribs. */
export function bracket(random: RandomStream): Sdf {
  const [width, depth, thick] = [random.range(32, 46), random.range(20, 34), random.range(2.5, 5)];
  const tall = random.range(14, 30);
  const walls = 1 + random.below(2);
  const holes = drillings(random, 2 + random.below(4), width, depth);
  const fillet = random.range(2, 8);
  const rib = { at: random.range(-0.5, 0.5) * depth, half: random.range(1.5, 3) };
  return (x, y, z) => {
    let d = box(x, y, z, width, depth, thick, 1);
    for (let w = 0; w < walls; w++) {
      const at = w === 0 ? -width + thick : width - thick;
      d = smoothMin(d, box(x - at, y, z - tall, thick, depth, tall, 1), fillet);
    }
    const slope = (x + width + z - 1.2 * tall) * Math.SQRT1_2;
    d = smoothMin(d, Math.max(slope, -x - width, -z, Math.abs(y - rib.at) - rib.half), 1.5);
    for (const hole of holes) {
      const bore = Math.max(length2(x - hole.x, y - hole.y) - hole.radius, Math.abs(z) - 2 * thick);
      d = smoothMax(d, -bore, 0.8);
    }
    return d;
  };
}

/** A block with pockets from above and a passage through its side. */
export function housing(random: RandomStream): Sdf {
  const [width, depth, tall] = [random.range(28, 42), random.range(22, 34), random.range(14, 28)];
  const wall = random.range(3, 6);
  const round = random.range(1, 8);
  const passage = { radius: random.range(4, 9), z: random.range(-0.4, 0.3) * tall };
  const boss = { radius: random.range(5, 9), x: random.range(-0.5, 0.5) * width };
  return (x, y, z) => {
    const block = box(x, y, z, width, depth, tall, round);
    const pocket = box(x, y, z - 2 * wall, width - wall, depth - wall, tall, Math.max(0.5, round - wall));
    let d = smoothMax(block, -pocket, 1);
    const post = Math.max(length2(x - boss.x, y) - boss.radius, Math.abs(z + wall) - tall + wall);
    d = smoothMin(d, post, 2);
    return smoothMax(d, passage.radius - length2(y, z - passage.z), 1);
  };
}

/** A block with its corners cut off by planes: flats, wedges, gems. */
export function cutBlock(random: RandomStream): Sdf {
  const half = [random.range(25, 42), random.range(20, 38), random.range(15, 32)] as const;
  const cuts = Array.from({ length: 3 + random.below(6) }, () => ({
    normal: randomDirection(random),
    at: random.range(22, 34),
  }));
  const edge = random.range(0.6, 4);
  return (x, y, z) => {
    let d = box(x, y, z, half[0], half[1], half[2], edge);
    for (const { normal, at } of cuts)
      d = smoothMax(d, normal[0] * x + normal[1] * y + normal[2] * z - at, edge);
    return d;
  };
}

/** A curved sheet: corrugated, cupped, or both. */
export function sheet(random: RandomStream): Sdf {
  const [width, depth, thick] = [random.range(36, 46), random.range(26, 40), random.range(1.5, 3)];
  const wave = { height: random.range(2, 7), length: random.range(18, 50), phase: random.range(0, 6) };
  const cup = random.range(-0.004, 0.006);
  // The steepest slope, by which the height over the sheet overstates the distance from it.
  const slope = (2 * Math.PI * wave.height) / wave.length + 2 * Math.abs(cup) * width;
  const shorten = 1 / Math.sqrt(1 + slope * slope);
  return (x, y, z) => {
    const surface =
      wave.height * Math.sin((2 * Math.PI * x) / wave.length + wave.phase) + cup * (x * x + y * y);
    return smoothMax((Math.abs(z - surface) - thick) * shorten, box(x, y, 0, width, depth, 60, 6), 1);
  };
}
