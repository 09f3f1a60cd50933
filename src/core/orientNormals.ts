/**
 * Gives fitted normals a consistent sign. Best-first propagation over the neighbour graph (Hoppe et al.
 * 1992) with the mirror rule of Xie et al. 2003: along an edge in direction d, normal a continues as its
 * mirror image a - 2 (a.d) d. On a smooth patch that is a itself, over a sharp edge it turns the corner, and
 * between the two skins of a thin wall it changes sign, where comparing normals alone fails. Then every
 * connected part is turned outwards. Runs on the CPU for both backends: the propagation is sequential.
 */

import type { Neighbours } from './knn.ts';

/** Neighbours that carry the sign; more would only connect across gaps. */
export const ORIENT_NEIGHBOURS = 8;
/** Edges are taken in order of their cost, in steps of 1 / LEVELS. */
const LEVELS = 256;
/** A flux below this part of its largest possible value says nothing: the part is flat from there. */
const FLAT = 0.02;

/** Edges of the symmetric graph: `ends` of row i are links[starts[i] .. starts[i + 1]). */
interface Graph {
  readonly starts: Uint32Array;
  readonly links: Uint32Array;
}

function symmetricGraph(n: number, { k, rows }: Neighbours): Graph {
  const used = Math.min(k, ORIENT_NEIGHBOURS);
  const starts = new Uint32Array(n + 1);
  for (let i = 0; i < n; i++)
    for (let j = 0; j < used; j++) {
      starts[i + 1]!++;
      starts[rows[i * k + j]! + 1]!++;
    }
  for (let i = 0; i < n; i++) starts[i + 1]! += starts[i]!;
  const cursor = starts.slice();
  const links = new Uint32Array(2 * n * used);
  for (let i = 0; i < n; i++)
    for (let j = 0; j < used; j++) {
      const other = rows[i * k + j]!;
      links[cursor[i]!++] = other;
      links[cursor[other]!++] = i;
    }
  return { starts, links };
}

/** Rows waiting to be reached, in one doubly linked list per cost level; a row waits at most once. */
class LevelQueue {
  private readonly heads = new Int32Array(LEVELS).fill(-1);
  private readonly next: Int32Array;
  private readonly previous: Int32Array;
  private readonly levelOf: Int32Array;
  private lowest = LEVELS;
  constructor(rows: number) {
    this.next = new Int32Array(rows);
    this.previous = new Int32Array(rows);
    this.levelOf = new Int32Array(rows).fill(LEVELS);
  }
  /** Puts the row in, or moves it down. @returns whether this level is lower than where it waited */
  offer(row: number, level: number): boolean {
    if (level >= this.levelOf[row]!) return false;
    if (this.levelOf[row]! < LEVELS) this.unlink(row);
    const head = this.heads[level]!;
    this.next[row] = head;
    this.previous[row] = -1;
    if (head >= 0) this.previous[head] = row;
    this.heads[level] = row;
    this.levelOf[row] = level;
    this.lowest = Math.min(this.lowest, level);
    return true;
  }
  /** @returns a row of the lowest level, or -1 */
  take(): number {
    while (this.lowest < LEVELS && this.heads[this.lowest]! < 0) this.lowest++;
    if (this.lowest === LEVELS) return -1;
    const row = this.heads[this.lowest]!;
    this.unlink(row);
    // Below every level: it is never offered a place again.
    this.levelOf[row] = -1;
    return row;
  }
  private unlink(row: number): void {
    const before = this.previous[row]!;
    const after = this.next[row]!;
    if (before >= 0) this.next[before] = after;
    else this.heads[this.levelOf[row]!] = after;
    if (after >= 0) this.previous[after] = before;
  }
}

/**
 * Cost and sign of continuing the normal of row i at row j, see the file header.
 * @returns 2 level + (1 if the sign changes); a number, because this runs once per edge
 */
