/** Pseudo-defects: on their patch and nowhere else, as large as they are said to be, and repeatable. */

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { InvalidInputError } from '../errors.ts';
import { RandomStream } from '../random.ts';
import { applyDefects, type DefectedCloud } from './apply.ts';
import { SurfaceGraph } from './graph.ts';
import { growPatch } from './grow.ts';
import { type DefectMix, drawDefects, STUDIO_DEFECTS, validateDefects } from './mix.ts';
import { DEFECT_FAMILIES } from './types.ts';

const N = 2400;

/** A box of 1.2 x 0.8 x 0.06: two large faces close together, edges and corners. */
function thinBox(seed: number) {
  const random = new RandomStream(seed);
  const half = [0.6, 0.4, 0.03];
  const points = new Float32Array(3 * N);
  const normals = new Float32Array(3 * N);
  for (let i = 0; i < N; i++) {
    const pick = random.uniform();
    const axis = pick < 0.86 ? 2 : pick < 0.92 ? 1 : 0;
    const side = random.below(2) === 0 ? -1 : 1;
    for (let d = 0; d < 3; d++)
      points[3 * i + d] = d === axis ? side * half[d]! : half[d]! * random.range(-1, 1);
    normals[3 * i + axis] = side;
  }
  return { points, normals };
}

const box = thinBox(1);
const make = (mix: DefectMix, seed: number, count = mix.count): DefectedCloud =>
  applyDefects(box.points, box.normals, drawDefects({ ...mix, count }, new RandomStream(seed)));
const lengthAt = (rows: Float32Array, i: number) =>
  Math.hypot(rows[3 * i]!, rows[3 * i + 1]!, rows[3 * i + 2]!);

test('a gross defect bends or breaks a large end, in the share of the samples that was asked for', () => {
  const mix: DefectMix = { ...STUDIO_DEFECTS, gross: 0.5 };
  let gross = 0;
  for (let seed = 0; seed < 40; seed++) {
    const [first] = drawDefects(mix, new RandomStream(seed));
    if (first!.heights === STUDIO_DEFECTS.height) continue;
    gross++;
    expect(['bend', 'missingPiece']).toContain(first!.family);
    const { patch, kept } = make(mix, seed);
    expect(patch.length + N - kept.length).toBeGreaterThan(0.03 * N);
  }
  expect(gross).toBeGreaterThan(10);
  expect(gross).toBeLessThan(30);
  expect(drawDefects(STUDIO_DEFECTS, new RandomStream(1))).toEqual(
    drawDefects({ ...STUDIO_DEFECTS, gross: 0 }, new RandomStream(1)),
  );
});

describe.each(DEFECT_FAMILIES)('%s', (family) => {
  const mix: DefectMix = { ...STUDIO_DEFECTS, families: [family] };

  test('takes 0.3 to 4 % of the points, moves them by 0.015 to 0.12 and leaves the others alone', () => {
    for (let seed = 0; seed < 8; seed++) {
      const { points, targetOffsets, patch, kept } = make(mix, seed, [1, 1]);
      const moved = new Set(patch);
      // Counted, not asserted one by one: thousands of assertions take seconds.
      let wrong = 0;
      kept.forEach((row, i) => {
        for (let d = 0; d < 3; d++) {
          const before = box.points[3 * row + d]!;
          const now = points[3 * i + d]!;
          if (targetOffsets[3 * i + d] !== Math.fround(now - before)) wrong++;
          if (!moved.has(i) && now !== before) wrong++;
        }
      });
      expect(wrong).toBe(0);
      const touched = patch.length + N - kept.length;
      expect(touched).toBeGreaterThanOrEqual(4);
      expect(touched).toBeLessThanOrEqual(Math.ceil(0.04 * N));
      const highest = Math.max(...Array.from(patch, (i) => lengthAt(targetOffsets, i)));
      expect(highest).toBeLessThanOrEqual(0.12 + 1e-6);
      expect(highest).toBeGreaterThan(0.002);
    }
  });

  test('is the same to the bit for the same seed and another for another', () => {
    expect(make(mix, 5)).toEqual(make(mix, 5));
    expect(make(mix, 5).points).not.toEqual(make(mix, 6).points);
  });
});

test('bulges go outwards, dents inwards, holes and missing pieces take points away', () => {
  const mean = (family: 'bulge' | 'dent') => {
    const { targetOffsets, patch, kept } = make({ ...STUDIO_DEFECTS, families: [family] }, 3);
    return Array.from(patch, (i) =>
      [0, 1, 2].reduce((sum, d) => sum + targetOffsets[3 * i + d]! * box.normals[3 * kept[i]! + d]!, 0),
    ).reduce((a, b) => a + b, 0);
  };
  expect(mean('bulge')).toBeGreaterThan(0);
  expect(mean('dent')).toBeLessThan(0);
  for (const family of ['hole', 'missingPiece', 'crack'] as const) {
    const { kept, patch } = make({ ...STUDIO_DEFECTS, families: [family] }, 3, [8, 8]);
    expect(kept.length).toBeLessThan(N);
    expect(patch.length).toBeGreaterThan(0);
  }
});

test('a patch in the middle of a thin wall stays on its side of the wall', () => {
  const graph = new SurfaceGraph(box.points, box.normals);
  const size = 200;
  for (let seed = 0; seed < 6; seed++) {
    const { rows } = growPatch(graph, { kind: 'disc' }, size, new Uint8Array(N), new RandomStream(seed));
    const centre = rows[0]!;
    // Away from the edges, and on a large face.
    if (Math.abs(box.points[3 * centre]!) > 0.25 || Math.abs(box.points[3 * centre + 1]!) > 0.1) continue;
    const side = Math.sign(box.points[3 * centre + 2]!);
    expect([...rows].every((row) => Math.sign(box.points[3 * row + 2]!) === side)).toBe(true);
  }
});

test('whatever the seed, a sample is whole: finite, rows ascending, one to eight defects', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 0xffffffff }), (seed) => {
      const plans = drawDefects(STUDIO_DEFECTS, new RandomStream(seed));
      expect(plans.length).toBeGreaterThanOrEqual(1);
      expect(plans.length).toBeLessThanOrEqual(8);
      const { points, targetOffsets, patch, kept } = make(STUDIO_DEFECTS, seed);
      expect([...points, ...targetOffsets].every(Number.isFinite)).toBe(true);
      expect(points.length).toBe(3 * kept.length);
      expect(kept.every((row, i) => i === 0 || row > kept[i - 1]!)).toBe(true);
      expect(patch.length).toBeGreaterThan(0);
    }),
    { numRuns: 25 },
  );
});

test('clouds that are too small, and mixes that make no sense, are refused by name', () => {
  const few = box.points.subarray(0, 3 * 127);
  expect(() => applyDefects(few, box.normals.subarray(0, 3 * 127), [])).toThrow(InvalidInputError);
  const wrong: Partial<DefectMix>[] = [
    { families: [] },
    { count: [3, 2] },
    { share: [0, 0.1] },
    { height: [0.2, 0.1] },
  ];
  for (const part of wrong) {
    const [field] = Object.keys(part);
    expect(() => validateDefects({ ...STUDIO_DEFECTS, ...part })).toThrow(
      expect.objectContaining({ where: `synthesis.defects.${field}` }),
    );
  }
});
