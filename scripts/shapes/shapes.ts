/**
 * The parts that the universal model learns from: dozens of procedural shapes, each scanned all round and
 * turned into a reference surface. They share nothing with the sample gallery or with any benchmark but
 * that they are parts. Pure functions of the seed: the same shapes on every machine.
 */

import { modelFrame, toModelUnits } from '../../src/core/frame.ts';
import { deriveKey, RandomStream } from '../../src/core/random.ts';
import type { ReferencePart } from '../../src/core/referenceSample.ts';
import { type PartFamily, smoothField } from '../../src/core/scanVariation.ts';
import { scan } from '../samples/scanner.ts';
import type { Sdf } from '../samples/sdf.ts';
import { referenceOf } from './goodScans.ts';
import { bust, figure, pebble, tool } from './grown.ts';
import { bracket, cutBlock, housing, sheet } from './milled.ts';
import { pipe, ring, turnedPart, wheel } from './turned.ts';

export const SHAPE_FAMILIES: Readonly<Record<string, (random: RandomStream) => Sdf>> = {
  turnedPart,
  bracket,
  figure,
  wheel,
  housing,
  bust,
  pipe,
  cutBlock,
  tool,
  ring,
  sheet,
  pebble,
};

/** What `shape` needs to know about a set of shapes. */
export interface ShapeSet {
  /** u32 */
  readonly seed: number;
  /** Shapes; the families take turns. */
  readonly count: number;
  /** Points of each reference. */
  readonly points: number;
}

/** A part with a name. */
export interface TrainingShape extends ReferencePart {
  readonly id: string;
  readonly name: string;
}

/** Every part fits into this sphere, mm. */
const HOLDING_RADIUS = 78;

/** Streams of one shape's key. */
const FORM = 1;
const SCANNER = 2;
const FAMILY = 3;
const GOOD_SCANS = 4;

/**
 * Half of the families are rigid, as machined parts are; the specimens of the others differ in size and, from
 * place to place, by up to 2.5 % of the radius.
 * @param points [3M] model units
 */
function drawFamily(points: Float32Array, random: RandomStream): PartFamily {
  const rigid = random.below(2) === 0;
  const noise = 0.0005 * 8 ** random.uniform();
  const even = random.below(3) > 0;
  const least = rigid ? 0 : random.range(0.001, 0.005);
  const most = rigid ? random.range(0, 0.001) : random.range(0.005, 0.025);
  const stretch = rigid ? 0 : random.range(0, 0.03);
  const field = smoothField(random, 4);
  const warp = Float32Array.from({ length: points.length / 3 }, (_, i) => {
    const place = 0.5 + 0.5 * Math.tanh(field(points[3 * i]!, points[3 * i + 1]!, points[3 * i + 2]!));
    return least + (most - least) * place;
  });
  return { warp, stretch, noise, even };
}

/** @param i from 0 to `count - 1`; depends on nothing but (seed, i, points) */
export function makeShape({ seed, points }: ShapeSet, i: number): TrainingShape {
  const names = Object.keys(SHAPE_FAMILIES);
  const name = names[i % names.length]!;
  const random = new RandomStream(deriveKey(seed, i));
  const sdf = SHAPE_FAMILIES[name]!(random.fork(FORM));
  const made = scan(sdf, [0, 0, 0], HOLDING_RADIUS, {
    seed: random.fork(SCANNER).key,
    points,
    noise: 0,
    stations: 'around',
    densityChange: 0,
  });
  const part = {
    points: toModelUnits(made.surface, modelFrame(made.surface, name)),
    normals: Float32Array.from(made.normals),
  };
  const family = drawFamily(part.points, random.fork(FAMILY));
  const reference = referenceOf(part, family, random.fork(GOOD_SCANS));
  return { id: `shape-${seed}-${i}-${points}`, name: `${name} ${i}`, ...part, family, reference };
}