function continuation(points: Float32Array, normals: Float32Array, i: number, j: number): number {
  let length = 0;
  let same = 0;
  let a = 0;
  let b = 0;
  for (let d = 0; d < 3; d++) {
    const step = points[3 * j + d]! - points[3 * i + d]!;
    length += step * step;
    same += normals[3 * i + d]! * normals[3 * j + d]!;
    a += normals[3 * i + d]! * step;
    b += normals[3 * j + d]! * step;
  }
  // Coinciding points have no direction between them: plain comparison.
  const mirrored = length > 0 ? same - (2 * a * b) / length : same;
  const steep = length > 0 ? (Math.abs(a) + Math.abs(b)) / (2 * Math.sqrt(length)) : 0;
  // Steep edges come last: in a noisy scan one point can lie straight above another of the same skin.
  const cost = Math.max(1 - Math.abs(mirrored), steep);
  const level = Math.min(LEVELS - 1, Math.max(0, Math.floor(cost * LEVELS)));
  return 2 * level + (mirrored < 0 ? 1 : 0);
}

function flip(normals: Float32Array, row: number): void {
  for (let at = 3 * row; at < 3 * row + 3; at++) normals[at] = -normals[at]!;
}

/** Sum over the rows of n.(p - centre), and of |p - centre|. */
function flux(
  points: Float32Array,
  normals: Float32Array,
  part: Uint32Array,
  centre: readonly number[],
): { through: number; size: number } {
  let through = 0;
  let size = 0;
  for (const row of part) {
    let square = 0;
    for (let d = 0; d < 3; d++) {
      const from = points[3 * row + d]! - centre[d]!;
      square += from * from;
      through += from * normals[3 * row + d]!;
    }
    size += Math.sqrt(square);
  }
  return { through, size };
}

function centroid(points: Float32Array, rows: Uint32Array): number[] {
  const centre = [0, 0, 0];
  for (const row of rows) for (let d = 0; d < 3; d++) centre[d]! += points[3 * row + d]! / rows.length;
  return centre;
}

/**
 * By the divergence theorem the flux of p - c out of a closed surface is three times its volume, so its
 * sign tells outside from inside; on an open sheet it tells the convex side. All points vote, because
 * fits are worst exactly at the tips that lie furthest out. A part that is flat from its own centroid is
 * seen from that of the whole cloud; if it is flat from there too, the largest component of its mean normal
 * becomes positive.
 */
function turnOutwards(
  points: Float32Array,
  normals: Float32Array,
  part: Uint32Array,
  cloudCentre: readonly number[],
): void {
  const own = flux(points, normals, part, centroid(points, part));
  const seen = isFlat(own) ? flux(points, normals, part, cloudCentre) : own;
  let outward = seen.through;
  if (isFlat(seen)) {
    const sum = [0, 0, 0];
    for (const row of part) for (let d = 0; d < 3; d++) sum[d]! += normals[3 * row + d]!;
    outward = sum.reduce((a, b) => (Math.abs(b) > Math.abs(a) + 1e-6 * part.length ? b : a), 0);
  }
  if (outward < 0) for (const row of part) flip(normals, row);
}

function isFlat({ through, size }: { through: number; size: number }): boolean {
  return Math.abs(through) <= FLAT * size;
}

/**
 * Signs in place.
 * @param points [3N]; @param normals [3N] unit normals; @param neighbours of the same points
 */
export function orientNormals(points: Float32Array, normals: Float32Array, neighbours: Neighbours): void {
  const n = points.length / 3;
  const { starts, links } = symmetricGraph(n, neighbours);
  const centre = centroid(
    points,
    Uint32Array.from({ length: n }, (_, i) => i),
  );
  const queue = new LevelQueue(n);
  const flipAt = new Uint8Array(n);
  const reached = new Uint8Array(n);
  const part = new Uint32Array(n);
  for (let seed = 0; seed < n; seed++) {
    if (reached[seed] === 1) continue;
    queue.offer(seed, 0);
    let size = 0;
    for (let row = queue.take(); row >= 0; row = queue.take()) {
      reached[row] = 1;
      part[size++] = row;
      if (flipAt[row] === 1) flip(normals, row);
      for (let e = starts[row]!; e < starts[row + 1]!; e++) {
        const other = links[e]!;
        if (reached[other] === 1) continue;
        const step = continuation(points, normals, row, other);
        if (queue.offer(other, step >> 1)) flipAt[other] = step & 1;
      }
    }
    turnOutwards(points, normals, part.subarray(0, size), centre);
  }
}
