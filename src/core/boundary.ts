/**
 * The rim of an open scan: where the surface ends because nothing more was seen, or at a hole. Scores there say
 * little, for half of what they compare with is missing (METHOD "What the original leaves on the table").
 * A point lies on the rim when its neighbours, seen along the normal, leave a wide angle free (Bendels,
 * Schnabel and Klein, "Detecting holes in point set surfaces", 2006: angle criterion).
 */

import { type KdSearch, NONE, nearestPoints, searchOver } from './kdSearch.ts';
import { buildKdTree } from './kdTree.ts';
import { pickRows } from './pickRows.ts';
import { planeNormal } from './planeFit.ts';
import { RandomStream } from './random.ts';

export interface Boundary {
  /** [N] 1 = on the rim, or so near to it that its neighbourhood is cut off. */
  readonly mask: Uint8Array;
  /** Points of the mask. */
  readonly count: number;
}

/** So many that randomly spread points hardly ever leave the angle free by chance. */
const NEIGHBOURS = 32;
/** Free angle on the rim; a straight one leaves half a turn, the rim of a small hole less. */
const FREE_ANGLE = (2 * Math.PI) / 3;
/** Points of the rim come in rows: of the nearest so many, at least some are on it too. */
const ROW = 12;
const FEWEST_IN_ROW = 2;
/** The rim of larger scans is looked for among so many of their points, drawn at random. */
const MOST = 400_000;
/** Part of the neighbourhood that is left out around the rim. */
const WIDTH = 0.6;

/** @param positions [3N] finite, any unit */
export function findBoundary(positions: Float32Array): Boundary {
  const count = positions.length / 3;
  const points = count > MOST ? pickRows(positions, drawn(count)) : positions;
  const rim = rimOf(points);
  const mask = new Uint8Array(count);
  if (rim.rows.length === 0) return { mask, count: 0 };
  const { rows, distances } = nearestPoints(buildKdTree(pickRows(points, rim.rows)), positions);
  let masked = 0;
  for (let i = 0; i < count; i++) {
    if (distances[i]! > WIDTH * rim.reach[rows[i]!]!) continue;
    mask[i] = 1;
    masked++;
  }
  return { mask, count: masked };
}

/** Rows of `MOST` points, by chance and always the same. */
function drawn(count: number): Uint32Array {
  const random = new RandomStream(1);
  const rows = new Uint32Array(MOST);
  // One of each stretch: a scanner's order is kept, and no stretch of the file is left out.
  for (let i = 0; i < MOST; i++)
    rows[i] = Math.min(count - 1, Math.floor(((i + random.uniform()) * count) / MOST));
  return rows;
}

interface Rim {
  readonly rows: Uint32Array;
  /** Radius of the neighbourhood of each of them. */
  readonly reach: Float64Array;
}

function rimOf(points: Float32Array): Rim {
  const count = points.length / 3;
  if (count <= NEIGHBOURS) return { rows: new Uint32Array(0), reach: new Float64Array(0) };
  const search = searchOver(points, NEIGHBOURS);
  const { tree } = search;
  const around = new Around();
  const open = new Uint8Array(count);
  for (let at = 0; at < count; at++) {
    search.find(tree.points[3 * at]!, tree.points[3 * at + 1]!, tree.points[3 * at + 2]!, at);
    open[at] = around.freeAngle(search, at) > FREE_ANGLE ? 1 : 0;
  }
  const rows: number[] = [];
  const reach: number[] = [];
  for (let at = 0; at < count; at++) {
    if (open[at] === 0) continue;
    search.find(tree.points[3 * at]!, tree.points[3 * at + 1]!, tree.points[3 * at + 2]!, at);
    let inRow = 0;
    for (let j = 0; j < ROW; j++) inRow += open[search.rows[j]!]!;
    if (inRow < FEWEST_IN_ROW) continue;
    rows.push(tree.order[at]!);
    reach.push(Math.sqrt(search.distances[NEIGHBOURS - 1]!));
  }
  return { rows: Uint32Array.from(rows), reach: Float64Array.from(reach) };
}

/** The neighbours of one point, seen along the normal; holds its scratch. */
class Around {
  private readonly offsets = new Float64Array(3 * NEIGHBOURS);
  private readonly covariance = new Float64Array(9);
  private readonly vectors = new Float64Array(9);
  private readonly angles = new Float64Array(NEIGHBOURS);

  /** @param search after it found the neighbours @param at tree row of the point @returns radians; 0 for a heap of duplicates */
  freeAngle(search: KdSearch, at: number): number {
    const radius = Math.sqrt(search.distances[NEIGHBOURS - 1]!);
    if (!(radius > 0)) return 0;
    this.gather(search, at, radius);
    const normal = planeNormal(this.covariance, this.vectors);
    // Any two axes across the normal.
    const least = normal.map(Math.abs).indexOf(Math.min(...normal.map(Math.abs)));
    const axis = [0, 1, 2].map((d) => (d === least ? 1 : 0) - normal[least]! * normal[d]!);
    const length = Math.hypot(axis[0]!, axis[1]!, axis[2]!);
    const [ux, uy, uz] = [axis[0]! / length, axis[1]! / length, axis[2]! / length];
    const [nx, ny, nz] = normal;
    const [vx, vy, vz] = [ny * uz - nz * uy, nz * ux - nx * uz, nx * uy - ny * ux];
    let seen = 0;
    for (let j = 0; j < 3 * NEIGHBOURS; j += 3) {
      const [x, y, z] = [this.offsets[j]!, this.offsets[j + 1]!, this.offsets[j + 2]!];
      const [u, v] = [x * ux + y * uy + z * uz, x * vx + y * vy + z * vz];
      // Points at the same place lie in no direction.
      if (u * u + v * v > 1e-8) this.angles[seen++] = Math.atan2(v, u);
    }
    return seen < 3 ? 0 : widestGap(this.angles.subarray(0, seen).sort());
  }

  /** Offsets to the neighbours in units of their radius, and the covariance of all of them and the point. */
  private gather({ tree, rows }: KdSearch, at: number, radius: number): void {
    const { offsets, covariance } = this;
    const { points } = tree;
    const mean = [0, 0, 0];
    covariance.fill(0);
    for (let j = 0; j < NEIGHBOURS; j++) {
      const row = rows[j] === NONE ? at : rows[j]!;
      for (let d = 0; d < 3; d++) {
        offsets[3 * j + d] = (points[3 * row + d]! - points[3 * at + d]!) / radius;
        mean[d]! += offsets[3 * j + d]! / (NEIGHBOURS + 1);
      }
      for (let k = 0; k < 9; k++)
        covariance[k]! +=
          (offsets[3 * j + Math.floor(k / 3)]! * offsets[3 * j + (k % 3)]!) / (NEIGHBOURS + 1);
    }
    for (let k = 0; k < 9; k++) covariance[k]! -= mean[Math.floor(k / 3)]! * mean[k % 3]!;
  }
}

/** @param angles ascending, radians */
function widestGap(angles: Float64Array): number {
  let widest = angles[0]! + 2 * Math.PI - angles[angles.length - 1]!;
  for (let i = 1; i < angles.length; i++) widest = Math.max(widest, angles[i]! - angles[i - 1]!);
  return widest;
}
