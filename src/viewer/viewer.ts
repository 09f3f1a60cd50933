/**
 * The viewport: one scan, drawn with WebGL2 by three.js whenever something changed, never in an idle
 * loop. It knows nothing of the store or of React.
 */

import { Matrix4, type Quaternion, Scene, Vector3, WebGLRenderer } from 'three';
import type { ScreenView } from '../core/labels/screenSelection.ts';
import { dot, type Plane } from '../core/sections.ts';
import type { PointCloud, Vec3 } from '../core/types.ts';
import type { UpAxis } from '../core/upAxis.ts';
import { ArrowLayer, type ArrowSet } from './arrowLayer.ts';
import { CameraRig, type Insets, type NamedView } from './cameraRig.ts';
import { worstDirection } from './facing.ts';
import { FrameQueue } from './frameQueue.ts';
import { pixelScale } from './lens.ts';
import { Painter } from './painter.ts';
import { pickPoint } from './picking.ts';
import { type PictureFrame, type Shot, takePicture } from './pictures.ts';
import type { Placement } from './placement.ts';
import { type HeatmapStyle, PointLayer, type PointMarks } from './pointLayer.ts';
import { rgb } from './rgb.ts';
import type { Bounds } from './spacing.ts';
import { SurfacePass } from './surfacePass.ts';
import { upright } from './upright.ts';

/** Colours of the theme, `#rrggbb`. */
export interface ViewerTheme {
  readonly backgroundTop: string;
  readonly backgroundBottom: string;
  /** Points at or below the threshold, and scans without scores. */
  readonly neutral: string;
}

export interface ViewerEvents {
  /** After each drawn frame. @param rotation column-major 4x4 axes of the file -> view, for the view cube */
  onFrame(rotation: readonly number[]): void;
  /** The graphics context went away (true) or came back (false). */
  onContextLost(lost: boolean): void;
}

/** Source units, relative to the cloud's origin. */
export interface CameraPose {
  readonly position: Vec3;
  /** What it turns around. */
  readonly target: Vec3;
}

/** How a layer is drawn; the next scan is drawn the way the last one was. */
interface LayerStyle {
  readonly heatmap: HeatmapStyle | null;
  readonly neutral: string;
  readonly pointScale: number;
}

/** More than this many pixels per CSS pixel is not visible and costs fill rate. */
const MAX_PIXEL_RATIO = 2;
/** A double click finds a point this far from the cursor, CSS pixels. */
const PICK_REACH = 8;
/** Points that the framing of the camera looks at. */
const FRAMING_POINTS = 20_000;

export class Viewer {
  private readonly container: HTMLElement;
  private readonly events: ViewerEvents;
  private readonly renderer: WebGLRenderer;
  private readonly scene = new Scene();
  private readonly surface = new SurfacePass();
  private readonly rig: CameraRig;
  private readonly painter: Painter;
  private readonly queue: FrameQueue;
  private readonly observer: ResizeObserver;
  /** One switch that takes all listeners off the canvas. */
  private readonly listening = new AbortController();
  private layer: PointLayer | null = null;
  private beside: Placement | null = null;
  private linked: Viewer | null = null;
  private afterResize: (() => void) | null = null;
  /** CSS pixels that the camera was last fitted to. */
  private fitted = '';
  private style: LayerStyle = { heatmap: null, neutral: '#808080', pointScale: 1 };
  private theme: ViewerTheme | null = null;
  private toolInHand = false;
  private up: UpAxis = '+z';
  private sections: readonly Plane[] = [];
  private arrows: ArrowLayer | null = null;
  private readonly drawListeners = new Set<() => void>();
  /** Handle of the frame that was asked for, 0 for none. */
  private scheduled = 0;
  /** When that was. */
  private asked = 0;
  /** The picture does not show what it should. */
  private stale = true;

