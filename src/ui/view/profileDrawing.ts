/** A profile as a picture: on a canvas for the page and PNG, as SVG for documents. */

import { COLOUR_TABLE_SIZE } from '../../core/colourMaps.ts';
import { roundLength } from '../../core/measure.ts';
import type { Profile } from '../../core/sections.ts';
import { formatLength, type LengthUnit } from '../../studio/units.ts';
import type { SectionId } from '../../studio/viewToolState.ts';

/** How scores become colours, model units; `score` is null for a scan that is not scored. */
export interface ProfileColours {
  readonly score: Float32Array | null;
  /** [4 * 256] RGBA. */
  readonly table: Uint8Array;
  readonly low: number;
  readonly high: number;
  readonly threshold: number;
  /** Of points at or below the threshold, any CSS colour. */
  readonly neutral: string;
}

/** What part of the profile is seen: `x = (u - left) * scale`, `y = (top - v) * scale`. */
export interface ProfileWindow {
  readonly left: number;
  readonly top: number;
  /** Pixels per unit, the same in both directions. */
  readonly scale: number;
}

/** Air around the profile, pixels; more below, for the scale bar. */
const MARGIN = { side: 14, top: 12, bottom: 34 };

/** Bin of points without a colour of the map. */
const NEUTRAL = COLOUR_TABLE_SIZE;

/** @returns the window in which the whole profile is seen */
export function wholeProfile({ u, v }: Profile, width: number, height: number): ProfileWindow {
  let [left, right, bottom, top] = [Infinity, -Infinity, Infinity, -Infinity];
  for (let i = 0; i < u.length; i++) {
    left = Math.min(left, u[i]!);
    right = Math.max(right, u[i]!);
    bottom = Math.min(bottom, v[i]!);
    top = Math.max(top, v[i]!);
  }
  if (!(right >= left)) return { left: 0, top: 0, scale: 1 };
  const [wide, high] = [
    Math.max(1, width - 2 * MARGIN.side),
    Math.max(1, height - MARGIN.top - MARGIN.bottom),
  ];
  const fitting = Math.min(wide / (right - left), high / (top - bottom));
  const scale = Number.isFinite(fitting) && fitting > 0 ? fitting : 1;
  return {
    left: (left + right) / 2 - width / 2 / scale,
    top: (top + bottom) / 2 + (MARGIN.top + high / 2) / scale,
    scale,
  };
}

/** @param factor above 1 comes closer @param x @param y pixels that stay where they are */
export function zoomed(
  { left, top, scale }: ProfileWindow,
  factor: number,
  x: number,
  y: number,
): ProfileWindow {
  const next = scale * factor;
  return { left: left + x / scale - x / next, top: top - y / scale + y / next, scale: next };
}

/** @returns [P] entry of the colour table of each point, 256 = neutral */
function binsOf({ rows }: Profile, { score, low, high, threshold }: ProfileColours): Uint16Array {
  const bins = new Uint16Array(rows.length).fill(NEUTRAL);
  if (score === null) return bins;
  // The heatmap compares float32 values.
  const limit = Math.fround(threshold);
  rows.forEach((row, i) => {
    const value = score[row]!;
    if (value <= limit) return;
    const share = Math.min(1, Math.max(0, (value - low) / (high - low)));
    bins[i] = Math.min(COLOUR_TABLE_SIZE - 1, Math.floor(share * COLOUR_TABLE_SIZE));
  });
  return bins;
}

/** Points by colour, the neutral ones first, so that defects lie on top. */
function* byColour(
  profile: Profile,
  colours: ProfileColours,
): Generator<readonly [colour: string, points: readonly number[]]> {
  const groups = new Map<number, number[]>();
  binsOf(profile, colours).forEach((bin, i) => {
    const group = groups.get(bin);
    if (group === undefined) groups.set(bin, [i]);
    else group.push(i);
  });
  const { table, neutral } = colours;
  const order = [...groups.keys()].sort((a, b) => (a === NEUTRAL ? -1 : b === NEUTRAL ? 1 : a - b));
  for (const bin of order) {
    const at = 4 * bin;
    yield [
      bin === NEUTRAL ? neutral : `rgb(${table[at]} ${table[at + 1]} ${table[at + 2]})`,
      groups.get(bin)!,
    ];
  }
}

