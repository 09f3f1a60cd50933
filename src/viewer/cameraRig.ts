/** Camera and mouse: orbit, pan, zoom to the cursor, framing, named views, smooth moves. */

import { MathUtils, type Matrix4, MOUSE, PerspectiveCamera, TOUCH, Vector3 } from 'three';
import { OrbitControls } from 'three/examples/jsm/controls/OrbitControls.js';
import type { Vec3 } from '../core/types.ts';
import { type Lens, ParallelLens, perspectiveLens } from './lens.ts';

export type NamedView = 'home' | 'front' | 'back' | 'left' | 'right' | 'top' | 'bottom';

const FIELD_OF_VIEW = 32;
/** The scan keeps this much air around it. */
const MARGIN = 1.16;
const MOVE_MS = 240;
/** The clipping planes keep this factor of the scan's radius away from its middle. */
const AIR = 1.02;
/** Cameras closer than this part of their distance look from the same place. */
const SAME = 1e-5;
/** Extents of a place that a close-up shows around its middle. */
const CLOSE_UP = 1.6;

/** From where a view looks, world axes, Z up. */
const DIRECTIONS: Readonly<Record<NamedView, readonly [number, number, number]>> = {
  home: [0.62, -0.78, 0.5],
  front: [0, -1, 0],
  back: [0, 1, 0],
  left: [-1, 0, 0],
  right: [1, 0, 0],
  top: [0, 0, 1],
  bottom: [0, 0, -1],
};

interface Move {
  /** Time of the first frame, NaN before it. */
  readonly start: number;
  readonly fromPosition: Vector3;
  readonly fromTarget: Vector3;
  readonly toPosition: Vector3;
  readonly toTarget: Vector3;
}

/** Parts of the view that lie under other things, CSS pixels. */
export interface Insets {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

/**
 * Between two offsets from the pivot, around it: a straight line would lead through the scan.
 * @param up axis to turn about when the two are opposite
 */
function alongSphere(from: Vector3, to: Vector3, share: number, up: Vector3): Vector3 {
  const axis = new Vector3().crossVectors(from, to);
  if (axis.length() < 1e-6 * from.length() * to.length()) axis.copy(up);
  const length = MathUtils.lerp(from.length(), to.length(), share);
  return from
    .clone()
    .applyAxisAngle(axis.normalize(), from.angleTo(to) * share)
    .setLength(length);
}

/** World space: the scan's bounding sphere is the unit sphere around the origin, unless another is given. */
export class CameraRig {
  readonly camera = new PerspectiveCamera(FIELD_OF_VIEW, 1, 0.01, 100);
  private readonly parallelLens = new ParallelLens();
  private parallel = false;
  private readonly controls: OrbitControls;
  private readonly onChange: () => void;
  private readonly leads = new Set<() => void>();
  private content: Float32Array = new Float32Array(0);
  /** From the middle to the clipping planes. */
  private reach = AIR;
  private move: Move | null = null;
  private insets: Insets = { left: 0, right: 0, top: 0, bottom: 0 };
  private size: readonly [width: number, height: number] = [1, 1];
  /** The user has moved the camera since the scan was shown. */
  private touched = false;
  /** Nothing has been drawn since the scan was shown. */
  private fresh = true;

  /** @param onChange the picture is out of date */
  constructor(element: HTMLElement, onChange: () => void) {
    this.onChange = onChange;
    this.camera.up.set(0, 0, 1);
    this.controls = new OrbitControls(this.camera, element);
    this.controls.zoomToCursor = true;
    this.controls.enableDamping = !matchMedia('(prefers-reduced-motion: reduce)').matches;
    this.controls.dampingFactor = 0.18;
    this.controls.minDistance = 0.01;
    this.controls.maxDistance = 40;
    this.controls.addEventListener('change', onChange);
    this.controls.addEventListener('start', () => {
      this.move = null;
      this.touched = true;
      this.lead();
    });
  }

  /** Calls back whenever this rig is moved for itself, not to follow another. @returns ends it */
  onLead(listener: () => void): () => void {
    this.leads.add(listener);
    return () => {
      this.leads.delete(listener);
    };
  }

