/** Views without perspective: true lengths at every depth, and pointer, lasso and shaders agree on where points are. */

import fc from 'fast-check';
import { Matrix4, PerspectiveCamera, Vector3 } from 'three';
import { describe, expect, it } from 'vitest';
import { selectUnderMask, visiblePoints } from '../core/labels/screenSelection.ts';
import { type Lens, ParallelLens, perspectiveLens, pixelScale } from './lens.ts';
import { pickPoint } from './picking.ts';

const REACH = 1.1;
const [WIDTH, HEIGHT] = [800, 500];

/** A camera that looks at a pivot, with the middle of the picture moved by what covers it. */
function cameraAt(position: Vector3, pivot: Vector3): PerspectiveCamera {
  const camera = new PerspectiveCamera(32, WIDTH / HEIGHT, 0.05, 20);
  camera.up.set(0, 0, 1);
  camera.position.copy(position);
  camera.lookAt(pivot);
  camera.setViewOffset(WIDTH, HEIGHT, 26, 10, WIDTH, HEIGHT);
  camera.updateMatrixWorld();
  return camera;
}

function lenses(position: Vector3, pivot: Vector3): { perspective: Lens; parallel: Lens } {
  const camera = cameraAt(position, pivot);
  const distance = position.distanceTo(pivot);
  return {
    perspective: perspectiveLens(camera, distance),
    parallel: new ParallelLens().at(camera, distance, REACH),
  };
}

function toClip({ camera }: Lens): number[] {
  return new Matrix4().multiplyMatrices(camera.projectionMatrix, camera.matrixWorldInverse).elements;
}

const unit = fc.double({ min: -1, max: 1, noNaN: true });
const direction = fc
  .tuple(unit, unit, unit)
  .map((v) => new Vector3(...v))
  .filter((v) => v.length() > 0.1 && Math.hypot(v.x, v.y) > 0.05)
  .map((v) => v.normalize());
const distances = fc.double({ min: 0.02, max: 10, noNaN: true });
const inBall = direction.chain((d) => unit.map((share) => d.clone().multiplyScalar(share)));

describe('the parallel lens', () => {
  it('shows the plane through the pivot where and as large as perspective does', () => {
    fc.assert(
      fc.property(direction, distances, inBall, unit, unit, (towards, distance, pivot, u, v) => {
        const position = pivot.clone().addScaledVector(towards, distance);
        const { perspective, parallel } = lenses(position, pivot);
        const { quaternion } = perspective.camera;
        const place = new Vector3(u, v, 0)
          .multiplyScalar(0.3 * distance)
          .applyQuaternion(quaternion)
          .add(pivot);
        const [a, b] = [place.clone().project(perspective.camera), place.clone().project(parallel.camera)];
        expect(b.x).toBeCloseTo(a.x, 6);
        expect(b.y).toBeCloseTo(a.y, 6);
      }),
    );
  });

  it('shows all of the scan in front of it, however near the camera has come', () => {
    fc.assert(
      fc.property(direction, distances, inBall, inBall, (towards, distance, pivot, place) => {
        const { parallel } = lenses(pivot.clone().addScaledVector(towards, distance), pivot);
        const { z } = place.clone().project(parallel.camera);
        expect(Math.abs(z)).toBeLessThanOrEqual(1);
      }),
    );
  });

  it('draws a length as long at every depth, as many pixels as it says', () => {
    const pivot = new Vector3();
    const { parallel } = lenses(new Vector3(0, -4, 0), pivot);
    for (const depth of [-0.9, 0, 0.9]) {
      const [a, b] = [-0.1, 0.1].map((x) => new Vector3(x, depth, 0).project(parallel.camera));
      const pixels = ((b!.x - a!.x) / 2) * WIDTH;
      expect(pixels).toBeCloseTo(0.2 * pixelScale(parallel, HEIGHT), 6);
    }
  });
});

describe('tools in a view without perspective', () => {
  // Two points behind each other, the further one first, and one beside them that lies nearest.
  const positions = Float32Array.of(0, 0.5, 0, 0, -0.5, 0, 0.4, -0.9, 0);
  const both = lenses(new Vector3(0, -4, 0), new Vector3());

  it.each(['perspective', 'parallel'] as const)('the pointer takes the frontmost point, %s', (name) => {
    const lens = both[name];
    const at = new Vector3(0, -0.5, 0).project(lens.camera);
    const cursor = [((at.x + 1) / 2) * WIDTH, ((1 - at.y) / 2) * HEIGHT] as const;
    expect(pickPoint(positions, toClip(lens), cursor, [WIDTH, HEIGHT], 8)).toBe(1);
    const cut = [{ normal: [0, -1, 0] as const, offset: 0.2 }];
    expect(pickPoint(positions, toClip(lens), cursor, [WIDTH, HEIGHT], 8, cut)).toBe(0);
  });

  it.each(['perspective', 'parallel'] as const)('a mask selects what is drawn under it, %s', (name) => {
    const view = { toClip: toClip(both[name]), width: WIDTH, height: HEIGHT };
    const at = new Vector3(0, 0, 0).project(both[name].camera);
    const column = ((at.x + 1) / 2) * WIDTH;
    const inside = Uint8Array.from({ length: WIDTH * HEIGHT }, (_, i) => Number((i % WIDTH) - column > 20));
    expect([...selectUnderMask(positions, view, { width: WIDTH, height: HEIGHT, inside })]).toEqual([
      0, 0, 1,
    ]);
    expect([...visiblePoints(positions, view, 12, 0.1)]).toEqual([0, 1, 1]);
  });
});
