/** The geometry of the view cube: six faces of nine cells; a cell is a face, an edge or a corner to look from. */

import type { Vec3 } from '../../core/types.ts';

export interface CubeFace {
  /** As written on it. */
  readonly name: string;
  readonly axis: 'x' | 'y' | 'z';
  /** Outward. */
  readonly normal: Vec3;
  /** To the right and up for whoever looks at the face from outside, with Z up where it can be. */
  readonly right: Vec3;
  readonly up: Vec3;
}

export const CUBE_FACES: readonly CubeFace[] = [
  { name: '+X', axis: 'x', normal: [1, 0, 0], right: [0, 1, 0], up: [0, 0, 1] },
  { name: '−X', axis: 'x', normal: [-1, 0, 0], right: [0, -1, 0], up: [0, 0, 1] },
  { name: '+Y', axis: 'y', normal: [0, 1, 0], right: [-1, 0, 0], up: [0, 0, 1] },
  { name: '−Y', axis: 'y', normal: [0, -1, 0], right: [1, 0, 0], up: [0, 0, 1] },
  { name: '+Z', axis: 'z', normal: [0, 0, 1], right: [1, 0, 0], up: [0, 1, 0] },
  { name: '−Z', axis: 'z', normal: [0, 0, -1], right: [1, 0, 0], up: [0, -1, 0] },
];

export interface CubeCell {
  readonly key: string;
  /** From the middle towards whoever looks; components are -1, 0 or 1. */
  readonly direction: Vec3;
  readonly corners: readonly Vec3[];
}

/** Half an edge of the cube, units of the drawing; its corners must not leave the drawing. */
const HALF = 27;
/** Where a face is divided, parts of half an edge. */
const DIVIDED = [-1, -0.6, 0.6, 1] as const;
/** Size of the names, parts of half an edge. */
const LETTER = 0.055;

function onFace({ normal, right, up }: CubeFace, u: number, v: number): Vec3 {
  const at = (axis: 0 | 1 | 2) => HALF * (normal[axis] + u * right[axis] + v * up[axis]);
  return [at(0), at(1), at(2)];
}

const CELLS = new Map(CUBE_FACES.map((face) => [face, makeCells(face)]));

export function cellsOf(face: CubeFace): readonly CubeCell[] {
  return CELLS.get(face) ?? makeCells(face);
}

function makeCells(face: CubeFace): readonly CubeCell[] {
  const steps = [0, 1, 2] as const;
  return steps.flatMap((row) =>
    steps.map((column) => {
      const [u0, u1, v0, v1] = [DIVIDED[column], DIVIDED[column + 1]!, DIVIDED[row], DIVIDED[row + 1]!];
      const along = (axis: 0 | 1 | 2) =>
        face.normal[axis] + (column - 1) * face.right[axis] + (row - 1) * face.up[axis];
      return {
        key: `${column} ${row}`,
        direction: [along(0), along(1), along(2)] as const,
        corners: [onFace(face, u0, v0), onFace(face, u1, v0), onFace(face, u1, v1), onFace(face, u0, v1)],
      };
    }),
  );
}

/** Middle of the face, and one unit of lettering to its right and down. */
export function faceCorners(face: CubeFace): readonly [Vec3, Vec3, Vec3] {
  return [onFace(face, 0, 0), onFace(face, LETTER, 0), onFace(face, 0, -LETTER)];
}

/** @param rotation column-major 4x4 axes of the file -> view @returns place in the drawing, y downwards */
export function placeOf([x, y, z]: Vec3, r: readonly number[]): readonly [number, number] {
  return [r[0]! * x + r[4]! * y + r[8]! * z, -(r[1]! * x + r[5]! * y + r[9]! * z)];
}

/** Whether the outside of a face is seen. */
export function facing({ normal: [x, y, z] }: CubeFace, r: readonly number[]): boolean {
  return r[2]! * x + r[6]! * y + r[10]! * z > 0.02;
}
