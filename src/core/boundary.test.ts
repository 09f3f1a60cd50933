import { describe, expect, it } from 'vitest';
import { findBoundary } from './boundary.ts';
import { RandomStream } from './random.ts';

/** Random points of a square plate of edge 2 around the origin, a little rough, without those in holes. */
function plate(count: number, inHole: (x: number, y: number) => boolean = () => false): Float32Array {
  const random = new RandomStream(3);
  const points: number[] = [];
  while (points.length < 3 * count) {
    const [x, y] = [2 * random.uniform() - 1, 2 * random.uniform() - 1];
    if (!inHole(x, y)) points.push(x, y, 0.002 * random.normal());
  }
  return Float32Array.from(points);
}

function sphere(count: number): Float32Array {
  const random = new RandomStream(5);
  const points = new Float32Array(3 * count);
  for (let i = 0; i < count; i++) {
    const v = [random.normal(), random.normal(), random.normal()];
    const length = Math.hypot(...v);
    v.forEach((part, d) => {
      points[3 * i + d] = (100 * part) / length;
    });
  }
  return points;
}

/** Shares of the points in two zones that are masked. */
function shares(
  points: Float32Array,
  mask: Uint8Array,
  zone: (x: number, y: number) => 'rim' | 'inner' | null,
) {
  const found = { rim: [0, 0], inner: [0, 0] };
  mask.forEach((masked, i) => {
    const where = zone(points[3 * i]!, points[3 * i + 1]!);
    if (where === null) return;
    found[where][masked]!++;
  });
  const share = ([out, masked]: number[]) => masked! / (out! + masked!);
  return { rim: share(found.rim), inner: share(found.inner) };
}

describe('the boundary of a scan', () => {
  it('is the rim of an open plate, and nothing of its middle', () => {
    const points = plate(10_000);
    const { mask, count } = findBoundary(points);
    const { rim, inner } = shares(points, mask, (x, y) => {
      const depth = 1 - Math.max(Math.abs(x), Math.abs(y));
      // Neighbourhoods reach about 0.11 here; half of that is left out.
      return depth < 0.02 ? 'rim' : depth > 0.15 ? 'inner' : null;
    });
    expect(rim).toBeGreaterThan(0.98);
    expect(inner).toBe(0);
    expect(count).toBe(mask.reduce((sum, masked) => sum + masked, 0));
  });

  it('is nowhere on a closed part', () => {
    expect(findBoundary(sphere(10_000)).count).toBe(0);
  });

  it('has the rims of holes', () => {
    const points = plate(10_000, (x, y) => Math.hypot(x - 0.3, y) < 0.2);
    const { mask } = findBoundary(points);
    const { rim, inner } = shares(points, mask, (x, y) => {
      const fromHole = Math.hypot(x - 0.3, y) - 0.2;
      if (fromHole < 0.015) return 'rim';
      return fromHole > 0.15 && Math.max(Math.abs(x), Math.abs(y)) < 0.8 ? 'inner' : null;
    });
    expect(rim).toBeGreaterThan(0.9);
    expect(inner).toBe(0);
  });

  it('is not the edges of a closed box, where the surface only bends', () => {
    const random = new RandomStream(9);
    const points: number[] = [];
    for (let i = 0; i < 12_000; i++) {
      const face = Math.floor(6 * random.uniform());
      const at = [2 * random.uniform() - 1, 2 * random.uniform() - 1];
      at.splice(face % 3, 0, face < 3 ? -1 : 1);
      points.push(...at);
    }
    expect(findBoundary(Float32Array.from(points)).count).toBe(0);
  });

  it('is the same for a scan far away, in a raster, and turned', () => {
    const edge = 60;
    const raster = Float32Array.from({ length: 3 * edge * edge }, (_, i) => {
      const point = Math.floor(i / 3);
      const [u, v] = [point % edge, Math.floor(point / edge)];
      return [u + v, u - v, 0.5 * u][i % 3]! + 5000;
    });
    const { mask } = findBoundary(raster);
    const of = (u: number, v: number) => mask[v * edge + u];
    for (const k of [0, 10, 30, 59]) expect([of(k, 0), of(0, k), of(k, 59), of(59, k)]).toEqual([1, 1, 1, 1]);
    for (const k of [10, 30, 49]) expect(of(k, 30)).toBe(0);
  });

  it('says nothing of a few points, and of duplicates', () => {
    expect(findBoundary(new Float32Array(0)).count).toBe(0);
    expect(findBoundary(Float32Array.of(1, 2, 3)).count).toBe(0);
    expect(findBoundary(new Float32Array(3 * 500).fill(7)).count).toBe(0);
  });
});
