/**
 * How the world is projected: in perspective, or in parallel, where equal lengths are equally long at every depth.
 * The camera that the user moves is always the perspective one; the parallel one stands behind it and shows, at
 * the pivot, as much as that one does: distance means zoom, and changing over keeps the size.
 */

import { MathUtils, OrthographicCamera, type PerspectiveCamera, Vector3 } from 'three';

export interface Lens {
  readonly camera: PerspectiveCamera | OrthographicCamera;
  readonly parallel: boolean;
  /** Half of what is seen, across and up: of the distance in perspective, in world units in parallel. */
  readonly half: readonly [across: number, up: number];
  /** From the user's camera to the pivot, world units. */
  readonly distance: number;
}

/** @returns half of what is seen across and up, at distance 1 */
function halfOf({ fov, aspect }: PerspectiveCamera): readonly [across: number, up: number] {
  const tangent = Math.tan(MathUtils.degToRad(fov) / 2);
  return [tangent * aspect, tangent];
}

export function perspectiveLens(camera: PerspectiveCamera, distance: number): Lens {
  return { camera, parallel: false, half: halfOf(camera), distance };
}

export class ParallelLens {
  private readonly camera = new OrthographicCamera();

  /**
   * @param like its matrices are up to date @param distance from it to the pivot
   * @param reach everything lies so near to the origin, world units
   */
  at(like: PerspectiveCamera, distance: number, reach: number): Lens {
    const { camera } = this;
    const [across, up] = halfOf(like).map((half) => half * distance) as [number, number];
    Object.assign(camera, { left: -across, right: across, top: up, bottom: -up });
    const back = new Vector3(0, 0, 1).applyQuaternion(like.quaternion);
    // Far enough away for everything to lie in front of it, however near the user's own camera has come.
    const step = 3 * reach - like.position.dot(back);
    camera.quaternion.copy(like.quaternion);
    camera.position.copy(like.position).addScaledVector(back, step);
    camera.near = 2 * reach;
    camera.far = 4 * reach;
    const { view } = like;
    if (view !== null)
      camera.setViewOffset(
        view.fullWidth,
        view.fullHeight,
        view.offsetX,
        view.offsetY,
        view.width,
        view.height,
      );
    camera.updateProjectionMatrix();
    camera.updateMatrixWorld();
    return { camera, parallel: true, half: [across, up], distance };
  }
}

/** @param height of the picture, pixels @returns pixels per world unit where clip w is 1 */
export function pixelScale({ half: [, up] }: Lens, height: number): number {
  return height / (2 * up);
}
