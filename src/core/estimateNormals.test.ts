import { describe, expect, test } from 'vitest';
import { estimateNormals } from './estimateNormals.ts';
import { RandomStream } from './random.ts';
import { randomDirection } from './rotation.ts';

interface Surface {
  readonly points: Float32Array;
  readonly normals: Float32Array;
}

/** Points and true normals of a parametric surface, one call per point. */
function surface(n: number, sample: (stream: RandomStream) => readonly [number[], number[]]): Surface {
  const stream = new RandomStream(8);
  const points = new Float32Array(3 * n);
  const normals = new Float32Array(3 * n);
  for (let i = 0; i < n; i++) {
    const [p, v] = sample(stream);
    points.set(p, 3 * i);
    normals.set(v, 3 * i);
  }
  return { points, normals };
}

/** Part of the points whose normal is within 60 degrees of the true one, sign included. */
function agreement(estimated: Float32Array, truth: Float32Array): number {
  let good = 0;
  for (let i = 0; i < truth.length; i += 3) {
    const dot = [0, 1, 2].reduce((sum, d) => sum + estimated[i + d]! * truth[i + d]!, 0);
    if (dot > 0.5) good++;
  }
  return good / (truth.length / 3);
}

const box = (half: readonly number[]) => (stream: RandomStream) => {
  const areas = [half[1]! * half[2]!, half[0]! * half[2]!, half[0]! * half[1]!];
  let at = stream.uniform() * (areas[0]! + areas[1]! + areas[2]!);
  let axis = 0;
  while (at > areas[axis]!) at -= areas[axis++]!;
  const sign = stream.below(2) === 0 ? -1 : 1;
  const point = half.map((h, d) => (d === axis ? sign * h : stream.range(-h, h)));
  return [point, half.map((_, d) => (d === axis ? sign : 0))] as const;
};

describe('estimated normals point outwards', () => {
  test('on a torus, whose inner side faces its centre', () => {
    const { points, normals } = surface(6000, (stream) => {
      const a = stream.range(-Math.PI, Math.PI);
      const b = stream.range(-Math.PI, Math.PI);
      const normal = [Math.cos(a) * Math.cos(b), Math.sin(a) * Math.cos(b), Math.sin(b)];
      return [normal.map((v, d) => 0.4 * v + (d === 0 ? Math.cos(a) : d === 1 ? Math.sin(a) : 0)), normal];
    });
    expect(agreement(estimateNormals(points), normals)).toBe(1);
  });

  test('on a noisy box with sharp edges', () => {
    const stream = new RandomStream(3);
    const { points, normals } = surface(8000, box([1, 0.6, 0.4]));
    const noisy = points.map((v) => v + 0.005 * stream.normal());
    expect(agreement(estimateNormals(noisy), normals)).toBeGreaterThan(0.97);
  });

  test('on both skins of a plate only three point spacings thick', () => {
    const { points, normals } = surface(8000, box([1, 1, 0.045]));
    // Neighbourhoods at the rim hold both skins; away from it the two must be told apart.
    const estimated = estimateNormals(points, 8);
    let good = 0;
    let all = 0;
    for (let i = 0; i < points.length; i += 3) {
      if (Math.max(Math.abs(points[i]!), Math.abs(points[i + 1]!)) > 0.9) continue;
      all++;
      if (estimated[i + 2]! * normals[i + 2]! > 0.5) good++;
    }
    expect(good / all).toBeGreaterThan(0.99);
  });

  test('on each of two separate parts, and with strays around them', () => {
    const { points, normals } = surface(6000, (stream) => {
      const normal = randomDirection(stream);
      const shift = stream.below(2) === 0 ? -2 : 2;
      return [normal.map((v, d) => v + (d === 0 ? shift : 0)), [...normal]];
    });
    const strays = Float32Array.from([...points, 9, 9, 9, -30, 2, 1]);
    const estimated = estimateNormals(strays);
    expect(agreement(estimated.subarray(0, normals.length), normals)).toBe(1);
  });

  test('consistently on a one-sided scan of a dome', () => {
    const { points, normals } = surface(3000, (stream) => {
      const [x, y, z] = randomDirection(stream);
      return [
        [x, y, Math.abs(z)],
        [x, y, Math.abs(z)],
      ];
    });
    expect(agreement(estimateNormals(points), normals)).toBe(1);
  });
});

test('a flat plate faces up whatever sign the fit had', () => {
  const { points } = surface(500, (stream) => [
    [stream.uniform(), stream.uniform(), 0],
    [0, 0, 1],
  ]);
  const normals = estimateNormals(points);
  for (let i = 0; i < normals.length; i += 3) expect(normals[i + 2]).toBeCloseTo(1, 6);
});

test('points repeated many times get the normal of the surface, the same at each repetition', () => {
  const { points, normals } = surface(1000, (stream) => {
    const normal = [...randomDirection(stream)];
    return [normal, normal];
  });
  const thrice = Float32Array.from(Array.from({ length: 24 }, () => [...points]).flat());
  const estimated = estimateNormals(thrice);
  expect(agreement(estimated.subarray(0, 3000), normals)).toBe(1);
  expect(estimated.subarray(69_000)).toEqual(estimated.subarray(0, 3000));
});

test('tiny and degenerate clouds give unit normals, never NaN', () => {
  for (const points of [[], [1, 2, 3], [0, 0, 0, 1, 0, 0], [0, 0, 0, 1, 0, 0, 2, 0, 0, 3, 0, 0]]) {
    const normals = estimateNormals(Float32Array.from(points));
    expect(normals.length).toBe(points.length);
    for (let i = 0; i < normals.length; i += 3)
      expect(Math.hypot(...normals.subarray(i, i + 3))).toBeCloseTo(1, 6);
  }
});
