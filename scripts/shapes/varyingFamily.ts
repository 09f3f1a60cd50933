/**
 * A benchmark of parts whose good specimens differ: castings, mouldings, things that grew. Every scan is of
 * another specimen (its size, its proportions, a slow warp), so that distance from the good ones alone says
 * little. Defects are changes of the specimen's own surface, made as for the sample gallery and not as for
 * training; truth is therefore exact. Layout of Anomaly-ShapeNet. Pure functions of the seed.
 */

import { deriveKey, fnv1a32, RandomStream } from '../../src/core/random.ts';
import { randomDirection } from '../../src/core/rotation.ts';
import { smoothField } from '../../src/core/scanVariation.ts';
import type { Vec3 } from '../../src/core/types.ts';
import { applyDefect, type DefectSpec } from '../samples/defects.ts';
import { PARTS } from '../samples/parts.ts';
import { type Scan, scan } from '../samples/scanner.ts';
import { add, cross, dot, normalAt, normalise, type Sdf, tangentFrame } from '../samples/sdf.ts';
import { bust, figure } from './grown.ts';

export interface FamilyScan {
  readonly family: string;
  readonly split: 'train' | 'test';
  readonly name: string;
  readonly scan: Scan;
  /** [N] 1 = defective; null for a good specimen. */
  readonly labels: Uint8Array | null;
}

interface Part {
  readonly name: string;
  readonly sdf: Sdf;
  /** A sphere that holds every specimen, mm. */
  readonly centre: Vec3;
  readonly radius: number;
}

const GOOD = 8;
const GOOD_TESTS = 10;
const POINTS = 5_000;
/** Deviations of a specimen's size and of each of its proportions, and of its warp; shares of the radius. */
const SIZE = 0.015;
const PROPORTION = 0.008;
const WARP = 0.008;
/** Waves of the warp are no shorter than about a third of the part; radians per radius. */
const WARP_FREQUENCY = 5;
/** Sensor noise, a share of the radius. */
const NOISE = 0.0015;

/** As many of each as a class of the labelled benchmark has. */
const DEFECTS = [
  ['bulge', 4],
  ['concavity', 4],
  ['hole', 2],
  ['scratch', 2],
  ['broken', 1],
  ['crak', 1],
  ['bending', 1],
] as const;
type DefectName = (typeof DEFECTS)[number][0];

/** A part of the gallery, which training has never seen, and one that grew: of each two, they take turns. */
export function familyParts(seed: number): Part[] {
  const known = PARTS.filter(({ name }) => name !== 'flange')[seed % 2]!;
  const make = [figure, bust][seed % 2]!;
  const sdf = make(new RandomStream(deriveKey(seed, fnv1a32(make.name))));
  return [known, { name: make.name, sdf, centre: [0, 0, 0], radius: 78 }];
}

/** The part pulled and warped; the field of distances stays one to within a few percent. */
function specimen({ sdf, centre, radius }: Part, random: RandomStream): Sdf {
  const size = SIZE * random.normal();
  const scale = [0, 1, 2].map(() => 1 + size + PROPORTION * random.normal());
  const fields = [0, 1, 2].map((d) => smoothField(random.fork(d), WARP_FREQUENCY));
  return (x, y, z) => {
    const at = [(x - centre[0]) / radius, (y - centre[1]) / radius, (z - centre[2]) / radius] as const;
    const [u, v, w] = fields.map((field, d) => {
      const moved = at[d]! - WARP * field(at[0], at[1], at[2]);
      return centre[d]! + (radius * moved) / scale[d]!;
    });
    return sdf(u!, v!, w!);
  };
}

/** Places on the surface to choose from. */
function surfacePoints(sdf: Sdf, { centre, radius }: Part, random: RandomStream): Vec3[] {
  const setup = { seed: random.key, points: 400, noise: 0, stations: 'around', densityChange: 0 } as const;
  const { surface } = scan(sdf, centre, radius, setup);
  return Array.from({ length: 400 }, (_, i) => [surface[3 * i]!, surface[3 * i + 1]!, surface[3 * i + 2]!]);
}

/** The furthest place in a direction. */
function tip(places: readonly Vec3[], direction: Vec3): Vec3 {
  return places.reduce((best, p) => (dot(p, direction) > dot(best, direction) ? p : best));
}

