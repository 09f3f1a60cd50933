/**
 * The viewport: one scan, drawn with WebGL2 by three.js whenever something changed, never in an idle
 * loop. It knows nothing of the store or of React.
 */

import { Matrix4, Scene, Vector3, WebGLRenderer } from 'three';
import type { PointCloud } from '../core/types.ts';
import { createCameraRig, type NamedView } from './cameraRig.ts';
import { pickPoint } from './picking.ts';
import { createPointLayer, type HeatmapStyle, type PointLayer } from './pointLayer.ts';
import { rgb } from './rgb.ts';
import { createSurfacePass } from './surfacePass.ts';

export type { HeatmapStyle, NamedView };

/** Colours of the theme, `#rrggbb`. */
export interface ViewerTheme {
  readonly backgroundTop: string;
  readonly backgroundBottom: string;
  /** Points at or below the threshold, and scans without scores. */
  readonly neutral: string;
}

export interface ViewerEvents {
  /** After each drawn frame. @param rotation column-major 4x4 world -> view, for the axis triad */
  onFrame(rotation: readonly number[]): void;
  /** The graphics context went away (true) or came back (false). */
  onContextLost(lost: boolean): void;
}

export interface Viewer {
  /** Shows a scan and fits the camera; null clears the view. The same cloud again changes nothing. */
  setCloud(cloud: PointCloud | null): void;
  /** @param score [N] model units, in the cloud's order; null draws the bare scan */
  setScore(score: Float32Array | null): void;
  setHeatmap(style: HeatmapStyle): void;
  setPointScale(factor: number): void;
  setShading(on: boolean): void;
  setTheme(theme: ViewerTheme): void;
  /** F: the whole scan, same direction. */
  frame(): void;
  lookFrom(view: NamedView): void;
  orbit(right: number, up: number): void;
  dolly(factor: number): void;
  dispose(): void;
}

/** More than this many pixels per CSS pixel is not visible and costs fill rate. */
const MAX_PIXEL_RATIO = 2;
/** A double click finds a point this far from the cursor, CSS pixels. */
const PICK_REACH = 8;

/**
 * @param container element the canvas is put into and follows in size
 * @throws Error when the browser has no WebGL2
 */
export function createViewer(container: HTMLElement, events: ViewerEvents): Viewer {
  const renderer = new WebGLRenderer({ antialias: false, alpha: false, powerPreference: 'high-performance' });
  renderer.autoClear = false;
  const canvas = renderer.domElement;
  container.append(canvas);

  const scene = new Scene();
  const surface = createSurfacePass();
  let layer: PointLayer | null = null;
  let scheduled = 0;
  const invalidate = () => {
    if (scheduled === 0) scheduled = requestAnimationFrame(draw);
  };
  const rig = createCameraRig(canvas, invalidate);

  const draw = (now: number) => {
    scheduled = 0;
    const moving = rig.update(now);
    surface.render(renderer, scene, rig.camera, layer?.pointSize() ?? 1);
    events.onFrame(rig.rotation().elements);
    if (moving) invalidate();
  };

  const resize = () => {
    const { clientWidth: width, clientHeight: height } = container;
    if (width === 0 || height === 0) return;
    const ratio = Math.min(devicePixelRatio, MAX_PIXEL_RATIO);
    renderer.setPixelRatio(ratio);
    renderer.setSize(width, height);
    surface.setSize(canvas.width, canvas.height, ratio);
    rig.setSize(width, height);
    layer?.setPixelScale(pixelScale(), ratio);
    // Drawn before the next paint, or the stretched old picture would flash.
    cancelAnimationFrame(scheduled);
    draw(performance.now());
  };
  const pixelScale = () => canvas.height / (2 * Math.tan((rig.camera.fov * Math.PI) / 360));
  const observer = new ResizeObserver(resize);
  observer.observe(container);
  resize();

  const pivotAt = (event: MouseEvent) => {
    const point = layer === null ? null : worldPointAt(layer, rig.camera, canvas, event);
    if (point !== null) rig.setPivot(point);
  };
  const contextLost = (event: Event) => {
    // Without this the browser never gives the context back.
    event.preventDefault();
    events.onContextLost(true);
  };
  const contextRestored = () => {
    events.onContextLost(false);
    invalidate();
  };
  canvas.addEventListener('dblclick', pivotAt);
  canvas.addEventListener('webglcontextlost', contextLost);
  canvas.addEventListener('webglcontextrestored', contextRestored);

  const style = createStyleMemory();
  const setCloud = (cloud: PointCloud | null) => {
    if ((layer?.cloud ?? null) === cloud) return;
    if (layer !== null) {
      scene.remove(layer.object);
      layer.dispose();
    }
    layer = cloud === null || cloud.positions.length === 0 ? null : createPointLayer(cloud);
    if (layer !== null) {
      style.applyTo(layer);
      layer.setPixelScale(pixelScale(), renderer.getPixelRatio());
      scene.add(layer.object);
      rig.setContent(sampleWorldPoints(layer));
      rig.resetAtOnce();
    }
    invalidate();
  };

  return {
    setCloud,
    setScore(score) {
      layer?.setScore(score);
      invalidate();
    },
    setHeatmap(heatmap) {
      style.update(layer, { heatmap });
      invalidate();
    },
    setPointScale(pointScale) {
      style.update(layer, { pointScale });
      invalidate();
    },
    setShading(on) {
      surface.setShading(on);
      invalidate();
    },
    setTheme({ backgroundTop, backgroundBottom, neutral }) {
      surface.setBackground(rgb(backgroundTop), rgb(backgroundBottom));
      style.update(layer, { neutral });
      invalidate();
    },
    frame: rig.frame,
    lookFrom: rig.lookFrom,
    orbit: rig.orbit,
    dolly: rig.dolly,
    dispose() {
      cancelAnimationFrame(scheduled);
      // Nothing may be scheduled any more once everything is released.
      scheduled = -1;
      observer.disconnect();
      canvas.removeEventListener('dblclick', pivotAt);
      canvas.removeEventListener('webglcontextlost', contextLost);
      canvas.removeEventListener('webglcontextrestored', contextRestored);
      rig.dispose();
      layer?.dispose();
      surface.dispose();
      renderer.dispose();
      renderer.forceContextLoss();
      canvas.remove();
    },
  };
}