  /**
   * @param container element the canvas is put into and follows in size
   * @throws Error when the browser has no WebGL2
   */
  constructor(container: HTMLElement, events: ViewerEvents) {
    this.container = container;
    this.events = events;
    this.renderer = new WebGLRenderer({ antialias: false, powerPreference: 'high-performance' });
    this.renderer.autoClear = false;
    const canvas = this.renderer.domElement;
    container.append(canvas);
    this.rig = new CameraRig(canvas, () => this.invalidate());
    const { renderer, surface, scene } = this;
    this.painter = new Painter({ renderer, surface, scene, lens: () => this.rig.lens() });
    const gl = renderer.getContext();
    if (!(gl instanceof WebGL2RenderingContext)) throw new Error('this browser has no WebGL2');
    this.queue = new FrameQueue(gl);
    this.listen(canvas);
    this.observer = new ResizeObserver(() => this.resize());
    this.observer.observe(container);
    this.resize();
  }

  /**
   * Shows a scan and fits the camera; null clears the view. The same cloud again changes nothing.
   * @param beside how it lies beside a scan of another view, whose camera it follows; null = alone
   */
  setCloud(cloud: PointCloud | null, beside: Placement | null = null): void {
    if ((this.layer?.cloud ?? null) === cloud && this.beside === beside) return;
    this.beside = beside;
    if (this.layer !== null) {
      this.scene.remove(this.layer.object);
      this.layer.dispose();
      this.setArrows(null);
    }
    this.layer =
      cloud === null || cloud.positions.length === 0 ? null : new PointLayer(cloud, beside, this.up);
    if (this.layer !== null) {
      this.scene.add(this.layer.object);
      this.applyStyle();
      this.layer.setSections(this.sections);
      this.rig.setContent(this.layer.samplePoints(FRAMING_POINTS));
      if (beside === null) this.rig.resetAtOnce();
    }
    this.invalidate();
  }

  /** @param up axis of the scan's file that points up; the camera goes home when it becomes another one */
  setUp(up: UpAxis): void {
    if (up === this.up) return;
    this.up = up;
    if (this.layer === null) return;
    this.layer.stand(up);
    this.arrows?.standLike(this.layer.object);
    this.rig.setContent(this.layer.samplePoints(FRAMING_POINTS));
    if (this.beside === null) this.rig.resetAtOnce();
    this.invalidate();
  }

  /** @param direction in the axes of the file @returns the same in those of the view, Z up */
  inView(direction: Vec3): Vec3 {
    return new Vector3(...direction).applyQuaternion(this.turn()).toArray();
  }

  /** @param score [N] model units, in the cloud's order; null draws the bare scan */
  setScore(score: Float32Array | null): void {
    this.layer?.setScore(score);
    this.invalidate();
  }

  /** @param marks labels and selection of the scan that is shown; null = none */
  setMarks(marks: PointMarks | null): void {
    this.layer?.setMarks(marks);
    this.invalidate();
  }

  /** @param arrows lines from where points would be to where they are; null = none */
  setArrows(arrows: ArrowSet | null): void {
    if (this.arrows !== null) {
      this.scene.remove(this.arrows.object);
      this.arrows.dispose();
    }
    this.arrows = arrows === null || this.layer === null ? null : new ArrowLayer(arrows, this.layer.object);
    if (this.arrows !== null) this.scene.add(this.arrows.object);
    this.invalidate();
  }

  /** Calls back after each drawn frame. @returns ends it */
  onDraw(listener: () => void): () => void {
    this.drawListeners.add(listener);
    return () => {
      this.drawListeners.delete(listener);
    };
  }

  /**
   * Where a place of the scan is on the screen.
   * @param place source units, relative to the cloud's origin
   * @param normal outward there @returns CSS pixels from the top left corner, and whether that side is turned
   * to the viewer and not cut away; null while no scan is shown
   */
  locate(
    place: Vec3,
    normal: Vec3,
  ): { readonly x: number; readonly y: number; readonly facing: boolean } | null {
    const { clientWidth: width, clientHeight: height } = this.renderer.domElement;
    return this.project(place, normal, width, height);
  }

  private project(
    place: Vec3,
    normal: Vec3,
    width: number,
    height: number,
  ): { readonly x: number; readonly y: number; readonly facing: boolean } | null {
    if (this.layer === null) return null;
    const world = new Vector3(...place).applyMatrix4(this.layer.object.matrixWorld);
    const { camera, parallel } = this.rig.lens();
    const towards = parallel
      ? new Vector3(0, 0, 1).applyQuaternion(camera.quaternion)
      : camera.position.clone().sub(world);
    const cut = this.sections.some((plane) => dot(plane.normal, place) > plane.offset);
    const facing = !cut && towards.dot(new Vector3(...this.inView(normal))) > 0;
    const { x, y } = world.project(camera);
    return { x: ((x + 1) / 2) * width, y: ((1 - y) / 2) * height, facing };
  }

