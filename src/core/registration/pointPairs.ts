/** Points that somebody found on the scan and again on the good scan: where alignment starts when it fails alone. */

import { InvalidInputError } from '../errors.ts';

/** [3M] each, M >= 3 pairs, the source units of the two files. */
export interface PointPairs {
  readonly scan: Float64Array;
  readonly good: Float64Array;
}

const LEAST_PAIRS = 3;
/** Distances between two points may differ by this part on the two scans: fingers are not exact. */
const LENGTH_TOLERANCE = 0.25;
/** Height of the triangle over its longest side, below which its points lie on a line. */
const LEAST_HEIGHT = 0.05;

function distance(points: Float64Array, i: number, j: number): number {
  const way = [0, 1, 2].map((d) => points[3 * i + d]! - points[3 * j + d]!);
  return Math.hypot(...way);
}

/** Largest height of a triangle of the points over its longest side. */
function spread(points: Float64Array): number {
  const count = points.length / 3;
  let best = 0;
  for (let i = 0; i < count; i++)
    for (let j = i + 1; j < count; j++)
      for (let k = j + 1; k < count; k++) {
        const [a, b, c] = [distance(points, i, j), distance(points, j, k), distance(points, k, i)];
        const s = (a + b + c) / 2;
        const area = Math.sqrt(Math.max(0, s * (s - a) * (s - b) * (s - c)));
        const longest = Math.max(a, b, c);
        if (longest > 0) best = Math.max(best, (2 * area) / longest ** 2);
      }
  return best;
}

/**
 * @param where for messages
 * @throws InvalidInputError for fewer than three pairs, points on a line, or pairs that no motion brings together
 */
export function checkPairs(where: string, { scan, good }: PointPairs): void {
  const count = scan.length / 3;
  if (count < LEAST_PAIRS || good.length !== scan.length)
    throw new InvalidInputError(where, `has ${count} pairs of points; at least ${LEAST_PAIRS} are needed`);
  for (const [points, name] of [
    [scan, 'scan'],
    [good, 'good scan'],
  ] as const)
    if (spread(points) < LEAST_HEIGHT)
      throw new InvalidInputError(
        where,
        `the points on the ${name} lie on a line: choose one further away from it`,
      );
  for (let i = 0; i < count; i++)
    for (let j = i + 1; j < count; j++) {
      const [a, b] = [distance(scan, i, j), distance(good, i, j)];
      if (Math.abs(a - b) > LENGTH_TOLERANCE * Math.max(a, b))
        throw new InvalidInputError(
          where,
          `points ${i + 1} and ${j + 1} are ${a.toPrecision(3)} apart on the scan and ${b.toPrecision(3)} on the good scan: the same places in the same order, in one unit?`,
        );
    }
}