/** Edge of a point, pixels: few points are drawn larger. */
function dotSize(count: number): number {
  return count > 8000 ? 1.6 : count > 1500 ? 2.2 : 3;
}

/** @param context of a canvas scaled so that its units are CSS pixels */
export function drawProfile(
  context: CanvasRenderingContext2D,
  profile: Profile,
  colours: ProfileColours,
  { left, top, scale }: ProfileWindow,
): void {
  const size = dotSize(profile.rows.length);
  for (const [colour, points] of byColour(profile, colours)) {
    context.fillStyle = colour;
    for (const i of points) {
      const x = (profile.u[i]! - left) * scale;
      const y = (top - profile.v[i]!) * scale;
      context.fillRect(x - size / 2, y - size / 2, size, size);
    }
  }
}

/** A length of round numbers that fits a third of the width. */
export function scaleBar(width: number, { scale }: ProfileWindow): { length: number; pixels: number } {
  const length = roundLength(width / 3 / scale);
  return { length, pixels: length * scale };
}

export interface ProfileTexts {
  /** Names of the directions to the right and up. */
  readonly across: string;
  readonly up: string;
  /** Length of the scale bar in words. */
  readonly bar: string;
}

const AXIS_NAMES = ['X', 'Y', 'Z'] as const;

/** @param width of the drawing, pixels @returns the texts for a window of it */
export function profileTexts(
  id: SectionId,
  { across, up }: Profile,
  unit: LengthUnit,
  width: number,
): (window: ProfileWindow) => ProfileTexts {
  const name = (direction: readonly number[], other: string) =>
    AXIS_NAMES.find((_, axis) => id !== 'free' && direction[axis]! > 0.999) ?? other;
  return (window) => ({
    across: name(across, 'across'),
    up: name(up, 'up'),
    bar: formatLength(scaleBar(width, window).length, unit, 1),
  });
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

/** @returns a whole SVG document on white */
export function profileSvg(
  profile: Profile,
  colours: ProfileColours,
  window: ProfileWindow,
  { width, height }: { readonly width: number; readonly height: number },
  texts: ProfileTexts & { readonly title: string },
): string {
  const size = dotSize(profile.rows.length);
  const paths: string[] = [];
  for (const [colour, points] of byColour(profile, colours)) {
    const squares = points.map((i) => {
      const x = (profile.u[i]! - window.left) * window.scale - size / 2;
      const y = (window.top - profile.v[i]!) * window.scale - size / 2;
      return `M${x.toFixed(1)} ${y.toFixed(1)}h${size}v${size}h-${size}z`;
    });
    paths.push(`<path fill="${colour}" d="${squares.join('')}"/>`);
  }
  const bar = scaleBar(width, window);
  const end = (width - MARGIN.side).toFixed(1);
  const start = (width - MARGIN.side - bar.pixels).toFixed(1);
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" font-family="sans-serif" font-size="12">`,
    `<title>${escaped(texts.title)}</title>`,
    `<rect width="${width}" height="${height}" fill="#fff"/>`,
    ...paths,
    `<path stroke="#000" stroke-width="2" d="M${start} ${height - 12}H${end}"/>`,
    `<text x="${end}" y="${height - 18}" text-anchor="end">${escaped(texts.bar)}</text>`,
    `<text x="${MARGIN.side}" y="${height - 10}">${escaped(texts.title)}; right: ${escaped(texts.across)}, up: ${escaped(texts.up)}</text>`,
    '</svg>',
    '',
  ].join('\n');
}

/** @returns the place in the profile of the point nearest to a pixel, -1 when none is within `reach` pixels */
export function nearestInProfile(
  { u, v }: Profile,
  { left, top, scale }: ProfileWindow,
  x: number,
  y: number,
  reach: number,
): number {
  let best = -1;
  let least = reach * reach;
  for (let i = 0; i < u.length; i++) {
    const dx = (u[i]! - left) * scale - x;
    const dy = (top - v[i]!) * scale - y;
    const square = dx * dx + dy * dy;
    if (square > least) continue;
    least = square;
    best = i;
  }
  return best;
}
