/** Scores of shapes must not depend on where they were computed: the GPU's histograms against the twin's. */

import { describe, expect, test } from 'vitest';
import { FPFH_BINS, fpfh } from '../core/fpfh.ts';
import { buildKdTree } from '../core/kdTree.ts';
import { type OrientedCloud, thin } from '../core/orientedCloud.ts';
import { shapeFeatures } from '../core/shapeFeatures.ts';
import { madePart } from '../testing/madePart.ts';
import { withDevice } from '../testing/withDevice.ts';
import { fpfhGpu } from './fpfh.ts';

const gpu = withDevice();

const knob = thin(madePart('knob', { seed: 1, points: 3000, noise: 0.001 }), 0.08);
const bracket = thin(madePart('bracket', { seed: 2, points: 3000, noise: 0.001 }), 0.06);

function difference(a: Float32Array, b: Float32Array): { mean: number; share: number } {
  const apart = a.map((v, i) => Math.abs(v - b[i]!));
  return {
    mean: apart.reduce((sum, v) => sum + v, 0) / apart.length,
    share: apart.filter((v) => v > 0.01).length / apart.length,
  };
}

describe('point feature histograms on the GPU', () => {
  test.each<[string, OrientedCloud, number]>([
    ['a wavy ball', knob, 0.4],
    ['a part with edges and thin walls', bracket, 0.25],
  ])('%s: as the twin, but for angles on the edge of two bins', async (_, cloud, radius) => {
    const before = gpu().counters.buffers;
    const found = await fpfhGpu(gpu(), cloud, radius);
    const twin = fpfh(cloud, buildKdTree(cloud.points), [radius]);
    expect(found.length).toBe(twin.length);
    const { mean, share } = difference(found, twin);
    expect(mean).toBeLessThan(1e-4);
    expect(share).toBeLessThan(1e-3);
    expect(gpu().counters.buffers).toBe(before);
  });

  test('descriptors of a scan agree whichever computes them', async () => {
    const scan = madePart('knob', { seed: 3, points: 2000, noise: 0.001 });
    const here = await shapeFeatures(scan, 0.08, (cloud, radius) => fpfhGpu(gpu(), cloud, radius));
    const { mean, share } = difference(here.values, (await shapeFeatures(scan, 0.08)).values);
    expect(mean).toBeLessThan(1e-4);
    expect(share).toBeLessThan(1e-3);
  });

  test('a point alone, a pair and a pile of equal points are defined', async () => {
    const points = Float32Array.of(0, 0, 0, 9, 9, 9, 9.1, 9, 9, 5, 5, 5, 5, 5, 5);
    const normals = Float32Array.from(points, (_, i) => (i % 3 === 2 ? 1 : 0));
    const found = await fpfhGpu(gpu(), { points, normals }, 0.5);
    expect(found).toEqual(fpfh({ points, normals }, buildKdTree(points), [0.5]));
    expect(found.subarray(0, FPFH_BINS).every((v) => v === 0)).toBe(true);
    expect(await fpfhGpu(gpu(), { points: new Float32Array(0), normals: new Float32Array(0) }, 1)).toEqual(
      new Float32Array(0),
    );
  });
});
