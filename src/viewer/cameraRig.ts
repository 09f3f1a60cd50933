/** Camera and mouse: orbit, pan, zoom to the cursor, framing, named views, smooth moves. */

import { MathUtils, type Matrix4, PerspectiveCamera, Vector3 } from 'three';
import { OrbitControls } from 'three/examples/jsm/controls/OrbitControls.js';

export type NamedView = 'home' | 'front' | 'right' | 'top';

export interface CameraRig {
  readonly camera: PerspectiveCamera;
  setSize(width: number, height: number): void;
  /** @param points [3M] world coordinates, some of the scan's: what the views have to show */
  setContent(points: Float32Array): void;
  /** Moves so that the scan fills the view; the direction stays. */
  frame(): void;
  lookFrom(view: NamedView): void;
  /** Like `lookFrom('home')` without a move. */
  resetAtOnce(): void;
  /** @param point world coordinates; it comes to the middle and becomes the pivot */
  setPivot(point: Vector3): void;
  /** @param right @param up turns of the camera around the pivot, degrees */
  orbit(right: number, up: number): void;
  /** @param factor below 1 comes closer */
  dolly(factor: number): void;
  /** Goes on with a move. @returns true while it is not finished */
  update(now: number): boolean;
  /** The camera's rotation, for the axis triad. */
  rotation(): Matrix4;
  dispose(): void;
}

const FIELD_OF_VIEW = 32;
/** The scan keeps this much air around it. */
const MARGIN = 1.16;
const MOVE_MS = 240;

/** From where a view looks, world axes, Z up. */
const DIRECTIONS: Readonly<Record<NamedView, readonly [number, number, number]>> = {
  home: [0.62, -0.78, 0.5],
  front: [0, -1, 0],
  right: [1, 0, 0],
  // Not exactly from above: there the up axis would be undefined.
  top: [0, -1e-4, 1],
};

interface Move {
  readonly start: number;
  readonly fromPosition: Vector3;
  readonly fromTarget: Vector3;
  readonly toPosition: Vector3;
  readonly toTarget: Vector3;
}

/**
 * Distance from the middle at which every point lies inside the view.
 * @param points [3M] world coordinates, some of the scan's
 * @param direction from the middle towards the camera, unit length
 */
function fittingDistance(camera: PerspectiveCamera, points: Float32Array, direction: Vector3): number {
  const vertical = Math.tan(MathUtils.degToRad(camera.fov) / 2) / MARGIN;
  const horizontal = vertical * camera.aspect;
  const right = new Vector3().crossVectors(camera.up, direction).normalize();
  const up = new Vector3().crossVectors(direction, right);
  const point = new Vector3();
  let distance = 0.05;
  for (let i = 0; i < points.length; i += 3) {
    point.fromArray(points, i);
    const beside = Math.max(Math.abs(point.dot(right)) / horizontal, Math.abs(point.dot(up)) / vertical);
    distance = Math.max(distance, beside + point.dot(direction));
  }
  return distance;
}

/** @param onChange the picture is out of date */
export function createCameraRig(element: HTMLElement, onChange: () => void): CameraRig {
  const camera = new PerspectiveCamera(FIELD_OF_VIEW, 1, 0.01, 100);
  camera.up.set(0, 0, 1);
  const controls = new OrbitControls(camera, element);
  controls.zoomToCursor = true;
  controls.enableDamping = !matchMedia('(prefers-reduced-motion: reduce)').matches;
  controls.dampingFactor = 0.18;
  controls.minDistance = 0.01;
  controls.maxDistance = 40;
  controls.addEventListener('change', onChange);
  let move: Move | null = null;
  controls.addEventListener('start', () => {
    move = null;
  });

  const jump = (position: Vector3, target: Vector3) => {
    move = null;
    camera.position.copy(position);
    controls.target.copy(target);
    controls.update();
    onChange();
  };
  const glide = (toPosition: Vector3, toTarget: Vector3) => {
    if (!controls.enableDamping) return jump(toPosition, toTarget);
    const fromPosition = camera.position.clone();
    move = { start: Number.NaN, fromPosition, fromTarget: controls.target.clone(), toPosition, toTarget };
    onChange();
  };
  let content: Float32Array = new Float32Array(0);
  const fitting = (direction: Vector3) => direction.setLength(fittingDistance(camera, content, direction));
  const viewPosition = (view: NamedView) => fitting(new Vector3(...DIRECTIONS[view]).normalize());

  const advance = (now: number): boolean => {
    if (move === null) return false;
    if (Number.isNaN(move.start)) move = { ...move, start: now };
    const linear = Math.min(1, (now - move.start) / MOVE_MS);
    const eased = 1 - (1 - linear) ** 3;
    camera.position.lerpVectors(move.fromPosition, move.toPosition, eased);
    controls.target.lerpVectors(move.fromTarget, move.toTarget, eased);
    if (linear === 1) move = null;
    return true;
  };

  const offset = () => camera.position.clone().sub(controls.target);

  return {
    camera,
    setSize(width, height) {
      camera.aspect = width / height;
      camera.updateProjectionMatrix();
    },
    setContent(points) {
      content = points;
    },
    frame: () => glide(fitting(offset().normalize()), new Vector3()),
    lookFrom: (view) => glide(viewPosition(view), new Vector3()),
    resetAtOnce: () => jump(viewPosition('home'), new Vector3()),
    setPivot: (point) => glide(point.clone().add(offset()), point.clone()),
    orbit(right, up) {
      const turned = offset().applyAxisAngle(camera.up, MathUtils.degToRad(right));
      const side = new Vector3().crossVectors(camera.up, turned).normalize();
      const tilted = turned.clone().applyAxisAngle(side, -MathUtils.degToRad(up));
      // Past the pole the view would flip over.
      const overPole = new Vector3().crossVectors(camera.up, tilted).dot(side) <= 1e-3;
      glide(controls.target.clone().add(overPole ? turned : tilted), controls.target.clone());
    },
    dolly: (factor) =>
      glide(controls.target.clone().add(offset().multiplyScalar(factor)), controls.target.clone()),
    update(now) {
      const moving = advance(now);
      controls.update();
      setClipping(camera);
      return moving;
    },
    rotation: () => camera.matrixWorldInverse,
    dispose() {
      controls.removeEventListener('change', onChange);
      controls.dispose();
    },
  };
}

/** Planes just around the unit sphere: the depth picture keeps its precision for eye-dome lighting. */
function setClipping(camera: PerspectiveCamera): void {
  const distance = camera.position.length();
  camera.near = Math.max(distance - 1.02, 0.004);
  camera.far = distance + 1.02;
  camera.updateProjectionMatrix();
}
