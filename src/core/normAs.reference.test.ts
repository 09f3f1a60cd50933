import { describe, expect, test } from 'vitest';
import { maxAbsDifference } from '../testing/compare.ts';
import { loadBundle } from '../testing/golden.ts';
import { augment } from './augment.ts';
import { meshNormals } from './meshNormals.ts';
import { type Displacement, patchShift } from './normAs.ts';
import { cutPatches, patchSize } from './patches.ts';
import type { Vec3 } from './types.ts';

const bundle = loadBundle('normas');

interface Subcase {
  readonly patch?: number;
  readonly alpha: 1 | -1;
  readonly beta: number;
  readonly part_point_num?: number;
}
// The manifest's meta is untyped JSON; its fields are those of golden/SPEC.md section 7.
const subcases = bundle.meta.subcases as Record<string, Subcase>;
const HANDMADE = ['F', 'G'];

/** The original's two forms, and how the bundle names them. */
const FORMS = [
  { stored: 'code', direction: 'absoluteNormal' },
  { stored: 'paper', direction: 'normal' },
] as const;

function expectDisplacement(name: string, rows: Uint32Array, centre: Vec3): void {
  const points = bundle.f32(`${name}_xyz`);
  for (const { stored, direction } of FORMS) {
    const { alpha, beta } = subcases[name]!;
    const move: Displacement = { direction, alpha, beta, axis: [0, 0, 0] };
    const shift = patchShift(points, bundle.f32(`${name}_normals`), rows, centre, move);
    // What the bundle calls shift is the shifted position, in float64.
    const shifted = shift.slice();
    const displaced = points.slice();
    const target = new Float32Array(points.length);
    rows.forEach((row, i) => {
      for (let d = 0; d < 3; d++) {
        const at = 3 * row + d;
        shifted[3 * i + d]! += points[at]!;
        displaced[at] = shifted[3 * i + d]!;
        target[at] = displaced[at]! - points[at]!;
      }
    });
    const expected = bundle.f64(`${name}_${stored}_shift64`);
    expect(maxAbsDifference(shifted, expected), `${stored} shift`).toBeLessThan(1e-12);
    expect(maxAbsDifference(displaced, bundle.f32(`${name}_${stored}_new_xyz`))).toBeLessThan(1.2e-7);
    expect(maxAbsDifference(target, bundle.f32(`${name}_${stored}_gt`))).toBeLessThan(1.2e-7);
  }
}

describe('augmentation of the original', () => {
  test('poses and normalises as the chain of the original does', () => {
    const [z, y, x] = bundle.meta.aug_angles_over_pi_z_y_x as [number, number, number];
    const pose = { z: z * Math.PI, y: y * Math.PI, x: x * Math.PI };
    const { points, normals } = augment(bundle.f64('aug_raw_coord'), bundle.f64('aug_raw_normals'), pose);
    expect(maxAbsDifference(points, bundle.f64('aug_norm_coord'))).toBeLessThan(1e-12);
    expect(maxAbsDifference(normals, bundle.f64('aug_normals'))).toBeLessThan(1e-12);
  });
});

describe.each(Object.keys(subcases).filter((name) => !HANDMADE.includes(name)))('Norm-AS %s', (name) => {
  const points = bundle.f64(`${name}_coord64`);
  const subcase = subcases[name]!;
  const size = patchSize(points.length / 3, 64);
  const patches = cutPatches(points, size, bundle.i32(`${name}_randint_draws`));

  test('cuts the 64 patches of the original', () => {
    expect(size).toBe(subcase.part_point_num);
    // The original counts the leftover N mod 64 points as 65.
    const mask = new Int32Array(points.length / 3).fill(65);
    patches.forEach(({ rows }, j) => {
      for (const row of rows) mask[row] = j;
    });
    expect(mask).toEqual(bundle.i32(`${name}_mask_raw`));
    const centres = patches.flatMap(({ centre }) => [...points.subarray(3 * centre, 3 * centre + 3)]);
    expect(centres).toEqual([...bundle.f64(`${name}_centers`)]);
  });

  test('moves the patch as the released code and as the paper do', () => {
    const { centre, rows } = patches[subcase.patch!]!;
    expect([...rows]).toEqual([...bundle.i32(`${name}_patch_rows`)]);
    expectDisplacement(name, rows, [points[3 * centre]!, points[3 * centre + 1]!, points[3 * centre + 2]!]);
  });
});

test.each(HANDMADE)('a patch around a centre that is none of its points, %s', (name) => {
  const [x, y, z] = bundle.f64(`${name}_center`);
  expectDisplacement(
    name,
    Uint32Array.from({ length: 8 }, (_, i) => i),
    [x!, y!, z!],
  );
});

test('vertex normals of a mesh weigh faces by area, as Open3D does', () => {
  const normals = meshNormals(bundle.f64('mesh_vertices'), bundle.i32('mesh_faces'));
  expect(maxAbsDifference(normals, bundle.f64('mesh_vertex_normals'))).toBeLessThan(6e-8);
});
