/**
 * Shapes drawn on the screen as masks of pixels: whatever the outline looks like, asking for a point is one
 * look-up, so that a lasso over a million points costs the same as a rectangle.
 */

/** Pixel 0 is the top left corner. */
export interface ScreenMask {
  readonly width: number;
  readonly height: number;
  /** [width * height] row by row, 1 = inside. */
  readonly inside: Uint8Array;
}

/** [2M] x, y in pixels from the top left corner. */
export type ScreenPath = Float32Array | readonly number[];

export function emptyMask(width: number, height: number): ScreenMask {
  return { width, height, inside: new Uint8Array(width * height) };
}

/** @returns the pixels whose centre lies in the rectangle between two corners */
export function rectangleMask(
  size: readonly [number, number],
  [x0, y0]: readonly [number, number],
  [x1, y1]: readonly [number, number],
): ScreenMask {
  return polygonMask(size, [x0, y0, x1, y0, x1, y1, x0, y1]);
}

/**
 * Even-odd rule, as drawn outlines are understood where they cross themselves; open ends are joined.
 * @returns the pixels whose centre lies inside
 */
export function polygonMask([width, height]: readonly [number, number], path: ScreenPath): ScreenMask {
  const mask = emptyMask(width, height);
  const corners = path.length / 2;
  if (corners < 3) return mask;
  const crossings: number[] = [];
  for (let row = 0; row < height; row++) {
    const y = row + 0.5;
    crossings.length = 0;
    for (let i = 0, j = corners - 1; i < corners; j = i++) {
      const yi = path[2 * i + 1]!;
      const yj = path[2 * j + 1]!;
      // Half open, so that a corner on the line counts once.
      if (yi <= y === yj <= y) continue;
      const xi = path[2 * i]!;
      crossings.push(xi + ((y - yi) / (yj - yi)) * (path[2 * j]! - xi));
    }
    crossings.sort((a, b) => a - b);
    for (let c = 0; c + 1 < crossings.length; c += 2) fillRow(mask, row, crossings[c]!, crossings[c + 1]!);
  }
  return mask;
}

function fillRow({ width, inside }: ScreenMask, row: number, from: number, to: number): void {
  const first = Math.max(0, Math.ceil(from - 0.5));
  const behind = Math.min(width, Math.ceil(to - 0.5));
  if (behind > first) inside.fill(1, row * width + first, row * width + behind);
}

/** Adds the pixels within `radius` of the way from one place to another: a brush that was moved. */
export function addStroke(
  mask: ScreenMask,
  [x0, y0]: readonly [number, number],
  [x1, y1]: readonly [number, number],
  radius: number,
): void {
  const { width, height, inside } = mask;
  const dx = x1 - x0;
  const dy = y1 - y0;
  const length = dx * dx + dy * dy;
  const left = Math.max(0, Math.floor(Math.min(x0, x1) - radius));
  const right = Math.min(width - 1, Math.ceil(Math.max(x0, x1) + radius));
  const top = Math.max(0, Math.floor(Math.min(y0, y1) - radius));
  const bottom = Math.min(height - 1, Math.ceil(Math.max(y0, y1) + radius));
  for (let row = top; row <= bottom; row++)
    for (let column = left; column <= right; column++) {
      const px = column + 0.5 - x0;
      const py = row + 0.5 - y0;
      const t = length === 0 ? 0 : Math.min(1, Math.max(0, (px * dx + py * dy) / length));
      const ox = px - t * dx;
      const oy = py - t * dy;
      if (ox * ox + oy * oy <= radius * radius) inside[row * width + column] = 1;
    }
}
