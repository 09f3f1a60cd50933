/**
 * The viewport: one scan, drawn with WebGL2 by three.js. It knows nothing of the store or of React. This is all
 * that the page asks of it; what a view shows, when it is drawn and where things are on it lies in files of their
 * own.
 */

import { Vector3 } from 'three';
import type { ScreenView } from '../core/labels/screenSelection.ts';
import type { Plane } from '../core/sections.ts';
import type { PointCloud, Vec3 } from '../core/types.ts';
import type { UpAxis } from '../core/upAxis.ts';
import type { ArrowSet } from './arrowLayer.ts';
import { type CameraPose, directionOf, placeCamera, poseOf, shareCamera } from './cameraPose.ts';
import type { CameraRig, Insets, NamedView } from './cameraRig.ts';
import { Drawing, type ViewerEvents, type ViewerTheme } from './drawing.ts';
import { worstDirection } from './facing.ts';
import type { PictureFrame, Shot } from './pictures.ts';
import type { Placement } from './placement.ts';
import type { HeatmapStyle, PointLayer, PointMarks } from './pointLayer.ts';
import { pointAt, pointExtent, type Spot, spotOf, toClip, toScreen } from './screenPlace.ts';
import { ShownScan } from './shownScan.ts';
import { pictureOf, takeShots, thumbnailOf } from './snapshots.ts';
import type { Bounds } from './spacing.ts';

/** Points that the framing of the camera looks at. */
const FRAMING_POINTS = 20_000;

export class Viewer {
  private readonly container: HTMLElement;
  private readonly shown = new ShownScan();
  private readonly drawing: Drawing;
  private readonly rig: CameraRig;
  private linked: Viewer | null = null;
  private toolInHand = false;

  /**
   * @param container element the canvas is put into and follows in size
   * @throws Error when the browser has no WebGL2
   */
  constructor(container: HTMLElement, events: ViewerEvents) {
    this.container = container;
    this.drawing = new Drawing(container, this.shown, events);
    this.rig = this.drawing.rig;
    this.drawing.onDoubleClick((event) => this.setPivotAt(event));
  }

  /**
   * Shows a scan and fits the camera; null clears the view. The same cloud again changes nothing.
   * @param beside how it lies beside a scan of another view, whose camera it follows; null = alone
   */
  setCloud(cloud: PointCloud | null, beside: Placement | null = null): void {
    if (!this.shown.setCloud(cloud, beside)) return;
    if (this.layer !== null) this.fitCamera(this.layer);
    this.drawing.invalidate();
  }

  /** @param up axis of the scan's file that points up; the camera goes home when it becomes another one */
  setUp(up: UpAxis): void {
    if (!this.shown.setUp(up) || this.layer === null) return;
    this.fitCamera(this.layer);
    this.drawing.invalidate();
  }

  /** @param direction in the axes of the file @returns the same in those of the view, Z up */
  inView(direction: Vec3): Vec3 {
    return this.shown.inView(direction);
  }

  /** @param score [N] model units, in the cloud's order; null draws the bare scan */
  setScore(score: Float32Array | null): void {
    this.layer?.setScore(score);
    this.drawing.invalidate();
  }

  /** @param marks labels and selection of the scan that is shown; null = none */
  setMarks(marks: PointMarks | null): void {
    this.layer?.setMarks(marks);
    this.drawing.invalidate();
  }

  /** @param arrows lines from where points would be to where they are; null = none */
  setArrows(arrows: ArrowSet | null): void {
    this.shown.setArrows(arrows);
    this.drawing.invalidate();
  }

  /** Calls back after each drawn frame. @returns ends it */
  onDraw(listener: () => void): () => void {
    return this.drawing.onDraw(listener);
  }

