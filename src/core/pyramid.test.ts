/**
 * The voxel grid and its maps against a dictionary of strings that follows core/indexLaw literally and
 * shares no code with what it checks. A wrong row anywhere would feed the network the wrong neighbours.
 */

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CapacityError, InvalidInputError } from './errors.ts';
import { COORD_LIMIT } from './indexLaw.ts';
import { buildPyramid } from './pyramid.ts';
import type { KernelMap } from './types.ts';
import { voxelise } from './voxelise.ts';

type Cell = readonly number[];

/** Distinct cells in order of first occurrence, and the row of each item. */
function dictionary(cells: readonly Cell[]): { rows: Cell[]; rowOf: number[]; find: Map<string, number> } {
  const find = new Map<string, number>();
  const rows: Cell[] = [];
  const rowOf = cells.map((cell) => {
    const key = cell.join();
    if (!find.has(key)) find.set(key, rows.push(cell) - 1);
    return find.get(key)!;
  });
  return { rows, rowOf, find };
}

function oracleMap(edge: number, from: Map<string, number>, to: readonly Cell[], stride: number): number[] {
  const centre = edge === 2 ? 0 : (edge - 1) / 2;
  const source: number[] = [];
  for (let dz = 0; dz < edge; dz++)
    for (let dy = 0; dy < edge; dy++)
      for (let dx = 0; dx < edge; dx++)
        for (const [b, x, y, z] of to as readonly (readonly [number, number, number, number])[]) {
          const at = [b, x + stride * (dx - centre), y + stride * (dy - centre), z + stride * (dz - centre)];
          source.push(from.get(at.join()) ?? -1);
        }
  return source;
}

function expectPyramid(points: Float32Array, size: number, starts: number[], stem: 3 | 5): void {
  const cellOf = (i: number): Cell => [
    starts.findLastIndex((start) => start <= i),
    // Adding 0 turns -0 into 0.
    ...Array.from(
      points.subarray(3 * i, 3 * i + 3),
      (x) => Math.floor(Math.fround(x / Math.fround(size))) + 0,
    ),
  ];
  let level = dictionary(Array.from({ length: points.length / 3 }, (_, i) => cellOf(i)));
  const grid = voxelise(points, size, Uint32Array.from(starts));
  const pyramid = buildPyramid(grid, starts.length - 1, stem);
  expect(Array.from(grid.pointToVoxel)).toEqual(level.rowOf);
  expect(Array.from(grid.representative)).toEqual(level.rows.map((_, row) => level.rowOf.indexOf(row)));
  const expectMap = (map: KernelMap, edge: number, from: typeof level, to: typeof level, stride: number) => {
    expect([map.taps, map.vIn, map.vOut]).toEqual([edge ** 3, from.rows.length, to.rows.length]);
    expect(Array.from(map.source)).toEqual(oracleMap(edge, from.find, to.rows, stride));
  };
  expectMap(pyramid.stem, stem, level, level, 1);
  for (let l = 0; l < 5; l++) {
    const stride = 2 ** l;
    expect(pyramid.levels[l]!.stride).toBe(stride);
    expect(Array.from(pyramid.levels[l]!.coords)).toEqual(level.rows.flat());
    expectMap(pyramid.same[l]!, 3, level, level, stride);
    if (l === 4) break;
    const floored = ([b, ...xyz]: Cell): Cell => [
      b!,
      ...xyz.map((c) => Math.floor(c / (2 * stride)) * 2 * stride + 0),
    ];
    const next = dictionary(level.rows.map(floored));
    expect(Array.from(pyramid.parents[l]!)).toEqual(next.rowOf);
    expectMap(pyramid.down[l]!, 2, level, next, stride);
    level = next;
  }
}

/** Points on a coarse lattice with jitter, so that voxels are shared, missing and negative. */
const clouds = fc
  .array(
    fc.array(fc.tuple(fc.integer({ min: -40, max: 40 }), fc.integer({ min: -9, max: 9 })), { size: '-1' }),
    {
      minLength: 1,
      maxLength: 3,
    },
  )
  .map((batch) => batch.map((cloud) => cloud.map(([c, j]) => [c / 37 + j / 500, j / 11, (c * j) / 370])))
  .filter((batch) => batch.some((cloud) => cloud.length > 0));

test('voxels, levels and maps follow the index law for any batch', () => {
  fc.assert(
    fc.property(
      clouds,
      fc.double({ min: 0.02, max: 1.5, noNaN: true }),
      fc.boolean(),
      (batch, size, wide) => {
        const starts = [0];
        for (const cloud of batch) starts.push(starts.at(-1)! + cloud.length);
        expectPyramid(Float32Array.from(batch.flat(2)), size, starts, wide ? 5 : 3);
      },
    ),
    { numRuns: 60, seed: 1 },
  );
});

describe('single clouds', () => {
  test.each([
    ['one point', [0.3, -0.2, 0.1]],
    ['one point three times', [-1, -1, -1, -1, -1, -1, -1, -1, -1]],
    ['the far corners of what 16 bits hold', [-32767, 0, 32767, 32767, 0, -32767, 32766, 1, 0]],
  ])('%s', (_, xyz) => {
    expectPyramid(Float32Array.from(xyz), 1, [0, xyz.length / 3], 5);
  });
});

test('a 3^3 stem is the map of stride 1 itself, not a second one', () => {
  const pyramid = buildPyramid(voxelise(Float32Array.of(0, 0, 0, 1, 1, 1), 1), 1, 3);
  expect(pyramid.stem).toBe(pyramid.same[0]);
});

test.each([
  ['no points', [], 0.1, InvalidInputError],
  ['NaN', [0, Number.NaN, 0], 0.1, InvalidInputError],
  ['infinity', [0, 0, Number.NEGATIVE_INFINITY], 0.1, InvalidInputError],
  ['a voxel size of zero', [0, 0, 0], 0, InvalidInputError],
  ['a voxel size below float32', [0, 0, 0], 1e-60, InvalidInputError],
  ['a coordinate beyond 16 bits', [0, COORD_LIMIT + 1, 0], 1, CapacityError],
])('%s is refused', (_, xyz, size, error) => {
  expect(() => voxelise(Float32Array.from(xyz), size)).toThrow(error);
});

test.each([[[0, 1]], [[0, 2, 1, 2]], [[1, 2]], [[]]])('cloud starts %j do not fit two points', (starts) => {
  expect(() => voxelise(new Float32Array(6), 0.1, Uint32Array.from(starts))).toThrow(InvalidInputError);
});
