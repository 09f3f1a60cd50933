/** The good scans of a generated part, and the reference that is merged from them as from a user's. */

import { estimateNormals } from '../../src/core/estimateNormals.ts';
import type { OrientedCloud } from '../../src/core/orientedCloud.ts';
import type { RandomStream } from '../../src/core/random.ts';
import { mergeReference, type Reference, settle } from '../../src/core/reference.ts';
import { prepareTarget } from '../../src/core/registration/alignTarget.ts';
import { addNoise, type PartFamily, scannedRows, specimen } from '../../src/core/scanVariation.ts';

/** How many good scans there are: a user has one, or a few. */
const SCANS = [1, 2, 4, 4, 8] as const;
/** Share of the part's points that a scan has, at least and at most. */
const SHARE = [0.12, 0.28] as const;

/** A scan of another specimen, in the frame of the part, with normals as a user's scan would get them. */
function goodScan(
  part: OrientedCloud,
  family: PartFamily,
  size: number,
  random: RandomStream,
): OrientedCloud {
  const count = part.points.length / 3;
  const all = Uint32Array.from({ length: count }, (_, i) => i);
  const rows = scannedRows(part, family, all, Math.max(128, Math.round(size * count)), random);
  const { points, normals: facing } = specimen(part, family, rows, random.fork(1));
  addNoise(points, family.noise, random.fork(2));
  const normals = estimateNormals(points);
  let agreement = 0;
  for (let at = 0; at < normals.length; at++) agreement += normals[at]! * facing[at]!;
  return { points, normals: agreement >= 0 ? normals : normals.map((v) => -v) };
}

/** Scans specimens, lays the scans on each other and merges them. */
export function referenceOf(part: OrientedCloud, family: PartFamily, random: RandomStream): Reference {
  const number = SCANS[random.below(SCANS.length)]!;
  const size = random.range(SHARE[0], SHARE[1]);
  const clouds = Array.from({ length: number }, (_, i) => goodScan(part, family, size, random.fork(i)));
  const { spacing } = prepareTarget(clouds[0]!, 'good scan');
  const frame = { centre: [0, 0, 0], radius: 1 } as const;
  const loose = mergeReference({ clouds, members: [], frame, spacing });
  if (number === 1) return loose;
  const laid = clouds.map((cloud) => settle(cloud, loose.target, spacing));
  return mergeReference({ clouds: laid, members: [], frame, spacing });
}