  /** @param on the left button (one finger) belongs to a tool: the right one turns, two fingers turn and zoom */
  setToolInHand(on: boolean): void {
    this.controls.mouseButtons = on
      ? { LEFT: null, MIDDLE: MOUSE.PAN, RIGHT: MOUSE.ROTATE }
      : { LEFT: MOUSE.ROTATE, MIDDLE: MOUSE.DOLLY, RIGHT: MOUSE.PAN };
    this.controls.touches = on
      ? { ONE: null, TWO: TOUCH.DOLLY_ROTATE }
      : { ONE: TOUCH.ROTATE, TWO: TOUCH.DOLLY_PAN };
  }

  /** @param width @param height CSS pixels */
  setSize(width: number, height: number): void {
    this.size = [width, height];
    this.camera.aspect = width / height;
    this.project();
  }

  /** The middle of what is left free becomes the middle of the picture. */
  setInsets(insets: Insets): void {
    this.insets = insets;
    this.project();
    this.onChange();
  }

  /** How far the middle lies from the middle of the view, in clip coordinates. */
  shift(): readonly [x: number, y: number] {
    const { left, right, top, bottom } = this.insets;
    return [(left - right) / this.size[0], (bottom - top) / this.size[1]];
  }

  /** @param points [3M] world coordinates, some of the scan's: what the views have to show */
  setContent(points: Float32Array): void {
    this.content = points;
    let furthest = 1;
    for (let i = 0; i < points.length; i += 3)
      furthest = Math.max(furthest, Math.hypot(points[i]!, points[i + 1]!, points[i + 2]!));
    this.reach = furthest * AIR;
  }

  /** @param on equal lengths are equally long at every depth */
  setParallel(on: boolean): void {
    if (on === this.parallel) return;
    this.parallel = on;
    this.refit();
    this.onChange();
  }

  /** How the world is projected now. */
  lens(): Lens {
    const distance = this.distance();
    this.camera.updateMatrixWorld();
    this.setClipping();
    return this.parallel
      ? this.parallelLens.at(this.camera, distance, this.reach)
      : perspectiveLens(this.camera, distance);
  }

  /** Looks from where another rig looks. */
  follow({ camera, controls }: CameraRig): void {
    const close = SAME * controls.getDistance();
    const apart = camera.position.distanceTo(this.camera.position);
    // Rounding must not send two rigs after each other for ever.
    if (apart <= close && controls.target.distanceTo(this.controls.target) <= close) return;
    this.touched = true;
    this.jump(camera.position, controls.target);
  }

  /** Moves so that the scan fills the view; the direction stays. */
  frame(): void {
    this.glide(this.fitting(this.offset().normalize()), new Vector3());
  }

  lookFrom(view: NamedView): void {
    this.lookAlong(new Vector3(...DIRECTIONS[view]));
  }

  /** The whole scan. @param direction from the middle towards the camera; changed */
  lookAlong(direction: Vector3): void {
    direction.normalize();
    // Not exactly from above or below: there the up axis would be undefined.
    if (Math.hypot(direction.x, direction.y) < 1e-4) direction.setY(-1e-4).normalize();
    this.glide(this.fitting(direction), new Vector3());
  }

  /**
   * Turns to a direction unless the user has moved the camera since the scan was shown.
   * @param direction from the middle towards the camera, unit length
   */
  turnTo([x, y, z]: Vec3): void {
    if (this.touched) return;
    // A little from the side and above: seen straight on, a bulge has no shape.
    const aside = new Vector3(-y, x, 0).multiplyScalar(0.35).add(new Vector3(0, 0, 0.3));
    const direction = new Vector3(x, y, z).add(aside).normalize();
    // Not along the up axis, where left and right are undefined.
    if (Math.abs(direction.z) > 0.98) direction.add(new Vector3(0, -0.25, 0)).normalize();
    this.lead();
    if (this.fresh) this.jump(this.fitting(direction), new Vector3());
    else this.glide(this.fitting(direction), new Vector3());
    this.touched = false;
  }

