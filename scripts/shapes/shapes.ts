/**
 * The parts that the universal model learns from: dozens of procedural shapes, each scanned all round and
 * turned into a reference surface. They share nothing with the sample gallery or with any benchmark but
 * that they are parts. Pure functions of the seed: the same shapes on every machine.
 */

import { modelFrame, toModelUnits } from '../../src/core/frame.ts';
import { deriveKey, RandomStream } from '../../src/core/random.ts';
import type { ReferenceSurface } from '../../src/core/referenceSurface.ts';
import { smoothField } from '../../src/core/scanVariation.ts';
import { scan } from '../samples/scanner.ts';
import type { Sdf } from '../samples/sdf.ts';
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

/** A reference surface with a name. */
export interface TrainingShape extends ReferenceSurface {
  readonly id: string;
  readonly name: string;
}

/** Every part fits into this sphere, mm. */
const HOLDING_RADIUS = 78;

/** Streams of one shape's key. */
const FORM = 1;
const SCANNER = 2;
const FAMILY_SPREAD = 3;

/**
 * How far the good parts of the family differ: half of the families are rigid, as machined parts are, the
 * others vary from place to place by up to 2 % of the radius.
 * @param points [3M] model units
 */
function drawSpread(points: Float32Array, random: RandomStream): Float32Array {
  const rigid = random.below(2) === 0;
  const least = random.range(0.001, 0.003);
  const most = rigid ? least : random.range(0.005, 0.02);
  const field = smoothField(random, 4);
  return Float32Array.from({ length: points.length / 3 }, (_, i) => {
    const place = 0.5 + 0.5 * Math.tanh(field(points[3 * i]!, points[3 * i + 1]!, points[3 * i + 2]!));
    return least * (most / least) ** place;
  });
}

/** @param i from 0 to `count - 1`; depends on nothing but (seed, i, points) */
export function makeShape({ seed, points }: ShapeSet, i: number): TrainingShape {
  const names = Object.keys(SHAPE_FAMILIES);
  const family = names[i % names.length]!;
  const random = new RandomStream(deriveKey(seed, i));
  const sdf = SHAPE_FAMILIES[family]!(random.fork(FORM));
  const made = scan(sdf, [0, 0, 0], HOLDING_RADIUS, {
    seed: random.fork(SCANNER).key,
    points,
    noise: 0,
    stations: 'around',
    densityChange: 0,
  });
  const surface = toModelUnits(made.surface, modelFrame(made.surface, family));
  return {
    id: `shape-${seed}-${i}-${points}`,
    name: `${family} ${i}`,
    points: surface,
    normals: Float32Array.from(made.normals),
    spread: drawSpread(surface, random.fork(FAMILY_SPREAD)),
  };
}
