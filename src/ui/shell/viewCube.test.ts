/** The view cube: a press on what one sees of it leads to the view from there, and names can be read. */

import { Matrix4, Vector3 } from 'three';
import { describe, expect, it } from 'vitest';
import { CUBE_FACES, cellsOf, faceCorners, facing, placeOf } from './viewCube.ts';

/** Axes of the file -> view, of a camera that looks at the middle from a place. */
function viewFrom(x: number, y: number, z: number): number[] {
  const camera = new Matrix4().lookAt(new Vector3(x, y, z), new Vector3(), new Vector3(0, 0, 1));
  return camera.invert().elements;
}

describe('the view cube', () => {
  it('has every face, edge and corner, each once per face that it is part of', () => {
    const directions = CUBE_FACES.flatMap((face) => cellsOf(face).map(({ direction }) => direction.join()));
    const times = new Map<string, number>();
    for (const direction of directions) times.set(direction, (times.get(direction) ?? 0) + 1);
    expect(times.size).toBe(26);
    for (const [direction, count] of times)
      expect(count).toBe(direction.split(',').filter((part) => Math.abs(Number(part)) === 1).length);
  });

  it('shows the faces that are turned to the viewer, and only those', () => {
    const seen = (x: number, y: number, z: number) =>
      CUBE_FACES.filter((face) => facing(face, viewFrom(x, y, z))).map(({ name }) => name);
    expect(seen(3, -4, 2)).toEqual(['+X', '−Y', '+Z']);
    expect(seen(-3, 4, -2)).toEqual(['−X', '+Y', '−Z']);
    expect(seen(0, -5, 0)).toEqual(['−Y']);
  });

  it('the cell in the middle of the picture is the one one looks from', () => {
    for (const face of CUBE_FACES)
      for (const { direction } of cellsOf(face)) {
        const [x, y, z] = direction;
        // From exactly above, left and right are undefined.
        const rotation = viewFrom(x, x === 0 && y === 0 ? -1e-4 : y, z);
        const nearest = CUBE_FACES.filter((known) => facing(known, rotation))
          .flatMap(cellsOf)
          .map((cell) => {
            const places = cell.corners.map((corner) => placeOf(corner, rotation));
            const middle = [0, 1].map((d) => places.reduce((sum, place) => sum + place[d]!, 0) / 4);
            return { cell, off: Math.hypot(...middle) };
          })
          .sort((a, b) => a.off - b.off)[0]!;
        expect(nearest.cell.direction.map((v) => v + 0)).toEqual(direction.map((v) => v + 0));
      }
  });

  it('names are never mirrored, and upright on the sides', () => {
    for (const face of CUBE_FACES) {
      const [x, y, z] = face.normal;
      const rotation = viewFrom(5 * x + 0.3, 5 * y - 0.4, 5 * z + 0.2);
      const [origin, across, down] = faceCorners(face).map((corner) => placeOf(corner, rotation));
      const [a, b] = [across![0] - origin![0], across![1] - origin![1]];
      const [c, d] = [down![0] - origin![0], down![1] - origin![1]];
      expect(a * d - b * c, face.name).toBeGreaterThan(0);
      if (z === 0) expect(d, face.name).toBeGreaterThan(0);
    }
  });
});