  /**
   * Goes close to a place of the scan and looks at it from its outer side.
   * @param place source units, relative to the cloud's origin @param normal outward there
   * @param extent of what is to be seen, source units
   */
  closeUp(place: Vec3, normal: Vec3, extent: number): void {
    if (this.layer === null) return;
    const { matrixWorld, scale } = this.layer.object;
    this.rig.closeUp(
      new Vector3(...place).applyMatrix4(matrixWorld),
      new Vector3(...this.inView(normal)),
      extent * scale.x,
    );
  }

  /** A tool takes the left button; the view is then turned with the right one. */
  setToolInHand(on: boolean): void {
    this.toolInHand = on;
    this.rig.setToolInHand(on);
  }

  /** How the scan is projected now, for tools that select on the screen; null while none is shown. */
  screenView(): ScreenView | null {
    if (this.layer === null) return null;
    const { clientWidth: width, clientHeight: height } = this.renderer.domElement;
    return { toClip: [...this.toClip(this.layer).elements], width, height };
  }

  /** The middle of what nothing covers, CSS pixels from the top left corner. */
  middle(): readonly [x: number, y: number] {
    const { clientWidth: width, clientHeight: height } = this.container;
    const [x, y] = this.rig.shift();
    return [((x + 1) / 2) * width, ((1 - y) / 2) * height];
  }

  /** Drawn diameter of a point in the middle of the view, CSS pixels; with it, what it is in source units. */
  pointExtent(): { readonly pixels: number; readonly length: number } {
    if (this.layer === null) return { pixels: 1, length: 0 };
    const world = this.layer.pointSize();
    const lens = this.rig.lens();
    const scale = pixelScale(lens, this.container.clientHeight);
    const pixels = (world * scale) / (lens.parallel ? 1 : lens.distance);
    return { pixels, length: world / this.layer.object.scale.x };
  }

  /** @param x @param y CSS pixels from the top left corner @returns row of the frontmost point there, or -1 */
  pointAt(x: number, y: number): number {
    if (this.layer === null) return -1;
    const { clientWidth, clientHeight } = this.renderer.domElement;
    const { positions } = this.layer.cloud;
    const toClip = this.toClip(this.layer).elements;
    return pickPoint(positions, toClip, [x, y], [clientWidth, clientHeight], PICK_REACH, this.sections);
  }

  /** @param offsets [3N] model units, for `setRestore`; null = none */
  setOffsets(offsets: Float32Array | null): void {
    this.layer?.setOffsets(offsets);
    this.invalidate();
  }

  /**
   * Moves every point back towards where it would be on a good part.
   * @param share 0 = as scanned, 1 = restored @param radius source units per model unit
   */
  setRestore(share: number, radius: number): void {
    this.layer?.setRestore(share * radius);
    this.invalidate();
  }

  /** Cuts away what lies beyond the planes, source units; at most four. */
  setSections(planes: readonly Plane[]): void {
    this.sections = planes;
    this.layer?.setSections(planes);
    this.invalidate();
  }

  /**
   * Turns the worst region towards the viewer, unless the user has moved the camera since the scan was shown.
   * @param score [N] model units @param threshold model units
   */
  faceWorst(score: Float32Array, threshold: number): void {
    if (this.layer === null) return;
    const { cloud, bounds } = this.layer;
    const direction = worstDirection(cloud.positions, score, threshold, bounds);
    if (direction !== null) this.rig.turnTo(this.inView(direction));
  }

  /**
   * Call it before the view becomes narrower: what the user looks at stays in it.
   * @returns call it before the view becomes as wide as it was
   */
  makeRoom(): () => void {
    const before = this.rig.camera.aspect;
    let factor = 1;
    this.afterResize = () => {
      factor = Math.max(1, before / this.rig.camera.aspect);
      if (this.rig.chosen) this.rig.standBack(factor);
    };
    return () => {
      this.afterResize = () => {
        if (this.rig.chosen) this.rig.standBack(1 / factor);
      };
    };
  }

  /** @param insets what of the view lies under the page's tools and legend */
  setInsets(insets: Insets): void {
    this.rig.setInsets(insets);
  }