/** @returns [3M] world coordinates of at most about 20,000 of the scan's points, evenly taken */
function sampleWorldPoints({ object, cloud }: PointLayer): Float32Array<ArrayBuffer> {
  object.updateMatrixWorld();
  const count = cloud.positions.length / 3;
  const stride = Math.ceil(count / 20_000);
  const points = new Float32Array(3 * Math.ceil(count / stride));
  const point = new Vector3();
  for (let i = 0, at = 0; i < count; i += stride, at += 3)
    point
      .fromArray(cloud.positions, 3 * i)
      .applyMatrix4(object.matrixWorld)
      .toArray(points, at);
  return points;
}

interface LayerStyle {
  readonly heatmap: HeatmapStyle | null;
  readonly neutral: string;
  readonly pointScale: number;
}

/** The next scan is drawn the way the last one was. */
function createStyleMemory() {
  let style: LayerStyle = { heatmap: null, neutral: '#808080', pointScale: 1 };
  const applyTo = (layer: PointLayer) => {
    if (style.heatmap !== null) layer.setHeatmap(style.heatmap);
    layer.setNeutral(rgb(style.neutral));
    layer.setPointScale(style.pointScale);
  };
  return {
    applyTo,
    update(layer: PointLayer | null, patch: Partial<LayerStyle>) {
      style = { ...style, ...patch };
      if (layer !== null) applyTo(layer);
    },
  };
}

/** @returns world coordinates of the scan's point under the mouse, or null */
function worldPointAt(
  layer: PointLayer,
  camera: ReturnType<typeof createCameraRig>['camera'],
  canvas: HTMLCanvasElement,
  event: MouseEvent,
): Vector3 | null {
  const toClip = new Matrix4()
    .multiplyMatrices(camera.projectionMatrix, camera.matrixWorldInverse)
    .multiply(layer.object.matrixWorld);
  const { positions } = layer.cloud;
  const index = pickPoint(
    positions,
    toClip.elements,
    [event.offsetX, event.offsetY],
    [canvas.clientWidth, canvas.clientHeight],
    PICK_REACH,
  );
  if (index < 0) return null;
  return new Vector3().fromArray(positions, index * 3).applyMatrix4(layer.object.matrixWorld);
}