  /**
   * Where a place of the scan is on the screen.
   * @param place source units, relative to the cloud's origin @param normal outward there
   * @returns CSS pixels; null while no scan is shown
   */
  locate(place: Vec3, normal: Vec3): Spot | null {
    return spotOf(this.shown, this.rig.lens(), { place, normal }, this.size());
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
    const [width, height] = this.size();
    return { toClip: [...toClip(this.layer, this.rig.lens()).elements], width, height };
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
    return pointExtent(this.layer, this.rig.lens(), this.container.clientHeight);
  }

  /** @param x @param y CSS pixels from the top left corner @returns row of the frontmost point there, or -1 */
  pointAt(x: number, y: number): number {
    return pointAt(this.shown, this.rig.lens(), [x, y], this.size());
  }

  /** @param offsets [3N] model units, for `setRestore`; null = none */
  setOffsets(offsets: Float32Array | null): void {
    this.layer?.setOffsets(offsets);
    this.drawing.invalidate();
  }

  /**
   * Moves every point back towards where it would be on a good part.
   * @param share 0 = as scanned, 1 = restored @param radius source units per model unit
   */
  setRestore(share: number, radius: number): void {
    this.layer?.setRestore(share * radius);
    this.drawing.invalidate();
  }

  /** Cuts away what lies beyond the planes, source units; at most four. */
  setSections(planes: readonly Plane[]): void {
    this.shown.setSections(planes);
    this.drawing.invalidate();
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
    return this.drawing.makeRoom();
  }

  /** @param insets what of the view lies under the page's tools and legend */
  setInsets(insets: Insets): void {
    this.rig.setInsets(insets);
  }

  setHeatmap(heatmap: HeatmapStyle): void {
    this.shown.setStyle({ heatmap });
    this.drawing.invalidate();
  }

  /** @param pointScale factor on the automatic point size */
  setPointScale(pointScale: number): void {
    this.shown.setStyle({ pointScale });
    this.drawing.invalidate();
  }

  /** @param on without perspective: equal lengths are equally long at every depth */
  setParallel(on: boolean): void {
    this.rig.setParallel(on);
  }

  setShading(on: boolean): void {
    this.drawing.surface.setShading(on);
    this.drawing.invalidate();
  }

  setTheme(theme: ViewerTheme): void {
    this.drawing.setTheme(theme);
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
    return this.layer === null ? null : poseOf(this.rig, this.layer);
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
    const end = shareCamera(this.drawing, other.drawing);
    this.linked = other;
    return () => {
      this.linked = null;
      end();
    };
  }

  /** Puts the camera there at once; nothing happens while no scan is shown. */
  setPose(pose: CameraPose): void {
    if (this.layer !== null) placeCamera(this.rig, this.layer, pose);
  }

  /** From the middle towards the camera, unit length, in the axes of the file; null while no scan is shown. */
  direction(): Vec3 | null {
    return this.layer === null ? null : directionOf(this.rig, this.shown.turn());
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
    const { clientWidth, clientHeight } = this.container;
    return toScreen(this.layer, this.rig.lens(), point, [clientWidth, clientHeight]);
  }

  /**
   * Pictures of the scan from several sides; the view stays as it is.
   * @returns JPEG files in the order of the shots; none while no scan is shown
   */
  pictures(shots: readonly Shot[], theme: ViewerTheme, frame: PictureFrame): Promise<Uint8Array[]> {
    return takeShots(this.drawing, shots, theme, frame);
  }

  /** A small picture of the view as it is now. @returns `data:` address, the middle cut to the given size */
  thumbnail(width: number, height: number): string {
    return thumbnailOf(this.drawing, width, height);
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
    return pictureOf(this.drawing, ratio, theme);
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
    this.drawing.dispose();
  }

  private get layer(): PointLayer | null {
    return this.shown.layer;
  }

  /** CSS pixels. */
  private size(): readonly [width: number, height: number] {
    const { clientWidth, clientHeight } = this.drawing.canvas;
    return [clientWidth, clientHeight];
  }

  private fitCamera(layer: PointLayer): void {
    this.rig.setContent(layer.samplePoints(FRAMING_POINTS));
    if (this.shown.beside === null) this.rig.resetAtOnce();
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
