import { expect, test } from 'vitest';
import { loadBundle } from '../testing/golden.ts';
import { estimateNormals } from './estimateNormals.ts';

/** Parts of the points whose estimate is within 45 degrees of the stored normal, and of its opposite. */
function agreement(points: Float64Array, normals: Float64Array): { same: number; opposite: number } {
  const estimated = estimateNormals(Float32Array.from(points));
  const n = points.length / 3;
  let same = 0;
  let opposite = 0;
  for (let i = 0; i < n; i++) {
    const dot = [0, 1, 2].reduce((sum, d) => sum + estimated[3 * i + d]! * normals[3 * i + d]!, 0);
    if (dot > Math.SQRT1_2) same += 1 / n;
    if (dot < -Math.SQRT1_2) opposite += 1 / n;
  }
  return { same, opposite };
}

test('the vertices of a scanned mesh, thin ears included, get the normals of its faces', () => {
  const bundle = loadBundle('normas');
  const { same } = agreement(bundle.f64('mesh_vertices'), bundle.f64('mesh_vertex_normals'));
  expect(same).toBeGreaterThan(0.97);
});

test.each(['bunny1k', 'vase4k', 'knot12k'])('%s has one consistent side outside', (name) => {
  const bundle = loadBundle(`inputs/${name}`);
  const { same, opposite } = agreement(bundle.f64('raw_xyz'), bundle.f64('raw_normals'));
  // The stored normals of the knot all point into it.
  const outward = name === 'knot12k' ? opposite : same;
  expect(outward).toBeGreaterThan(name === 'bunny1k' ? 0.9 : 0.999);
});
