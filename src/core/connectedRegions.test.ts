import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { connectedRegions } from './connectedRegions.ts';
import { InvalidInputError } from './errors.ts';

/** Floods from point to point over all pairs. */
function oracle(points: Float32Array, rows: Uint32Array, reach: number): number[] {
  const of = new Array<number>(rows.length).fill(-1);
  let count = 0;
  rows.forEach((_, seed) => {
    if (of[seed] !== -1) return;
    const stack = [seed];
    of[seed] = count;
    for (let i = stack.pop(); i !== undefined; i = stack.pop())
      rows.forEach((row, j) => {
        const [dx, dy, dz] = [0, 1, 2].map((d) => points[3 * row + d]! - points[3 * rows[i!]! + d]!);
        if (of[j] !== -1 || dx! * dx! + dy! * dy! + dz! * dz! > reach * reach) return;
        of[j] = count;
        stack.push(j);
      });
    count++;
  });
  return of;
}

describe('connectedRegions', () => {
  it('is what flooding over all pairs gives, in any unit and with equal points', () => {
    const place = fc.integer({ min: 0, max: 12 });
    fc.assert(
      fc.property(
        fc.array(fc.tuple(place, place, place), { minLength: 1, maxLength: 60 }),
        fc.constantFrom(1e-3, 1, 1e4),
        fc.integer({ min: 3, max: 20 }),
        (grid, unit, tenths) => {
          const points = Float32Array.from(grid.flat(), (v) => v * unit);
          const rows = Uint32Array.from(grid.keys()).filter((row) => row % 3 !== 1);
          // Off the lattice's own distances, where rounding would decide.
          const reach = unit * (tenths / 5 + 0.0137);
          expect([...connectedRegions(points, rows, reach).of]).toEqual(oracle(points, rows, reach));
        },
      ),
      { numRuns: 300 },
    );
  });

  it('holds when one outlier makes the grid far larger than the part', () => {
    const points = Float32Array.of(0, 0, 0, 1, 0, 0, 5, 0, 0, 1e7, 0, 0);
    const { of, count } = connectedRegions(points, Uint32Array.of(0, 1, 2, 3), 1.5);
    expect([...of]).toEqual([0, 0, 1, 2]);
    expect(count).toBe(3);
  });

  it('takes no points, and refuses a reach of nothing', () => {
    expect(connectedRegions(new Float32Array(), new Uint32Array(), 1).count).toBe(0);
    expect(() => connectedRegions(new Float32Array(3), Uint32Array.of(0), 0)).toThrow(InvalidInputError);
  });
});
