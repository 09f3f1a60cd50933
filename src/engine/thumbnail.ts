/** A small picture of a scan for lists: points from above at an angle, nearer ones brighter. No GPU. */

import { modelFrame } from '../core/frame.ts';
import type { PointCloud } from '../core/types.ts';

const SIZE = 128;
/** Half the width of a point, pixels. */
const DOT = 1;
/** Turn about z, then tilt: the part is seen from the front, the right and above. */
const TURN = -0.6;
const TILT = 1.05;

/** @returns a data: URL; null where there is nothing to draw on (Node) */
export async function drawThumbnail({ positions, name }: PointCloud): Promise<string | null> {
  if (typeof OffscreenCanvas === 'undefined') return null;
  const { centre, radius } = modelFrame(positions, name);
  const depth = new Float32Array(SIZE * SIZE).fill(Number.NEGATIVE_INFINITY);
  for (let i = 0; i < positions.length; i += 3) {
    const x = (positions[i]! - centre[0]) / radius;
    const y = (positions[i + 1]! - centre[1]) / radius;
    const z = (positions[i + 2]! - centre[2]) / radius;
    const right = x * Math.cos(TURN) - y * Math.sin(TURN);
    const away = x * Math.sin(TURN) + y * Math.cos(TURN);
    const up = away * Math.cos(TILT) + z * Math.sin(TILT);
    splat(depth, right, up, z * Math.cos(TILT) - away * Math.sin(TILT));
  }
  const canvas = new OffscreenCanvas(SIZE, SIZE);
  canvas.getContext('2d')!.putImageData(paint(depth), 0, 0);
  const bytes = new Uint8Array(await (await canvas.convertToBlob({ type: 'image/png' })).arrayBuffer());
  return `data:image/png;base64,${btoa(String.fromCharCode(...bytes))}`;
}

function splat(depth: Float32Array, right: number, up: number, near: number): void {
  const column = Math.round(SIZE * (0.5 + 0.46 * right));
  const row = Math.round(SIZE * (0.5 - 0.46 * up));
  for (let r = Math.max(0, row - DOT); r <= Math.min(SIZE - 1, row + DOT); r++)
    for (let c = Math.max(0, column - DOT); c <= Math.min(SIZE - 1, column + DOT); c++)
      depth[r * SIZE + c] = Math.max(depth[r * SIZE + c]!, near);
}

/** Grey on nothing, so that it fits every theme. */
function paint(depth: Float32Array): ImageData {
  const image = new ImageData(SIZE, SIZE);
  depth.forEach((near, at) => {
    if (near === Number.NEGATIVE_INFINITY) return;
    const grey = 110 + 90 * (near + 1) * 0.5;
    image.data.set([grey, grey, grey, 255], 4 * at);
  });
  return image;
}
