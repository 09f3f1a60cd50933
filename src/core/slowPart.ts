/**
 * What of a scan's distances from the reference varies slowly over the surface: another size, a slight twist.
 * Around each place a shift is fitted to the distances along the normals, robustly, so that a defect hardly
 * pulls it along; what it leaves is local.
 */

import { buildKdTree } from './kdTree.ts';
import { type ThinnedCloud, thin } from './orientedCloud.ts';
import { RangeSearch } from './rangeSearch.ts';
import { solveCholesky } from './registration/eigen.ts';

/** Places are this far apart, and each looks around this far; model units. */
const CELL = 0.06;
const REACH = 0.2;
/** Tukey's constant for 95 % efficiency on normal residuals, times the MAD's factor for a deviation. */
const TUKEY = 4.685 * 1.4826;
/** Distances below it are never down-weighted: the noise of a mean. Model units. */
const FLOOR = 0.001;
const ITERATIONS = 3;
/** Part of the mean diagonal added to it: along a flat face nothing tells the shift. */
const DAMPING = 0.02;
const MOST_AROUND = 1024;

/** Scratch of one place, so that nothing is allocated per place. */
interface Around {
  count: number;
  /** [3M] directions of the distances, and their weights by nearness. */
  readonly directions: Float64Array;
  readonly lengths: Float64Array;
  readonly weights: Float64Array;
  readonly misfits: Float64Array;
}

function gather(means: Float32Array, search: RangeSearch, found: number, around: Around): void {
  around.count = 0;
  for (let j = 0; j < found; j++) {
    const at = 3 * search.rows[j]!;
    const [x, y, z] = [means[at]!, means[at + 1]!, means[at + 2]!];
    const length = Math.sqrt(x * x + y * y + z * z);
    if (length < 1e-7) continue;
    const k = around.count++;
    around.directions[3 * k] = x / length;
    around.directions[3 * k + 1] = y / length;
    around.directions[3 * k + 2] = z / length;
    around.lengths[k] = length;
    around.weights[k] = Math.exp((-2 * search.distances[j]!) / (REACH * REACH));
  }
}

/** Solves for the shift whose parts along the directions are the lengths. */
function fitShift({ count, directions, lengths, weights, misfits }: Around, shift: Float64Array): void {
  shift.fill(0);
  const a = new Float64Array(9);
  for (let pass = 0; pass < ITERATIONS; pass++) {
    for (let k = 0; k < count; k++) {
      const along =
        directions[3 * k]! * shift[0]! +
        directions[3 * k + 1]! * shift[1]! +
        directions[3 * k + 2]! * shift[2]!;
      misfits[k] = lengths[k]! - along;
    }
    const sizes = misfits.slice(0, count).map(Math.abs).sort();
    const cut = pass === 0 ? Infinity : TUKEY * Math.max(FLOOR, sizes[count >> 1]!);
    a.fill(0);
    shift.fill(0);
    for (let k = 0; k < count; k++) {
      const u = misfits[k]! / cut;
      if (Math.abs(u) >= 1) continue;
      const w = weights[k]! * (1 - u * u) ** 2;
      for (let p = 0; p < 3; p++) {
        shift[p]! += w * directions[3 * k + p]! * lengths[k]!;
        for (let q = 0; q < 3; q++) a[3 * p + q]! += w * directions[3 * k + p]! * directions[3 * k + q]!;
      }
    }
    const damping = DAMPING * (a[0]! + a[4]! + a[8]!) + Number.MIN_VALUE;
    for (let p = 0; p < 3; p++) a[4 * p]! += damping;
    solveCholesky(a, shift);
  }
}

/** [3M] the shift at each place. */
function shifts({ points }: ThinnedCloud, means: Float32Array): Float32Array {
  const search = new RangeSearch(buildKdTree(points), MOST_AROUND);
  const room = (width: number) => new Float64Array(width * MOST_AROUND);
  const around: Around = {
    count: 0,
    directions: room(3),
    lengths: room(1),
    weights: room(1),
    misfits: room(1),
  };
  const found = new Float32Array(points.length);
  const shift = new Float64Array(3);
  for (let at = 0; at < points.length; at += 3) {
    const near = search.find(points[at]!, points[at + 1]!, points[at + 2]!, REACH);
    gather(means, search, near, around);
    fitShift(around, shift);
    found.set(shift, at);
  }
  return found;
}

/** Shifts that vary slowly over the surface. */
export interface ShiftField {
  readonly places: ThinnedCloud;
  /** [3M] of the places. */
  readonly shifts: Float32Array;
}

/** @param points [3N] in the reference's frame; @param smooth [3N] distances from the reference, averaged */
export function shiftField(points: Float32Array, smooth: Float32Array): ShiftField {
  const n = points.length / 3;
  const places = thin({ points, normals: points }, CELL);
  const means = new Float32Array(places.points.length);
  for (let i = 0; i < n; i++) {
    const place = places.of[i]!;
    for (let d = 0; d < 3; d++) means[3 * place + d]! += smooth[3 * i + d]! / places.counts[place]!;
  }
  return { places, shifts: shifts(places, means) };
}

/**
 * @param points [3N] in the reference's frame; @param smooth [3N] distances from the reference, averaged
 * @returns [3N] the slow part of the distances, along them
 */
export function slowPart(points: Float32Array, smooth: Float32Array): Float32Array {
  const n = points.length / 3;
  const { places, shifts: shift } = shiftField(points, smooth);
  const slow = new Float32Array(3 * n);
  for (let i = 0; i < n; i++) {
    const [x, y, z] = [smooth[3 * i]!, smooth[3 * i + 1]!, smooth[3 * i + 2]!];
    const square = x * x + y * y + z * z;
    if (square === 0) continue;
    const at = 3 * places.of[i]!;
    const along = (x * shift[at]! + y * shift[at + 1]! + z * shift[at + 2]!) / square;
    slow[3 * i] = x * along;
    slow[3 * i + 1] = y * along;
    slow[3 * i + 2] = z * along;
  }
  return slow;
}