  setHeatmap(heatmap: HeatmapStyle): void {
    this.setStyle({ heatmap });
  }

  /** @param pointScale factor on the automatic point size */
  setPointScale(pointScale: number): void {
    this.setStyle({ pointScale });
  }

  /** @param on without perspective: equal lengths are equally long at every depth */
  setParallel(on: boolean): void {
    this.rig.setParallel(on);
  }

  setShading(on: boolean): void {
    this.surface.setShading(on);
    this.invalidate();
  }

  setTheme(theme: ViewerTheme): void {
    const { backgroundTop, backgroundBottom, neutral } = theme;
    this.theme = theme;
    this.surface.setBackground(rgb(backgroundTop), rgb(backgroundBottom));
    this.setStyle({ neutral });
  }

  /** F: the whole scan, same direction. */
  frame(): void {
    this.rig.frame();
  }

  lookFrom(view: NamedView): void {
    this.rig.lookFrom(view);
  }

  /** The whole scan from one side. @param direction towards the camera, axes of the file */
  lookAlong(direction: Vec3): void {
    this.rig.lookAlong(new Vector3(...this.inView(direction)));
  }

  /** @returns the same for upright and wide pictures, null while no scan is shown */
  pose(): CameraPose | null {
    const { layer } = this;
    if (layer === null) return null;
    layer.object.updateMatrixWorld();
    const { position, target } = this.rig.pose();
    position.sub(target).divideScalar(this.stepBack()).add(target);
    return {
      position: layer.object.worldToLocal(position).toArray(),
      target: layer.object.worldToLocal(target).toArray(),
    };
  }

  /** Middle and radius of the scan, source units; null while none is shown. */
  bounds(): Bounds | null {
    return this.layer?.bounds ?? null;
  }

  /**
   * Two views share one camera: that of the one the user moved last.
   * @returns ends it
   */
  linkCamera(other: Viewer): () => void {
    const views = [this, other] as const;
    // A frame of the one that follows must not bring back where the leader was before the last move.
    let leader: Viewer = this;
    const follow = () => {
      for (const view of views) if (view !== leader) view.rig.follow(leader.rig);
    };
    const ends = views.flatMap((view) => [
      view.onDraw(follow),
      view.rig.onLead(() => {
        leader = view;
      }),
    ]);
    follow();
    this.linked = other;
    return () => {
      this.linked = null;
      for (const end of ends) end();
    };
  }

  /** Puts the camera there at once; nothing happens while no scan is shown. */
  setPose({ position, target }: CameraPose): void {
    const { layer } = this;
    if (layer === null) return;
    layer.object.updateMatrixWorld();
    const world = (point: Vec3) => layer.object.localToWorld(new Vector3(...point));
    const pivot = world(target);
    this.rig.place(world(position).sub(pivot).multiplyScalar(this.stepBack()).add(pivot), pivot);
  }

  /** An upright picture shows less at the sides: from further away it shows what a square one would. */
  private stepBack(): number {
    return Math.max(1, 1 / this.rig.camera.aspect);
  }

  /** From the middle towards the camera, unit length, in the axes of the file; null while no scan is shown. */
  direction(): Vec3 | null {
    if (this.layer === null) return null;
    const { position, target } = this.rig.pose();
    return position.sub(target).normalize().applyQuaternion(this.turn().invert()).toArray();
  }

  /** Brings a point to the middle and turns around it from now on. @param point source units */
  lookAt(point: Vec3): void {
    if (this.layer === null) return;
    this.layer.object.updateMatrixWorld();
    this.rig.setPivot(this.layer.object.localToWorld(new Vector3(...point)));
  }

  /** @param point source units @returns CSS pixels from the top left, null when it lies behind the camera */
  toScreen(point: Vec3): readonly [x: number, y: number] | null {
    if (this.layer === null) return null;
    const { x, y, z } = this.layer.object.localToWorld(new Vector3(...point)).project(this.rig.lens().camera);
    const { clientWidth, clientHeight } = this.container;
    return z > 1 ? null : [((x + 1) / 2) * clientWidth, ((1 - y) / 2) * clientHeight];
  }

