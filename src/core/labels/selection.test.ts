import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { kNearest } from '../knn.ts';
import { addStroke, emptyMask, polygonMask, rectangleMask, type ScreenMask } from './screenMask.ts';
import { type ScreenView, selectUnderMask, visiblePoints } from './screenSelection.ts';
import { floodByNormal, floodByScore, grow, invert, selectBall, shrink } from './surfaceSelection.ts';

const SIZE = [40, 30] as const;
const count = (values: Uint8Array) => values.reduce((sum, value) => sum + value, 0);

function insideByRays(path: readonly number[], x: number, y: number): boolean {
  let inside = false;
  const corners = path.length / 2;
  for (let i = 0, j = corners - 1; i < corners; j = i++) {
    const [xi, yi, xj, yj] = [path[2 * i]!, path[2 * i + 1]!, path[2 * j]!, path[2 * j + 1]!];
    if (yi > y !== yj > y && x < ((xj - xi) * (y - yi)) / (yj - yi) + xi) inside = !inside;
  }
  return inside;
}

/** Looks along -z from z = 10, orthographic: x and y of the unit square fill the screen. */
const flat: ScreenView = {
  toClip: [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, -0.1, 0, 0, 0, 0, 1],
  width: 100,
  height: 100,
};
/** From the origin along -z, 90 degrees, near 0.1, far 100. */
const perspective: ScreenView = {
  toClip: [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, -100.1 / 99.9, -1, 0, 0, -20 / 99.9, 0],
  width: 100,
  height: 100,
};

function filled(width: number, height: number): ScreenMask {
  const mask = emptyMask(width, height);
  mask.inside.fill(1);
  return mask;
}

describe('masks of the screen', () => {
  it('hold just the pixels inside a drawn outline, also where it crosses itself', () => {
    const place = fc.integer({ min: -100, max: 500 }).map((v) => v / 10 + 0.013);
    fc.assert(
      fc.property(fc.array(place, { minLength: 6, maxLength: 16 }), (numbers) => {
        const path = numbers.slice(0, numbers.length - (numbers.length % 2));
        const { inside } = polygonMask(SIZE, path);
        for (let y = 0; y < SIZE[1]; y++)
          for (let x = 0; x < SIZE[0]; x++)
            expect(inside[y * SIZE[0] + x] === 1, `${x}, ${y}`).toBe(insideByRays(path, x + 0.5, y + 0.5));
      }),
    );
  });

  it('of a rectangle do not depend on where the drag began', () => {
    const a = rectangleMask(SIZE, [5, 6], [15, 20]);
    expect(count(a.inside)).toBe(10 * 14);
    expect(rectangleMask(SIZE, [15, 20], [5, 6])).toEqual(a);
    expect(count(polygonMask(SIZE, [1, 1, 9, 9]).inside)).toBe(0);
  });

  it('of a brush leave no gaps between two places of the pointer', () => {
    const mask = emptyMask(...SIZE);
    addStroke(mask, [-10, 15], [60, 15], 3);
    for (let x = 0; x < SIZE[0]; x++) expect(mask.inside[15 * SIZE[0] + x]).toBe(1);
    // Rows whose centre lies within 3 pixels of y = 15.
    expect(count(mask.inside)).toBe(6 * SIZE[0]);
  });
});

describe('selection under a mask', () => {
  it('takes what is drawn there, and nothing behind the camera or beside the screen', () => {
    const points = Float32Array.of(0, 0, -5, 0, 0, 5, 9, 0, -5, 0, 0, -200);
    expect([...selectUnderMask(points, perspective, filled(10, 10))]).toEqual([1, 0, 0, 0]);
    expect([...selectUnderMask(points, perspective, filled(10, 10), Uint8Array.of(0, 1, 1, 1))]).toEqual([
      0, 0, 0, 0,
    ]);
    // Screen y runs down: a point at y = +0.5 lies in the upper half.
    const upper = rectangleMask([100, 100], [0, 0], [100, 50]);
    const pair = Float32Array.of(0, 0.5, 0, 0, -0.5, 0);
    expect([...selectUnderMask(pair, flat, upper)]).toEqual([1, 0]);
  });

  it('sees the front of a part and not its back, in both projections', () => {
    const front: number[] = [];
    const back: number[] = [];
    for (let x = -0.4; x <= 0.4; x += 0.02)
      for (let y = -0.4; y <= 0.4; y += 0.02) {
        front.push(x, y, -2);
        back.push(x, y, -2.5);
      }
    const points = Float32Array.from([...front, ...back]);
    const half = front.length / 3;
    for (const view of [flat, perspective]) {
      const seen = visiblePoints(points, view, 4, 0.1);
      expect(count(seen.subarray(0, half))).toBe(half);
      // The back plane looks smaller in perspective: all of it lies behind the front one.
      expect(count(seen.subarray(half))).toBe(0);
      const left = rectangleMask([100, 100], [0, 0], [50, 100]);
      expect(visiblePoints(points, view, 4, 0.1, left)).toEqual(selectUnderMask(points, view, left, seen));
    }
  });
});

describe('selection on the surface', () => {
  const line = Float32Array.from({ length: 30 }, (_, i) => (i % 3 === 0 ? i / 3 : 0));
  const neighbours = kNearest(line, 2);

  it('floods up to the threshold and not over the gap behind it', () => {
    const score = Float32Array.of(9, 9, 0, 9, 9, 9, 0, 9, 9, 9);
    expect([...floodByScore(neighbours, score, 4, 1)]).toEqual([0, 0, 0, 1, 1, 1, 0, 0, 0, 0]);
  });

  it('floods a face up to its edge, whichever way normals point', () => {
    const normals = new Float32Array(30);
    for (let i = 0; i < 10; i++) normals[3 * i + (i < 5 ? 2 : 1)] = i % 2 === 0 ? 1 : -1;
    expect([...floodByNormal(neighbours, normals, 1, 0.3)]).toEqual([1, 1, 1, 1, 1, 0, 0, 0, 0, 0]);
  });

  it('does not creep around a bend in small steps', () => {
    const normals = new Float32Array(30);
    for (let i = 0; i < 10; i++) {
      normals[3 * i + 1] = Math.cos(i * 0.2);
      normals[3 * i + 2] = Math.sin(i * 0.2);
    }
    expect(count(floodByNormal(neighbours, normals, 0, 0.3, 0.7))).toBe(4);
  });

  it('grows and shrinks by one ring of neighbours', () => {
    const chosen = Uint8Array.of(0, 0, 0, 0, 1, 1, 1, 0, 0, 0);
    expect([...grow(neighbours, chosen)]).toEqual([0, 0, 0, 1, 1, 1, 1, 1, 0, 0]);
    expect([...shrink(neighbours, chosen)]).toEqual([0, 0, 0, 0, 0, 1, 0, 0, 0, 0]);
    expect(invert(invert(chosen))).toEqual(chosen);
  });

  it('takes a ball with its border', () => {
    expect(count(selectBall(line, [4, 0, 0], 2))).toBe(5);
  });
});
