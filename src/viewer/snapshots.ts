/** Files and small pictures made of a view: it is drawn for them once, and then is as it was. */

import { Vector3 } from 'three';
import type { Vec3 } from '../core/types.ts';
import type { Drawing, ViewerTheme } from './drawing.ts';
import { type PictureFrame, type Shot, takePicture } from './pictures.ts';
import type { PointLayer } from './pointLayer.ts';
import { spotOf } from './screenPlace.ts';

/** @returns JPEG files in the order of the shots; none while no scan is shown */
export async function takeShots(
  drawing: Drawing,
  shots: readonly Shot[],
  theme: ViewerTheme,
  frame: PictureFrame,
): Promise<Uint8Array[]> {
  const { renderer, surface, rig, painter, shown, theme: before } = drawing;
  const { layer } = shown;
  if (layer === null) return [];
  const { width, height } = frame;
  const taken: Promise<Uint8Array>[] = [];
  const stage = {
    source: drawing.canvas,
    locate: (place: Vec3, normal: Vec3) => spotOf(shown, rig.lens(), { place, normal }, [width, height]),
  };
  drawing.setTheme(theme);
  rig.aside([width, height], () => {
    renderer.setPixelRatio(1);
    renderer.setSize(width, height, false);
    surface.setSize(width, height, 1);
    for (const { direction, place } of shots) {
      rig.aim(direction, place === null ? null : inWorld(layer, place));
      drawing.setOptics();
      painter.drawWhole(layer);
      taken.push(takePicture(stage, frame));
    }
  });
  if (before !== null) drawing.setTheme(before);
  drawing.resize();
  return Promise.all(taken);
}

/** @returns `data:` address, the middle of the view cut to the given size */
export function thumbnailOf(drawing: Drawing, width: number, height: number): string {
  // Drawn and read in one task: afterwards the browser throws the picture away.
  drawing.drawWhole();
  const source = drawing.canvas;
  const scale = Math.max(width / source.width, height / source.height);
  const canvas = document.createElement('canvas');
  canvas.width = width;
  canvas.height = height;
  const [w, h] = [source.width * scale, source.height * scale];
  canvas.getContext('2d')?.drawImage(source, (width - w) / 2, (height - h) / 2, w, h);
  return canvas.toDataURL('image/jpeg', 0.85);
}

/**
 * @param ratio pixels per CSS pixel @param theme other colours for it; null = those of the page
 * @returns a canvas of its own
 */
export function pictureOf(drawing: Drawing, ratio: number, theme: ViewerTheme | null): HTMLCanvasElement {
  const before = drawing.theme;
  const canvas = document.createElement('canvas');
  try {
    if (theme !== null) drawing.setTheme(theme);
    drawing.setResolution(ratio);
    // Drawn and read in one task: afterwards the browser throws the picture away.
    drawing.drawWhole();
    const source = drawing.canvas;
    canvas.width = source.width;
    canvas.height = source.height;
    canvas.getContext('2d')?.drawImage(source, 0, 0);
  } finally {
    if (before !== null) drawing.setTheme(before);
    drawing.resize();
  }
  return canvas;
}

function inWorld(
  { object }: PointLayer,
  { centre, extent }: { readonly centre: Vec3; readonly extent: number },
): { readonly point: Vector3; readonly extent: number } {
  object.updateMatrixWorld();
  return {
    point: new Vector3(...centre).applyMatrix4(object.matrixWorld),
    extent: extent * object.scale.x,
  };
}
