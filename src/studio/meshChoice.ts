/** What meshes are used as, as the user chose it last. */

import type { MeshUse } from '../engine/protocol.ts';

/** So many points of a surface show a part of a hand's size to a tenth of a millimetre or so. */
export const MESH_POINTS = 100_000;
/** As many as the page shows. */
export const MOST_MESH_POINTS = 10_000_000;

export const VERTICES: MeshUse = { kind: 'vertices' };

export function isMeshUse(value: unknown): value is MeshUse {
  if (typeof value !== 'object' || value === null) return false;
  const { kind, points, seed }: Partial<Record<string, unknown>> = { ...value };
  const whole = (number: unknown, least: number, most: number) =>
    typeof number === 'number' && Number.isSafeInteger(number) && number >= least && number <= most;
  return (
    kind === 'vertices' ||
    (kind === 'sample' && whole(points, 1, MOST_MESH_POINTS) && whole(seed, 0, 2 ** 32 - 1))
  );
}

/** For a file of which nobody knows yet whether it is a mesh: a cloud is used as it is, without a word. */
export function whereMesh(use: MeshUse): MeshUse {
  return use.kind === 'sample' ? { ...use, ifMesh: true } : use;
}
