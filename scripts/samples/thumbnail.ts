/** Pictures for the gallery: the scan's points as shaded discs on a dark ground, drawn in software. */

import type { Vec3 } from '../../src/core/types.ts';
import { encodePng } from './encode.ts';
import type { Scan } from './scanner.ts';
import { add, dot, normalise, tangentFrame } from './sdf.ts';

export const THUMBNAIL = { width: 240, height: 160 } as const;
/** Drawn this many times larger, then averaged down. */
const OVERSAMPLE = 3;
const GROUND = [24, 26, 30] as const;
const LIGHT = [226, 230, 235] as const;

/** From ground (0) to fully lit (255). */
const PALETTE = Uint8Array.from({ length: 768 }, (_, i) => {
  const axis = (i % 3) as 0 | 1 | 2;
  return Math.round(GROUND[axis] + ((LIGHT[axis] - GROUND[axis]) * Math.floor(i / 3)) / 255);
});

interface Camera {
  /** Unit vectors to the right, up, and towards the viewer. */
  readonly right: Vec3;
  readonly up: Vec3;
  readonly view: Vec3;
}

/** Looks along -view with z up (unless looking straight along z). */
function camera(direction: Vec3): Camera {
  const view = normalise(direction);
  // tangentFrame crosses z with the view first, so its first vector is horizontal.
  const [right, up] = tangentFrame(view);
  return { right, up, view };
}

/** Radius of a point's disc over the part's radius: closes the surface at the density of the samples. */
const DISC = 0.036;

/** @param view direction to the viewer, part frame */
export function thumbnail(scan: Scan, centre: Vec3, radius: number, view: Vec3): Uint8Array {
  const eye = camera(view);
  const { right, up, view: towards } = eye;
  const canvas = new Canvas(THUMBNAIL.width * OVERSAMPLE, THUMBNAIL.height * OVERSAMPLE);
  const scale = (0.5 * canvas.height) / radius;
  const key = normalise(add(add(add([0, 0, 0], towards, 0.5), up, 0.7), right, -0.4));
  for (let i = 0; i < scan.surface.length; i += 3) {
    const [x, y, z] = scan.surface.subarray(i, i + 3);
    const p = add([x!, y!, z!], centre, -1);
    const n: Vec3 = [scan.normals[i]!, scan.normals[i + 1]!, scan.normals[i + 2]!];
    const facing = dot(n, towards);
    if (facing <= 0.02) continue;
    canvas.splat({
      x: 0.5 * canvas.width + scale * dot(p, right),
      y: 0.5 * canvas.height - scale * dot(p, up),
      z: scale * dot(p, towards),
      tiltX: dot(n, right) / facing,
      tiltY: -dot(n, up) / facing,
      radius: DISC * radius * scale,
      lit: 0.16 + 0.52 * Math.max(0, dot(n, key)) + 0.3 * facing,
    });
  }
  return encodePng(THUMBNAIL.width, THUMBNAIL.height, average(canvas.shade, canvas.width), PALETTE);
}

/** A disc in pixels; depth at an offset (dx, dy) from its middle is z - tiltX dx - tiltY dy. */
interface Disc {
  readonly x: number;
  readonly y: number;
  readonly z: number;
  readonly tiltX: number;
  readonly tiltY: number;
  readonly radius: number;
  readonly lit: number;
}

class Canvas {
  readonly width: number;
  readonly height: number;
  readonly shade: Float32Array;
  private readonly depth: Float32Array;

  constructor(width: number, height: number) {
    this.width = width;
    this.height = height;
    this.shade = new Float32Array(width * height);
    this.depth = new Float32Array(width * height).fill(Number.NEGATIVE_INFINITY);
  }

  splat({ x: cx, y: cy, z, tiltX, tiltY, radius: r, lit }: Disc): void {
    for (let y = Math.max(0, Math.ceil(cy - r)); y <= Math.min(this.height - 1, cy + r); y++)
      for (let x = Math.max(0, Math.ceil(cx - r)); x <= Math.min(this.width - 1, cx + r); x++) {
        const dx = x - cx;
        const dy = y - cy;
        const rise = -tiltX * dx - tiltY * dy;
        const away = (dx * dx + dy * dy + rise * rise) / (r * r);
        // Each disc is a shallow cone, so neighbouring discs meet half way between their points.
        const depth = z + rise - 0.5 * r * away;
        const at = y * this.width + x;
        if (away <= 1 && depth > this.depth[at]!) {
          this.depth[at] = depth;
          this.shade[at] = lit;
        }
      }
  }
}

/** Mean over blocks of OVERSAMPLE x OVERSAMPLE, as palette rows. */
function average(shade: Float32Array, width: number): Uint8Array {
  const out = new Uint8Array(THUMBNAIL.width * THUMBNAIL.height);
  for (let y = 0; y < THUMBNAIL.height; y++)
    for (let x = 0; x < THUMBNAIL.width; x++) {
      let sum = 0;
      for (let dy = 0; dy < OVERSAMPLE; dy++)
        for (let dx = 0; dx < OVERSAMPLE; dx++)
          sum += shade[(y * OVERSAMPLE + dy) * width + x * OVERSAMPLE + dx]!;
      const mean = sum / (OVERSAMPLE * OVERSAMPLE);
      // 48 grey levels are enough to the eye and halve the file.
      out[y * THUMBNAIL.width + x] = Math.min(255, Math.round(mean * 48) * 5);
    }
  return out;
}
