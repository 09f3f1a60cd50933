/** CPU twin of `shaders/map`: the levels of the pyramid and their kernel maps. Law: core/indexLaw. */

import { CoordinateTable } from './gridHash.ts';
import { kernelOffset, LEVELS } from './indexLaw.ts';
import type { GridPyramid, KernelMap, PyramidLevel, VoxelGrid } from './types.ts';

/** A level with its rows findable by coordinate. */
interface IndexedLevel extends PyramidLevel {
  readonly table: CoordinateTable;
}

/**
 * @param stemKernel edge of the stem's kernel; with 3 the stem shares the 3^3 map of stride 1
 * @returns levels in order of first occurrence over the finer level's rows
 */
export function buildPyramid(grid: VoxelGrid, batchSize: number, stemKernel: 3 | 5): GridPyramid {
  const levels: IndexedLevel[] = [indexLevel(grid.coords)];
  const parents: Uint32Array[] = [];
  const down: KernelMap[] = [];
  for (let l = 1; l < LEVELS; l++) {
    const coarser = coarsen(levels[l - 1]!);
    levels.push(coarser.level);
    parents.push(coarser.parent);
    down.push(coarser.down);
  }
  const same = levels.map((level) => sameMap(level, 3));
  const stem = stemKernel === 3 ? same[0]! : sameMap(levels[0]!, stemKernel);
  const bare = levels.map(({ stride, coords }) => ({ stride, coords }));
  return { grid, levels: bare, parents, stem, same, down, batchSize };
}

function indexLevel(coords: Int32Array): IndexedLevel {
  const rows = coords.length / 4;
  const table = new CoordinateTable(rows);
  for (let i = 0; i < coords.length; i += 4)
    table.insert(coords[i]!, coords[i + 1]!, coords[i + 2]!, coords[i + 3]!);
  return { stride: 1, coords, table };
}

function coarsen(fine: IndexedLevel): { level: IndexedLevel; parent: Uint32Array; down: KernelMap } {
  const { coords, stride } = fine;
  const rows = coords.length / 4;
  const coarse = 2 * stride;
  const table = new CoordinateTable(rows);
  const parent = new Uint32Array(rows);
  const tap = new Uint8Array(rows);
  for (let i = 0; i < rows; i++) {
    const at = 4 * i;
    // `&` on two's complement is the true floor to a multiple of a power of two.
    const x = coords[at + 1]! & -coarse;
    const y = coords[at + 2]! & -coarse;
    const z = coords[at + 3]! & -coarse;
    parent[i] = table.insert(coords[at]!, x, y, z);
    tap[i] =
      (coords[at + 1]! - x) / stride +
      (2 * (coords[at + 2]! - y)) / stride +
      (4 * (coords[at + 3]! - z)) / stride;
  }
  const vOut = table.count;
  const source = new Int32Array(8 * vOut).fill(-1);
  for (let i = 0; i < rows; i++) source[tap[i]! * vOut + parent[i]!] = i;
  const level = { stride: coarse, coords: table.coords.slice(0, 4 * vOut), table };
  return { level, parent, down: { taps: 8, source, vIn: rows, vOut } };
}

/** Submanifold map of an odd kernel: the same voxels in and out. */
function sameMap({ coords, stride, table }: IndexedLevel, edge: 3 | 5): KernelMap {
  const taps = edge ** 3;
  const rows = coords.length / 4;
  const source = new Int32Array(taps * rows).fill(-1);
  const centre = (taps - 1) / 2;
  for (let k = 0; k < centre; k++) {
    const [dx, dy, dz] = kernelOffset(k, edge);
    for (let o = 0; o < rows; o++) {
      const at = 4 * o;
      const i = table.find(
        coords[at]!,
        coords[at + 1]! + dx * stride,
        coords[at + 2]! + dy * stride,
        coords[at + 3]! + dz * stride,
      );
      if (i < 0) continue;
      // The mirrored tap sees the same pair from the other end.
      source[k * rows + o] = i;
      source[(taps - 1 - k) * rows + i] = o;
    }
  }
  for (let o = 0; o < rows; o++) source[centre * rows + o] = o;
  return { taps, source, vIn: rows, vOut: rows };
}