  /**
   * Pictures of the scan from several sides; the view stays as it is.
   * @returns JPEG files in the order of the shots; none while no scan is shown
   */
  async pictures(shots: readonly Shot[], theme: ViewerTheme, frame: PictureFrame): Promise<Uint8Array[]> {
    const { layer, renderer, theme: before } = this;
    if (layer === null) return [];
    const { width, height } = frame;
    const taken: Promise<Uint8Array>[] = [];
    const stage = {
      source: renderer.domElement,
      locate: (spot: Vec3, normal: Vec3) => this.project(spot, normal, width, height),
    };
    this.setTheme(theme);
    this.rig.aside([width, height], () => {
      renderer.setPixelRatio(1);
      renderer.setSize(width, height, false);
      this.surface.setSize(width, height, 1);
      for (const { direction, place } of shots) {
        this.rig.aim(direction, place === null ? null : this.inWorld(layer, place));
        this.setOptics();
        this.painter.drawWhole(layer);
        taken.push(takePicture(stage, frame));
      }
    });
    if (before !== null) this.setTheme(before);
    this.resize();
    return Promise.all(taken);
  }

  private inWorld({ object }: PointLayer, { centre, extent }: { centre: Vec3; extent: number }) {
    object.updateMatrixWorld();
    return {
      point: new Vector3(...centre).applyMatrix4(object.matrixWorld),
      extent: extent * object.scale.x,
    };
  }

  /** A small picture of the view as it is now. @returns `data:` address, the middle cut to the given size */
  thumbnail(width: number, height: number): string {
    // Drawn and read in one task: afterwards the browser throws the picture away.
    this.drawWhole();
    const source = this.renderer.domElement;
    const scale = Math.max(width / source.width, height / source.height);
    const canvas = document.createElement('canvas');
    canvas.width = width;
    canvas.height = height;
    const [w, h] = [source.width * scale, source.height * scale];
    canvas.getContext('2d')?.drawImage(source, (width - w) / 2, (height - h) / 2, w, h);
    return canvas.toDataURL('image/jpeg', 0.85);
  }

  /** The view that this one shares its camera with; null = none. */
  get companion(): Viewer | null {
    return this.linked;
  }

  /**
   * Draws the view once for a file.
   * @param ratio pixels per CSS pixel @param theme other colours for it; null = those of the page
   * @returns a canvas of its own
   */
  picture(ratio: number, theme: ViewerTheme | null): HTMLCanvasElement {
    const before = this.theme;
    const canvas = document.createElement('canvas');
    try {
      if (theme !== null) this.setTheme(theme);
      this.setResolution(ratio);
      // Drawn and read in one task: afterwards the browser throws the picture away.
      this.drawWhole();
      const source = this.renderer.domElement;
      canvas.width = source.width;
      canvas.height = source.height;
      canvas.getContext('2d')?.drawImage(source, 0, 0);
    } finally {
      if (before !== null) this.setTheme(before);
      this.resize();
    }
    return canvas;
  }

  /** @param right @param up turns of the camera around the pivot, degrees */
  orbit(right: number, up: number): void {
    this.rig.orbit(right, up);
  }

  /** @param factor on the distance from the pivot; below 1 comes closer */
  dolly(factor: number): void {
    this.rig.dolly(factor);
  }

  dispose(): void {
    cancelAnimationFrame(this.scheduled);
    // Nothing may be scheduled any more once everything is released.
    this.scheduled = -1;
    this.observer.disconnect();
    this.listening.abort();
    this.rig.dispose();
    this.arrows?.dispose();
    this.layer?.dispose();
    this.surface.dispose();
    this.renderer.dispose();
    this.renderer.forceContextLoss();
    this.renderer.domElement.remove();
  }

  private listen(canvas: HTMLCanvasElement): void {
    const { signal } = this.listening;
    canvas.addEventListener('dblclick', (event) => this.setPivotAt(event), { signal });
    canvas.addEventListener(
      'webglcontextlost',
      (event) => {
        // Without this the browser never gives the context back.
        event.preventDefault();
        this.events.onContextLost(true);
      },
      { signal },
    );
    canvas.addEventListener(
      'webglcontextrestored',
      () => {
        this.events.onContextLost(false);
        this.invalidate();
      },
      { signal },
    );
  }

  private setStyle(patch: Partial<LayerStyle>): void {
    this.style = { ...this.style, ...patch };
    this.applyStyle();
    this.invalidate();
  }

