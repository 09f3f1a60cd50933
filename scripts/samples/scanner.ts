/**
 * A structured-light scanner: from each station parallel rays meet the part, only what is seen first is
 * measured, steep faces come out sparse and grazing ones not at all, and noise lies along the line of sight.
 */

import { RandomStream } from '../../src/core/random.ts';
import type { Vec3 } from '../../src/core/types.ts';
import { add, dot, normalAt, normalise, type Sdf, tangentFrame } from './sdf.ts';

export interface ScanSetup {
  readonly seed: number;
  readonly points: number;
  /** Standard deviation, mm. */
  readonly noise: number;
  /** `around`: stations on all sides; a direction: four stations within 35 degrees of it (a partial view). */
  readonly stations: 'around' | Vec3;
  /** 0: every station takes equally many points, evenly; 1: from almost none to twice as many. */
  readonly densityChange: number;
}

export interface Scan {
  /** [3N] mm in the part's own frame, without noise. */
  readonly surface: Float64Array;
  /** [3N] mm, with noise, in the scanner's frame (random pose). */
  readonly measured: Float32Array;
  /** [3N] unit normals of the surface in the part's own frame. */
  readonly normals: Float64Array;
}

const STATIONS_AROUND = 14;
/** Cosine of the steepest face that still returns light (about 80 degrees). */
const GRAZING = 0.17;
/** Share of the distance a ray advances: one over the steepest deformation of the recipe. */
const STEP = 0.65;

/** Directions spread evenly over the sphere (Fibonacci lattice), turned at random. */
function stationsAround(random: RandomStream): Vec3[] {
  const turn = randomRotation(random);
  return Array.from({ length: STATIONS_AROUND }, (_, i) => {
    const z = 1 - (2 * i + 1) / STATIONS_AROUND;
    const angle = i * Math.PI * (3 - Math.sqrt(5));
    const r = Math.sqrt(1 - z * z);
    return turn([r * Math.cos(angle), r * Math.sin(angle), z]);
  });
}

function stationsWithin(axis: Vec3, random: RandomStream): Vec3[] {
  const w = normalise(axis);
  const [u, v] = tangentFrame(w);
  const start = random.range(0, 2 * Math.PI);
  return [0, 1, 2, 3].map((i) => {
    const tilt = random.range(0.3, 0.6);
    const angle = start + (i * Math.PI) / 2;
    const side = add(add([0, 0, 0], u, Math.cos(angle)), v, Math.sin(angle));
    return normalise(add(w, side, Math.sin(tilt)));
  });
}

/** Uniform rotation from a uniform unit quaternion (Shoemake). */
function randomRotation(random: RandomStream): (p: Vec3) => Vec3 {
  const [a, b, c] = [random.uniform(), random.range(0, 2 * Math.PI), random.range(0, 2 * Math.PI)];
  const x = Math.sqrt(1 - a) * Math.sin(b);
  const y = Math.sqrt(1 - a) * Math.cos(b);
  const z = Math.sqrt(a) * Math.sin(c);
  const w = Math.sqrt(a) * Math.cos(c);
  return ([px, py, pz]) => [
    (1 - 2 * (y * y + z * z)) * px + 2 * (x * y - w * z) * py + 2 * (x * z + w * y) * pz,
    2 * (x * y + w * z) * px + (1 - 2 * (x * x + z * z)) * py + 2 * (y * z - w * x) * pz,
    2 * (x * z - w * y) * px + 2 * (y * z + w * x) * py + (1 - 2 * (x * x + y * y)) * pz,
  ];
}

/** Sphere tracing; the step is shortened because a deformed distance may overshoot. */
function trace(sdf: Sdf, from: Vec3, direction: Vec3, reach: number): Vec3 | null {
  const [x, y, z] = from;
  const [dx, dy, dz] = direction;
  let t = 0;
  while (t < reach) {
    const d = sdf(x + t * dx, y + t * dy, z + t * dz);
    if (d < 2e-3) return add(from, direction, t);
    t += STEP * d;
  }
  return null;
}

interface Hit {
  readonly point: Vec3;
  readonly normal: Vec3;
  readonly sight: Vec3;
}

/** Points of one station: an even, shifted lattice of rays (the R2 sequence) over the part's silhouette. */
function* shoot(sdf: Sdf, centre: Vec3, radius: number, station: Vec3, random: RandomStream, fade: number) {
  const [u, v] = tangentFrame(station);
  const sight: Vec3 = [-station[0], -station[1], -station[2]];
  const shift = [random.uniform(), random.uniform()] as const;
  const slope = random.range(0, 2 * Math.PI);
  for (let i = 1; ; i++) {
    const a = 2 * ((shift[0] + i * 0.7548776662466927) % 1) - 1;
    const b = 2 * ((shift[1] + i * 0.5698402909980532) % 1) - 1;
    // Brightness falls off across the view; darker places return fewer points.
    const bright = 0.5 + 0.5 * (a * Math.cos(slope) + b * Math.sin(slope));
    if (random.uniform() < fade * Math.min(1, Math.max(0, bright))) continue;
    const from = add(add(add(centre, station, radius * 1.5), u, a * radius), v, b * radius);
    const point = trace(sdf, from, sight, radius * 3);
    if (point === null) continue;
    const normal = normalAt(sdf, point);
    if (-dot(normal, sight) > GRAZING) yield { point, normal, sight } satisfies Hit;
  }
}

/** @param centre,radius a sphere that holds the part, mm */
export function scan(sdf: Sdf, centre: Vec3, radius: number, setup: ScanSetup): Scan {
  const random = new RandomStream(setup.seed);
  const stations =
    setup.stations === 'around'
      ? stationsAround(random.fork(1))
      : stationsWithin(setup.stations, random.fork(1));
  const weights = stations.map(() => 1 + setup.densityChange * random.range(-0.9, 1));
  const total = weights.reduce((sum, w) => sum + w, 0);
  const hits: Hit[] = [];
  let due = 0;
  stations.forEach((station, s) => {
    due += (weights[s]! / total) * setup.points;
    const rays = shoot(sdf, centre, radius, station, random.fork(10 + s), 0.7 * setup.densityChange);
    while (hits.length < Math.round(due)) hits.push(rays.next().value as Hit);
  });
  return measure(hits, setup.noise, random.fork(2));
}

/** Adds noise along the sight lines and puts the part down somewhere in front of the scanner. */
function measure(hits: readonly Hit[], noise: number, random: RandomStream): Scan {
  const surface = new Float64Array(3 * hits.length);
  const normals = new Float64Array(3 * hits.length);
  const measured = new Float32Array(3 * hits.length);
  const turn = randomRotation(random);
  const place: Vec3 = [random.range(-200, 200), random.range(-200, 200), random.range(300, 600)];
  hits.forEach(({ point, normal, sight }, i) => {
    surface.set(point, 3 * i);
    normals.set(normal, 3 * i);
    measured.set(add(turn(add(point, sight, noise * random.normal())), place), 3 * i);
  });
  return { surface, measured, normals };
}