function line(sdf: Sdf, at: Vec3, half: number, random: RandomStream): Vec3[] {
  const [u, v] = tangentFrame(normalAt(sdf, at));
  const angle = random.range(0, 2 * Math.PI);
  const along = add(add([0, 0, 0], u, Math.cos(angle)), v, Math.sin(angle));
  return [add(at, along, -half), at, add(at, along, half)];
}

/** Sizes are shares of the part's largest extent from its middle. */
function drawDefect(name: DefectName, sdf: Sdf, part: Part, random: RandomStream): DefectSpec {
  const places = surfacePoints(sdf, part, random.fork(1));
  const at = places[random.below(places.length)]!;
  const middle = places.reduce((sum, p) => add(sum, p, 1 / places.length), [0, 0, 0] as Vec3);
  const extent = Math.max(...places.map((p) => Math.hypot(...add(p, middle, -1))));
  switch (name) {
    case 'bulge':
    case 'concavity': {
      const kind = name === 'bulge' ? 'bulge' : 'dent';
      return {
        kind,
        at,
        radius: extent * random.range(0.12, 0.22),
        height: extent * random.range(0.03, 0.07),
      };
    }
    case 'hole':
      return { kind: 'hole', at, radius: extent * random.range(0.06, 0.1), depth: extent };
    case 'scratch':
    case 'crak': {
      const path = line(sdf, at, extent * random.range(0.2, 0.35), random);
      return name === 'scratch'
        ? { kind: 'scratch', path, width: 0.05 * extent, depth: extent * random.range(0.025, 0.04) }
        : { kind: 'crack', path, width: 0.05 * extent, depth: 0.15 * extent };
    }
    case 'broken': {
      const outward = randomDirection(random);
      return { kind: 'broken', at: add(tip(places, outward), outward, -extent * 0.2), outward };
    }
    case 'bending': {
      const along = randomDirection(random);
      const towards = normalise(cross(along, randomDirection(random)));
      const from = add(tip(places, along), along, -extent * 0.45);
      return {
        kind: 'bend',
        at: from,
        along,
        towards,
        length: 0.4 * extent,
        slope: random.range(0.15, 0.25),
      };
    }
    default:
      return name satisfies never;
  }
}

function measured(sdf: Sdf, { centre, radius }: Part, points: number, random: RandomStream): Scan {
  const noise = NOISE * radius;
  return scan(sdf, centre, radius, {
    seed: random.key,
    points,
    noise,
    stations: 'around',
    densityChange: 0.3,
  });
}

/** What each scan of a family is, in order. */
const RECIPE: readonly {
  readonly split: 'train' | 'test';
  readonly name: string;
  readonly defect: DefectName | null;
}[] = [
  ...Array.from(
    { length: GOOD },
    (_, i) => ({ split: 'train', name: `template${i}`, defect: null }) as const,
  ),
  ...Array.from(
    { length: GOOD_TESTS },
    (_, i) => ({ split: 'test', name: `positive${i}`, defect: null }) as const,
  ),
  ...DEFECTS.flatMap(([defect, count]) =>
    Array.from({ length: count }, (_, i) => ({ split: 'test', name: `${defect}${i}`, defect }) as const),
  ),
];
export const FAMILY_SIZE = RECIPE.length;

/** @param i from 0 to `FAMILY_SIZE - 1`: another specimen each */
export function makeFamilyScan(part: Part, seed: number, i: number, points = POINTS): FamilyScan {
  const random = new RandomStream(deriveKey(deriveKey(seed, fnv1a32(part.name)), i));
  const { split, name, defect } = RECIPE[i]!;
  const sound = specimen(part, random.fork(1));
  const surface =
    defect === null ? null : applyDefect(sound, drawDefect(defect, sound, part, random.fork(3)));
  const made = measured(surface?.sdf ?? sound, part, points, random.fork(2));
  const place = (p: number): Vec3 => [
    made.surface[3 * p]!,
    made.surface[3 * p + 1]!,
    made.surface[3 * p + 2]!,
  ];
  const labels =
    surface === null
      ? null
      : Uint8Array.from({ length: points }, (_, p) => (surface.isDefective(place(p)) ? 1 : 0));
  return { family: part.name, split, name: `${part.name}_${name}`, scan: made, labels };
}