  /** The size of the view has changed: fits the scan again unless the user has moved the camera. */
  refit(): void {
    if (this.touched || this.content.length === 0) return;
    const { move } = this;
    const offset = move === null ? this.offset() : move.toPosition.clone().sub(move.toTarget);
    this.jump(this.fitting(offset.normalize()), new Vector3());
  }

  /** The user has moved the camera since the scan was shown. */
  get chosen(): boolean {
    return this.touched;
  }

  /** Changes the distance from the pivot at once. */
  standBack(factor: number): void {
    const { target } = this.controls;
    this.jump(target.clone().add(this.offset().multiplyScalar(factor)), target.clone());
  }

  /** Like `lookFrom('home')` without a move. */
  resetAtOnce(): void {
    this.lead();
    this.touched = false;
    this.fresh = true;
    this.jump(this.fitting(new Vector3(...DIRECTIONS.home).normalize()), new Vector3());
  }

  /** @param point world coordinates; it comes to the middle and becomes the pivot */
  setPivot(point: Vector3): void {
    this.glide(point.clone().add(this.offset()), point.clone());
  }

  /**
   * Looks at a place from close by.
   * @param point @param extent world units @param normal outward there, unit length
   */
  closeUp(point: Vector3, normal: Vector3, extent: number): void {
    const now = this.offset().normalize();
    // From where one looks already, when that side can be seen from there.
    const direction = now.dot(normal) > 0.35 ? now : now.add(normal.clone().multiplyScalar(2)).normalize();
    if (Math.abs(direction.z) > 0.98) direction.add(new Vector3(0, -0.25, 0)).normalize();
    const distance = this.closeUpDistance(extent);
    this.glide(point.clone().add(direction.multiplyScalar(distance)), point.clone());
  }

  /** @param right @param up turns of the camera around the pivot, degrees */
  orbit(right: number, up: number): void {
    const { up: axis } = this.camera;
    const turned = this.offset().applyAxisAngle(axis, MathUtils.degToRad(right));
    const side = new Vector3().crossVectors(axis, turned).normalize();
    const tilted = turned.clone().applyAxisAngle(side, -MathUtils.degToRad(up));
    // Past the pole the view would flip over.
    const overPole = new Vector3().crossVectors(axis, tilted).dot(side) <= 1e-3;
    const { target } = this.controls;
    this.glide(target.clone().add(overPole ? turned : tilted), target.clone());
  }

  /** @param factor on the distance from the pivot */
  dolly(factor: number): void {
    const { target } = this.controls;
    this.glide(target.clone().add(this.offset().multiplyScalar(factor)), target.clone());
  }

  /** Where the camera is and what it turns around, world coordinates. */
  pose(): { readonly position: Vector3; readonly target: Vector3 } {
    return { position: this.camera.position.clone(), target: this.controls.target.clone() };
  }

  /** Puts the camera there at once, as if the user had. */
  place(position: Vector3, target: Vector3): void {
    this.lead();
    this.touched = true;
    this.jump(position, target);
  }

  /**
   * Looks from elsewhere while `work` runs, with nothing in the way; afterwards everything is as before.
   * @param size of the picture
   */
  aside(size: readonly [width: number, height: number], work: () => void): void {
    const { touched, move, fresh, insets, size: before } = this;
    const { position, target } = this.pose();
    this.insets = { left: 0, right: 0, top: 0, bottom: 0 };
    this.setSize(...size);
    work();
    this.insets = insets;
    this.setSize(...before);
    this.jump(position, target);
    this.touched = touched;
    this.move = move;
    this.fresh = fresh;
  }

  /**
   * Looks at the whole scan, or at a place of it, at once.
   * @param direction from there towards the camera @param place world units; null = the whole scan
   */
  aim([x, y, z]: Vec3, place: { readonly point: Vector3; readonly extent: number } | null): void {
    const direction = new Vector3(x, y, z).normalize();
    if (Math.abs(direction.z) > 0.98) direction.add(new Vector3(0, -0.25, 0)).normalize();
    if (place === null) this.jump(this.fitting(direction), new Vector3());
    else {
      const distance = this.closeUpDistance(place.extent);
      this.jump(place.point.clone().add(direction.multiplyScalar(distance)), place.point);
    }
  }

