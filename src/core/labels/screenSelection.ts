/** Which points of a cloud lie under a mask of the screen, through the part or only where it is seen. */

import type { ScreenMask } from './screenMask.ts';

/** How a cloud is projected. */
export interface ScreenView {
  /** [16] column-major, source units (relative to the cloud's origin) -> clip space. */
  readonly toClip: ArrayLike<number>;
  /** CSS pixels. */
  readonly width: number;
  readonly height: number;
}

/** Screen place and depth of one point, reused. */
interface Projected {
  x: number;
  y: number;
  /** -1 near to 1 far; NaN outside the view's depth. */
  depth: number;
}

function project(
  { toClip: m, width, height }: ScreenView,
  positions: Float32Array,
  i: number,
  into: Projected,
): boolean {
  const x = positions[3 * i]!;
  const y = positions[3 * i + 1]!;
  const z = positions[3 * i + 2]!;
  const w = m[3]! * x + m[7]! * y + m[11]! * z + m[15]!;
  if (!(w > 0)) return false;
  into.depth = (m[2]! * x + m[6]! * y + m[10]! * z + m[14]!) / w;
  if (!(into.depth >= -1 && into.depth <= 1)) return false;
  into.x = ((m[0]! * x + m[4]! * y + m[8]! * z + m[12]!) / w + 1) * 0.5 * width;
  into.y = (1 - (m[1]! * x + m[5]! * y + m[9]! * z + m[13]!) / w) * 0.5 * height;
  return into.x >= 0 && into.x < width && into.y >= 0 && into.y < height;
}

/**
 * @param positions [3N] source units
 * @param candidates [N] 0 = never selected (hidden, behind a section plane); null = all
 * @returns [N] 1 = under the mask
 */
export function selectUnderMask(
  positions: Float32Array,
  view: ScreenView,
  mask: ScreenMask,
  candidates: Uint8Array | null = null,
): Uint8Array {
  const selected = new Uint8Array(positions.length / 3);
  const at: Projected = { x: 0, y: 0, depth: 0 };
  const sx = mask.width / view.width;
  const sy = mask.height / view.height;
  for (let i = 0; i < selected.length; i++) {
    if (candidates !== null && candidates[i] === 0) continue;
    if (!project(view, positions, i, at)) continue;
    selected[i] = mask.inside[Math.floor(at.y * sy) * mask.width + Math.floor(at.x * sx)]!;
  }
  return selected;
}

/**
 * Points that are not behind others, told from a coarse depth picture of the points themselves: each covers
 * a square as large as it is drawn.
 * @param pointPixels drawn diameter of a point, CSS pixels
 * @param tolerance how much further than the nearest point of its square a point may lie and still be seen,
 * source units along the view; a few point spacings, so that slanted surfaces stay whole
 * @param mask only those under it are asked for; null = all
 * @returns [N] 1 = seen
 */
export function visiblePoints(
  positions: Float32Array,
  view: ScreenView,
  pointPixels: number,
  tolerance: number,
  mask: ScreenMask | null = null,
): Uint8Array {
  const cell = Math.max(2, pointPixels);
  const columns = Math.ceil(view.width / cell);
  const nearest = new Float32Array(columns * Math.ceil(view.height / cell)).fill(Infinity);
  const seen = new Uint8Array(positions.length / 3);
  const distances = new Float32Array(seen.length);
  const squares = new Uint32Array(seen.length);
  const [a, b, c, d] = alongView(view);
  const at: Projected = { x: 0, y: 0, depth: 0 };
  const [sx, sy] = mask === null ? [0, 0] : [mask.width / view.width, mask.height / view.height];
  // Squares that do not touch the mask are nobody's business.
  const { left, right, top, bottom } = mask === null ? EVERYWHERE : boundsOf(mask, sx, sy, cell);
  for (let i = 0; i < seen.length; i++) {
    if (!project(view, positions, i, at)) continue;
    const { x, y } = at;
    if (x < left || x > right || y < top || y > bottom) continue;
    const square = Math.floor(y / cell) * columns + Math.floor(x / cell);
    const distance = a * positions[3 * i]! + b * positions[3 * i + 1]! + c * positions[3 * i + 2]! + d;
    if (distance < nearest[square]!) nearest[square] = distance;
    if (mask !== null && mask.inside[Math.floor(y * sy) * mask.width + Math.floor(x * sx)] === 0) continue;
    distances[i] = distance;
    // 0 is a point that nobody asks for.
    squares[i] = square + 1;
  }
  for (let i = 0; i < seen.length; i++) {
    const square = squares[i]!;
    if (square > 0 && distances[i]! <= nearest[square - 1]! + tolerance) seen[i] = 1;
  }
  return seen;
}

/** CSS pixels. */
interface Bounds {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

const EVERYWHERE: Bounds = {
  left: Number.NEGATIVE_INFINITY,
  right: Number.POSITIVE_INFINITY,
  top: Number.NEGATIVE_INFINITY,
  bottom: Number.POSITIVE_INFINITY,
};

/** Around all that is inside, and one square more. @param sx, sy pixels of the mask per CSS pixel */
function boundsOf({ width, height, inside }: ScreenMask, sx: number, sy: number, square: number): Bounds {
  let [left, right, top, bottom] = [width, -1, height, -1];
  for (let row = 0; row < height; row++) {
    const pixels = inside.subarray(row * width, (row + 1) * width);
    const first = pixels.indexOf(1);
    if (first < 0) continue;
    left = Math.min(left, first);
    right = Math.max(right, pixels.lastIndexOf(1));
    top = Math.min(top, row);
    bottom = row;
  }
  return {
    left: left / sx - square,
    right: (right + 1) / sx + square,
    top: top / sy - square,
    bottom: (bottom + 1) / sy + square,
  };
}

/**
 * [4] the distance along the view, source units up to a constant, is a x + b y + c z + d. In perspective clip w grows
 * by one with each unit of the camera; orthographic views have w = 1 everywhere, and there depth grows evenly.
 */
function alongView({ toClip: m }: ScreenView): readonly [number, number, number, number] {
  const perspective = Math.hypot(m[3]!, m[7]!, m[11]!);
  const row = perspective === 0 ? 2 : 3;
  const scale = perspective === 0 ? m[15]! * Math.hypot(m[2]!, m[6]!, m[10]!) : perspective;
  return [m[row]! / scale, m[row + 4]! / scale, m[row + 8]! / scale, m[row + 12]! / scale];
}
