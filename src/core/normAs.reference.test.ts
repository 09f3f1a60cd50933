import { describe, expect, test } from 'vitest';
import { maxAbsDifference } from '../testing/compare.ts';
import { loadBundle } from '../testing/golden.ts';
import { augment } from './augment.ts';

const bundle = loadBundle('normas');

describe('augmentation of the original', () => {
  test('poses and normalises as the chain of the original does', () => {
    const [z, y, x] = bundle.meta.aug_angles_over_pi_z_y_x as [number, number, number];
    const pose = { z: z * Math.PI, y: y * Math.PI, x: x * Math.PI };
    const { points, normals } = augment(bundle.f64('aug_raw_coord'), bundle.f64('aug_raw_normals'), pose);
    expect(maxAbsDifference(points, bundle.f64('aug_norm_coord'))).toBeLessThan(1e-12);
    expect(maxAbsDifference(normals, bundle.f64('aug_normals'))).toBeLessThan(1e-12);
  });
});
