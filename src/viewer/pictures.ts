/** Pictures of a scan from several sides, for a report: the view on the screen stays as it is. */

import type { Vec3 } from '../core/types.ts';
import type { Spot } from './screenPlace.ts';

/** From where a picture is taken, axes of the scan. */
export interface Shot {
  /** From the scan towards the camera; its length does not matter. */
  readonly direction: Vec3;
  /** What fills the picture; null = the whole scan. Source units, relative to the cloud's origin. */
  readonly place: { readonly centre: Vec3; readonly extent: number } | null;
}

/** A numbered mark on the pictures. */
export interface PictureMark {
  readonly place: Vec3;
  /** Outward there: a mark on the far side is not drawn. */
  readonly normal: Vec3;
  readonly text: string;
}

export interface PictureFrame {
  /** Pixels. */
  readonly width: number;
  readonly height: number;
  readonly marks: readonly PictureMark[];
}

/** What a picture needs to know of the view. */
export interface PictureStage {
  readonly source: HTMLCanvasElement;
  locate(place: Vec3, normal: Vec3): Spot | null;
}

const MARK_RADIUS = 17;
const QUALITY = 0.88;

/** Copies the drawn view with the marks over it. @returns JPEG; the copy is made before this returns */
export function takePicture({ source, locate }: PictureStage, frame: PictureFrame): Promise<Uint8Array> {
  const { width, height, marks } = frame;
  const canvas = new OffscreenCanvas(width, height);
  const pen = canvas.getContext('2d');
  pen?.drawImage(source, 0, 0, width, height);
  for (const { place, normal, text } of marks) {
    const spot = locate(place, normal);
    if (spot === null || pen === null || !spot.facing) continue;
    if (spot.x < 0 || spot.y < 0 || spot.x > width || spot.y > height) continue;
    pen.beginPath();
    pen.arc(spot.x, spot.y - MARK_RADIUS, MARK_RADIUS, 0, 2 * Math.PI);
    pen.fillStyle = '#16202b';
    pen.fill();
    pen.lineWidth = 2;
    pen.strokeStyle = '#ffffff';
    pen.stroke();
    pen.fillStyle = '#ffffff';
    pen.font = `600 ${MARK_RADIUS * 1.2}px sans-serif`;
    pen.textAlign = 'center';
    pen.textBaseline = 'middle';
    pen.fillText(text, spot.x, spot.y - MARK_RADIUS);
  }
  return canvas
    .convertToBlob({ type: 'image/jpeg', quality: QUALITY })
    .then(async (blob) => new Uint8Array(await blob.arrayBuffer()));
}
