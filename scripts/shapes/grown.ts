/** Shapes without a straight edge: figures, animals, roots, pebbles. Millimetres. */

import type { RandomStream } from '../../src/core/random.ts';
import { randomDirection } from '../../src/core/rotation.ts';
import type { Vec3 } from '../../src/core/types.ts';
import { add, length2, length3, polyline, type Sdf, smoothMin } from '../samples/sdf.ts';

interface Limb {
  readonly path: Sdf;
  readonly radius: number;
  readonly foot: Vec3;
  readonly footRadius: number;
}

function limb(random: RandomStream, from: Vec3): Limb {
  const direction = randomDirection(random);
  const knee = add(from, direction, random.range(12, 20));
  const foot = add(add(knee, direction, random.range(4, 12)), randomDirection(random), random.range(4, 12));
  return {
    path: polyline([from, knee, foot]),
    radius: random.range(3, 7),
    foot,
    footRadius: random.range(4, 9),
  };
}

/** Bodies with a head, limbs that end in knobs, and skin that is not quite smooth. */
export function figure(random: RandomStream): Sdf {
  const axes = [random.range(14, 24), random.range(11, 20), random.range(10, 17)] as const;
  const limbs = Array.from({ length: 2 + random.below(4) }, () => {
    const [x, y, z] = randomDirection(random);
    return limb(random, [0.6 * axes[0] * x, 0.6 * axes[1] * y, 0.6 * axes[2] * z]);
  });
  const head = {
    at: [axes[0] * random.range(0.9, 1.3), 0, random.range(4, 14)] as const,
    r: random.range(8, 14),
  };
  const blend = random.range(3, 9);
  const skin = { height: random.range(0, 0.5), k: random.range(0.25, 0.5) };
  return (x, y, z) => {
    const q = length3(x / axes[0], y / axes[1], z / axes[2]);
    let d = (q - 1) * Math.min(...axes);
    d = smoothMin(d, length3(x - head.at[0], y - head.at[1], z - head.at[2]) - head.r, blend);
    for (const { path, radius, foot, footRadius } of limbs) {
      d = smoothMin(d, path(x, y, z) - radius, blend);
      d = smoothMin(d, length3(x - foot[0], y - foot[1], z - foot[2]) - footRadius, blend / 2);
    }
    return d + skin.height * Math.sin(skin.k * x + 1) * Math.sin(skin.k * y) * Math.sin(skin.k * z + 2);
  };
}

/** Several balls run into each other. */
export function pebble(random: RandomStream): Sdf {
  const balls = Array.from({ length: 4 + random.below(5) }, () => ({
    at: add([0, 0, 0], randomDirection(random), random.range(5, 26)),
    radius: random.range(9, 19),
  }));
  const blend = random.range(5, 14);
  return (x, y, z) =>
    balls.reduce(
      (d, { at, radius }) => smoothMin(d, length3(x - at[0], y - at[1], z - at[2]) - radius, blend),
      Infinity,
    );
}

/** A bust: a neck that widens to shoulders, a head with nose, ears or a crest. */
export function bust(random: RandomStream): Sdf {
  const head = [random.range(13, 17), random.range(15, 20), random.range(18, 24)] as const;
  const neck = random.range(7, 11);
  const shoulders = random.range(22, 32);
  const features = Array.from({ length: 3 + random.below(4) }, () => {
    const [x, y, z] = randomDirection(random);
    return { at: [x * head[0], y * head[1], 14 + z * head[2]] as Vec3, radius: random.range(3, 7) };
  });
  return (x, y, z) => {
    const q = length3(x / head[0], y / head[1], (z - 14) / head[2]);
    let d = (q - 1) * Math.min(...head);
    const column = length2(x, y) - neck;
    d = smoothMin(d, Math.max(column, Math.abs(z + 12) - 16), 5);
    const base = length3(x / 1.3, y, (z + 38) * 1.6) - shoulders / 1.3;
    d = smoothMin(d, Math.max(0.6 * base, -z - 42), 8);
    for (const { at, radius } of features)
      d = smoothMin(d, length3(x - at[0], y - at[1], z - at[2]) - radius, 3);
    return d;
  };
}

/** A handle or tool: a long grip, round or flat, with a head across one end. */
export function tool(random: RandomStream): Sdf {
  const grip = { half: random.range(28, 40), a: random.range(3, 6), b: random.range(4, 8) };
  const head = { half: random.range(12, 24), radius: random.range(6, 11), pointed: random.range(0, 0.6) };
  const swell = random.range(0, 1.5);
  return (x, y, z) => {
    const thicker = 1 + 0.1 * swell * Math.sin(x / 8);
    const bar = (length2(y / (grip.a * thicker), z / (grip.b * thicker)) - 1) * grip.a;
    const handle = Math.max(bar, Math.abs(x) - grip.half);
    const taper = head.radius * (1 - (head.pointed * Math.abs(y)) / (2 * head.half));
    const across = Math.max((length2(x - grip.half, z) - taper) * 0.9, Math.abs(y) - head.half);
    return smoothMin(handle, across, 3);
  };
}