  /** Goes on with a move. @returns true while it is not finished */
  update(now: number): boolean {
    this.fresh = false;
    const moving = this.advance(now);
    this.controls.update();
    this.setClipping();
    return moving;
  }

  /** The camera's rotation, for the view cube. */
  rotation(): Matrix4 {
    return this.camera.matrixWorldInverse;
  }

  /** From the camera to the pivot, world units. */
  distance(): number {
    return this.offset().length();
  }

  dispose(): void {
    this.controls.dispose();
  }

  /** From the pivot to the camera. */
  private offset(): Vector3 {
    return this.camera.position.clone().sub(this.controls.target);
  }

  /** @param extent world units */
  private closeUpDistance(extent: number): number {
    const tangent = Math.tan(MathUtils.degToRad(this.camera.fov) / 2);
    return Math.min(4, Math.max(0.5, (CLOSE_UP * extent) / tangent));
  }

  private jump(position: Vector3, target: Vector3): void {
    this.move = null;
    this.camera.position.copy(position);
    this.controls.target.copy(target);
    this.controls.update();
    this.onChange();
  }

  private lead(): void {
    for (const tell of this.leads) tell();
  }

  private glide(toPosition: Vector3, toTarget: Vector3): void {
    this.lead();
    this.touched = true;
    if (!this.controls.enableDamping) {
      this.jump(toPosition, toTarget);
      return;
    }
    const fromPosition = this.camera.position.clone();
    const fromTarget = this.controls.target.clone();
    this.move = { start: Number.NaN, fromPosition, fromTarget, toPosition, toTarget };
    this.onChange();
  }

  private advance(now: number): boolean {
    if (this.move === null) return false;
    if (Number.isNaN(this.move.start)) this.move = { ...this.move, start: now };
    const { start, fromPosition, fromTarget, toPosition, toTarget } = this.move;
    const linear = Math.min(1, (now - start) / MOVE_MS);
    const eased = 1 - (1 - linear) ** 3;
    const target = this.controls.target.lerpVectors(fromTarget, toTarget, eased);
    const from = fromPosition.clone().sub(fromTarget);
    const to = toPosition.clone().sub(toTarget);
    this.camera.position.copy(target).add(alongSphere(from, to, eased, this.camera.up));
    if (linear === 1) this.move = null;
    return true;
  }

  private project(): void {
    const [width, height] = this.size;
    const { left, right, top, bottom } = this.insets;
    this.camera.setViewOffset(width, height, (right - left) / 2, (bottom - top) / 2, width, height);
  }

  /** Planes just around the scan: the depth picture keeps its precision for the shading. */
  private setClipping(): void {
    const distance = this.camera.position.length();
    this.camera.near = Math.max(distance - this.reach, 0.004);
    this.camera.far = distance + this.reach;
    this.camera.updateProjectionMatrix();
  }

  /**
   * @param direction from the middle towards the camera, unit length; changed
   * @returns the position from which every point lies inside the view
   */
  private fitting(direction: Vector3): Vector3 {
    const { left, right: insetRight, top, bottom } = this.insets;
    const [width, height] = this.size;
    const tangent = Math.tan(MathUtils.degToRad(this.camera.fov) / 2) / MARGIN;
    const vertical = tangent * Math.max(0.3, 1 - (top + bottom) / height);
    const horizontal = tangent * this.camera.aspect * Math.max(0.3, 1 - (left + insetRight) / width);
    const right = new Vector3().crossVectors(this.camera.up, direction).normalize();
    const up = new Vector3().crossVectors(direction, right);
    const point = new Vector3();
    let distance = 0.05;
    for (let i = 0; i < this.content.length; i += 3) {
      point.fromArray(this.content, i);
      const beside = Math.max(Math.abs(point.dot(right)) / horizontal, Math.abs(point.dot(up)) / vertical);
      // In parallel what is nearer is not larger.
      distance = Math.max(distance, beside + (this.parallel ? 0 : point.dot(direction)));
    }
    return direction.setLength(distance);
  }
}
