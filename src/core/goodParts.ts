/**
 * A user's good scans as parts to draw training samples from: their merged surface, and each scan against a
 * reference of the others, which shows the network how good specimens of this very part really differ.
 */

import { RANDOM_GAP } from './coverage.ts';
import type { OrientedCloud } from './orientedCloud.ts';
import { type AlignedGood, mergeReference, type Reference, settle } from './reference.ts';
import type { ReferencePart } from './referenceSample.ts';
import type { PartFamily } from './scanVariation.ts';

/** Scans that are held against the others; each costs a reference of its own. */
const MOST_LEFT_OUT = 4;
/** Where good scans differ least, they differ by noise only: this share of the surface. */
const QUIET_SHARE = 0.1;

/** Of one coarse scan, what looks like noise is mostly curvature; model units. */
const MOST_NOISE = 0.005;

/** Standard deviation of the noise of one scan, from how much scans differ where they differ least. */
function noiseOf(spread: Float32Array): number {
  return Math.min(MOST_NOISE, spread.toSorted()[Math.floor(QUIET_SHARE * (spread.length - 1))]!);
}

/** What is left of the spread without the noise is what specimens differ by. One scan alone shows noise only. */
function familyOf({ spread, gap }: Reference, scans: number): PartFamily {
  const noise = noiseOf(spread);
  const warp =
    scans === 1 ? spread.map(() => 0) : spread.map((s) => Math.sqrt(Math.max(0, s * s - noise * noise)));
  return { warp, stretch: 0, noise, even: gap < RANDOM_GAP };
}

/** The scan is what it is: it has its own noise and its own differences. */
function leftOut(cloud: OrientedCloud, aligned: AlignedGood): ReferencePart {
  const clouds = aligned.clouds.filter((other) => other !== cloud);
  const reference = mergeReference({ ...aligned, clouds });
  const { points, normals } = settle(cloud, reference.target, aligned.spacing);
  const family = { warp: new Float32Array(points.length / 3), stretch: 0, noise: 0, even: false };
  return { points, normals, family, reference };
}

/**
 * @param aligned good scans that lie on each other
 * @returns the merged surface first, against itself; then, of two scans or more, each against the others
 */
export function goodParts(aligned: AlignedGood): ReferencePart[] {
  const reference = mergeReference(aligned);
  const { points, normals } = reference;
  const whole = { points, normals, family: familyOf(reference, aligned.clouds.length), reference };
  if (aligned.clouds.length === 1) return [whole];
  return [whole, ...aligned.clouds.slice(0, MOST_LEFT_OUT).map((cloud) => leftOut(cloud, aligned))];
}