  private applyStyle(): void {
    if (this.layer === null) return;
    const { heatmap, neutral, pointScale } = this.style;
    if (heatmap !== null) this.layer.setHeatmap(heatmap);
    this.layer.setNeutral(rgb(neutral));
    this.layer.setPointScale(pointScale);
  }

  /** The picture is out of date. */
  private invalidate(): void {
    this.stale = true;
    this.schedule();
  }

  private schedule(): void {
    if (this.scheduled !== 0) return;
    this.asked = performance.now();
    this.scheduled = requestAnimationFrame((now) => this.frameOrWait(now));
  }

  /** The wait for a GPU that is behind counts for the budget: it then gets less to do. */
  private frameOrWait(now: number): void {
    if (this.queue.full) this.scheduled = requestAnimationFrame((later) => this.frameOrWait(later));
    else this.draw(now);
  }

  private draw(now: number): void {
    if (this.scheduled > 0) this.painter.noteWait(performance.now() - this.asked);
    this.scheduled = 0;
    const moving = this.rig.update(now);
    const growing = this.layer?.admit() ?? false;
    this.setOptics();
    if (moving || growing || this.stale) {
      this.stale = false;
      this.painter.drawAnew(this.layer);
      this.tellOfFrame();
    } else if (this.painter.drawMore(this.layer)) this.tellOfFrame();
    this.queue.add();
    if (moving || growing || !this.painter.complete) this.schedule();
  }

  /** Every point, however long it takes. */
  private drawWhole(): void {
    this.rig.update(performance.now());
    this.setOptics();
    this.painter.drawWhole(this.layer);
    this.tellOfFrame();
  }

  private tellOfFrame(): void {
    const turn = new Matrix4().makeRotationFromQuaternion(upright(this.up));
    this.events.onFrame(turn.premultiply(this.rig.rotation()).elements);
    for (const tell of this.drawListeners) tell();
  }

  private resize(): void {
    const { clientWidth, clientHeight } = this.container;
    if (clientWidth === 0 || clientHeight === 0) return;
    this.setResolution(Math.min(devicePixelRatio, MAX_PIXEL_RATIO));
    const size = `${clientWidth} ${clientHeight}`;
    if (size !== this.fitted && this.beside === null) {
      this.fitted = size;
      this.afterResize?.();
      this.afterResize = null;
      this.rig.refit();
    }
    // Drawn before the next paint, or the stretched old picture would flash.
    cancelAnimationFrame(this.scheduled);
    this.scheduled = 0;
    this.stale = true;
    this.draw(performance.now());
  }

  /** @param ratio pixels per CSS pixel */
  private setResolution(ratio: number): void {
    const { clientWidth: width, clientHeight: height } = this.container;
    this.renderer.setPixelRatio(ratio);
    this.renderer.setSize(width, height);
    const canvas = this.renderer.domElement;
    this.surface.setSize(canvas.width, canvas.height, ratio);
    this.rig.setSize(width, height);
  }

  /** Brings what follows from the camera up to date, before each drawing. */
  private setOptics(): void {
    this.surface.setMiddle(this.rig.shift());
    const scale = pixelScale(this.rig.lens(), this.renderer.domElement.height);
    this.layer?.setPixelScale(scale, this.renderer.getPixelRatio());
  }

  /** From the axes of the scan's file to those of the view. */
  private turn(): Quaternion {
    return this.layer?.object.quaternion.clone() ?? upright(this.up);
  }

  /** Source units of the layer's cloud -> clip space. */
  private toClip({ object }: PointLayer): Matrix4 {
    const { camera } = this.rig.lens();
    return new Matrix4()
      .multiplyMatrices(camera.projectionMatrix, camera.matrixWorldInverse)
      .multiply(object.matrixWorld);
  }

  private setPivotAt(event: MouseEvent): void {
    // With a tool a double click ends what is drawn.
    if (this.layer === null || this.toolInHand) return;
    const index = this.pointAt(event.offsetX, event.offsetY);
    if (index < 0) return;
    const { positions } = this.layer.cloud;
    const { matrixWorld } = this.layer.object;
    this.rig.setPivot(new Vector3().fromArray(positions, index * 3).applyMatrix4(matrixWorld));
  }
}
