import { PerspectiveCamera } from 'three';
import { describe, expect, it } from 'vitest';
import { RandomStream } from '../core/random.ts';
import { worstDirection } from './facing.ts';
import { pickPoint } from './picking.ts';
import { rgb } from './rgb.ts';
import { boundsOf, pointSpacing } from './spacing.ts';

function sphere(count: number, radius: number, centre: number): Float32Array {
  const random = new RandomStream(7);
  const positions = new Float32Array(3 * count);
  for (let i = 0; i < count; i++) {
    const v = [random.normal(), random.normal(), random.normal()];
    const length = Math.hypot(...v);
    for (let axis = 0; axis < 3; axis++) positions[3 * i + axis] = centre + (radius * v[axis]!) / length;
  }
  return positions;
}

describe('fitting the camera', () => {
  it('finds the middle and size of a scan far from the origin', () => {
    const bounds = boundsOf(sphere(5000, 2, 300));
    expect(bounds.centre[1]).toBeCloseTo(300, 1);
    expect(bounds.radius).toBeCloseTo(2, 1);
    expect(boundsOf(Float32Array.of(5, 6, 7))).toEqual({ centre: [5, 6, 7], radius: 0 });
  });
});

describe('automatic point size', () => {
  it('is the distance of neighbours within a third, for dense and thin scans alike', () => {
    for (const count of [500, 8_000, 100_000]) {
      const positions = sphere(count, 40, 10);
      const expected = Math.sqrt((4 * Math.PI * 40 * 40) / count);
      const ratio = pointSpacing(positions, boundsOf(positions)) / expected;
      expect(ratio, `${count} points`).toBeGreaterThan(0.67);
      expect(ratio, `${count} points`).toBeLessThan(1.33);
    }
  });

  it('is defined for a single point and for equal points', () => {
    const equal = new Float32Array(30).fill(3);
    expect(pointSpacing(equal, boundsOf(equal))).toBe(0);
  });
});

describe('turning to the worst region', () => {
  it('looks at the surface from outside, and not at a single stray point', () => {
    const positions = sphere(4000, 40, 10);
    const score = new Float32Array(4000);
    for (let i = 0; i < 4000; i++) {
      const [x, y, z] = [0, 1, 2].map((axis) => positions[3 * i + axis]! - 10) as [number, number, number];
      if (Math.hypot(x, y - 40, z) < 10) score[i] = 0.05;
      else if (i === 7) score[i] = 0.2;
    }
    const direction = worstDirection(positions, score, 0.02, boundsOf(positions));
    expect(direction![1]).toBeGreaterThan(0.95);
    expect(Math.hypot(...direction!)).toBeCloseTo(1, 6);
  });

  it('stays where it is on a good scan', () => {
    const positions = sphere(100, 1, 0);
    expect(worstDirection(positions, new Float32Array(100), 0.02, boundsOf(positions))).toBeNull();
  });
});

describe('picking', () => {
  const camera = new PerspectiveCamera(40, 2, 0.1, 100);
  camera.position.set(0, 0, 10);
  camera.updateMatrixWorld();
  const matrix = camera.projectionMatrix.clone().multiply(camera.matrixWorldInverse).elements;
  // In the middle of the view: one behind, one in front, one behind the camera; and one to the right.
  const positions = Float32Array.of(0, 0, -1, 0.01, 0, 1, 0, 0, 11, 3, 0, 0);

  it('takes the point in front, never one behind the camera', () => {
    expect(pickPoint(positions, matrix, [200, 100], [400, 200], 8)).toBe(1);
  });

  it('follows the aspect of the view and misses what is out of reach', () => {
    const x = 200 + (100 * 3) / (10 * Math.tan((20 * Math.PI) / 180));
    expect(pickPoint(positions, matrix, [x + 4, 100], [400, 200], 8)).toBe(3);
    expect(pickPoint(positions, matrix, [x + 40, 100], [400, 200], 8)).toBe(-1);
  });
});

describe('theme colours', () => {
  it('are read as they stand in the style sheet; a wrong one is an error, not black', () => {
    expect(rgb(' #ff8000')).toEqual([1, 128 / 255, 0]);
    expect(rgb('#f80')).toEqual([1, 136 / 255, 0]);
    expect(() => rgb('red')).toThrow(RangeError);
  });
});
