/** What training sees when its samples are made on the GPU must be what the CPU twin makes. */

import { describe, expect, test } from 'vitest';
import { augment } from '../core/augment.ts';
import { InvalidInputError } from '../core/errors.ts';
import { drawPlan, type NormAsPlan, patchShift } from '../core/normAs.ts';
import { cutPatches, fixedPoint } from '../core/patches.ts';
import { pickRows } from '../core/pickRows.ts';
import { type SynthesisConfig, TRAINING_PRESETS } from '../core/presets.ts';
import { RandomStream } from '../core/random.ts';
import { randomDirection } from '../core/rotation.ts';
import {
  drawSample,
  type NormAsSamplePlan,
  type SampleOptions,
  type TrainingSource,
} from '../core/synthesise.ts';
import type { Vec3 } from '../core/types.ts';
import { maxAbsDifference } from '../testing/compare.ts';
import { withDevice } from '../testing/withDevice.ts';
import { displaceGpu, type GpuSamples, synthesiseGpu, uploadSource } from './normAs.ts';
import { readBuffers } from './readback.ts';

const gpu = withDevice();
const { paper, released, studio } = TRAINING_PRESETS;

/** A handful of float32 operations on coordinates up to 1.2. */
const TOLERANCE = 1e-6;

/** A plan that the GPU can carry out. */
function draw(points: number, options: SampleOptions, seed: number): NormAsSamplePlan {
  const plan = drawSample(points, options, seed);
  if (plan.kind !== 'normAs') throw new Error(`drew ${plan.kind}`);
  return plan;
}

function sphere(n: number, seed: number): Float32Array {
  const stream = new RandomStream(seed);
  return Float32Array.from(Array.from({ length: n }, () => randomDirection(stream)).flat());
}

/** Equal distances everywhere, and every point twice. */
function lattice(edge: number): Float32Array {
  const cells = Array.from({ length: 2 * edge ** 3 }, (_, i) => [
    i % edge,
    Math.floor(i / edge) % edge,
    Math.floor(i / edge ** 2) % edge,
  ]);
  return Float32Array.from(cells.flat(), (c) => (c / (edge - 1) - 0.5) * 1.1);
}

async function read({ points, targetOffsets, cutOf, cloudStarts }: GpuSamples) {
  const n = cloudStarts.at(-1)!;
  const [p, t, c] = await readBuffers(gpu(), [
    { buffer: points, bytes: 12 * n },
    { buffer: targetOffsets, bytes: 12 * n },
    { buffer: cutOf, bytes: 4 * n },
  ]);
  return { points: new Float32Array(p!), targets: new Float32Array(t!), cutOf: new Uint32Array(c!) };
}

/** What the twin makes of the very same float32 points. */
function twin(points: Float32Array, plan: NormAsPlan, firstCut: number) {
  const patches = cutPatches(fixedPoint(points), plan.size, plan.ranks);
  const cutOf = new Uint32Array(points.length / 3);
  patches.forEach(({ rows }, j) => {
    for (const row of rows) cutOf[row] = 1 + firstCut + j;
  });
  const targets = new Float64Array(points.length);
  for (const move of plan.moves) {
    const { centre, rows } = patches[move.patch]!;
    const middle: Vec3 = [points[3 * centre]!, points[3 * centre + 1]!, points[3 * centre + 2]!];
    const shift = patchShift(points, points, rows, middle, move);
    rows.forEach((row, i) => {
      targets.set(shift.subarray(3 * i, 3 * i + 3), 3 * row);
    });
  }
  return { cutOf, targets };
}

/** Runs a batch of clouds whose normals are their points, and holds each of them against the twin. */
async function expectTwin(clouds: Float32Array[], config: SynthesisConfig, seed: number): Promise<void> {
  const cloudStarts = new Uint32Array(clouds.length + 1);
  clouds.forEach((cloud, b) => {
    cloudStarts[b + 1] = cloudStarts[b]! + cloud.length / 3;
  });
  const joined = new Float32Array(3 * cloudStarts.at(-1)!);
  clouds.forEach((cloud, b) => {
    joined.set(cloud, 3 * cloudStarts[b]!);
  });
  const plans = clouds.map((cloud, b) => drawPlan(cloud.length / 3, config, seed + b));
  const points = gpu().upload('points', joined);
  const samples = displaceGpu(gpu(), { points, normals: points, cloudStarts }, plans);
  const got = await read(samples);
  let firstCut = 0;
  plans.forEach((plan, b) => {
    const [start, end] = [cloudStarts[b]!, cloudStarts[b + 1]!];
    const expected = twin(clouds[b]!, plan, firstCut);
    expect(got.cutOf.slice(start, end)).toEqual(expected.cutOf);
    const targets = got.targets.subarray(3 * start, 3 * end);
    expect(maxAbsDifference(targets, expected.targets)).toBeLessThan(TOLERANCE);
    const before = got.points.subarray(3 * start, 3 * end).map((v, i) => v - targets[i]!);
    expect(maxAbsDifference(before, clouds[b]!)).toBeLessThan(TOLERANCE);
    firstCut += plan.ranks.length;
  });
  samples.dispose();
  gpu().release(points);
}

describe('Norm-AS on the GPU', () => {
  test.each([
    ['paper', paper.synthesis],
    ['released', released.synthesis],
    ['studio', studio.synthesis],
    ['random directions', { ...studio.synthesis, direction: 'random' as const }],
  ])('%s: cuts the same patches and moves them as the twin does', (_, config) =>
    expectTwin([sphere(1000, 1), sphere(128, 2), sphere(2345, 3)], config, 11),
  );

  test('equal distances and duplicates go to the lower row, as in the twin', () =>
    expectTwin([lattice(6), lattice(4)], { ...paper.synthesis, patches: 12, movedPatches: [3, 5] }, 5));

  test('a patch of coinciding points moves as a whole instead of becoming NaN', () => {
    const clump = new Float32Array(3 * 64).fill(0.5);
    return expectTwin([clump], { ...paper.synthesis, patches: 4 }, 1);
  });
});

describe('samples on the GPU', () => {
  /** An ellipsoid in millimetres, away from the origin. */
  const round = sphere(1500, 4);
  const source: TrainingSource = {
    points: round.map((v, i) => [30, 20, 10][i % 3]! * v + [300, -70, 5][i % 3]!),
    normals: round.map((v) => v),
  };

  test('are posed and scaled as the twin does, subset included', async () => {
    const { buffers } = gpu().counters;
    const stored = uploadSource(gpu(), source);
    const plans = [
      draw(1500, { ...studio, maxPoints: 400, synthesis: { ...studio.synthesis, defects: null } }, 3),
      draw(1500, paper, 4),
      draw(1500, { ...paper, rotate: false }, 5),
    ];
    const orders = plans.map((plan) => ({ source: stored, plan }));
    const samples = synthesiseGpu(gpu(), orders);
    const got = await read(samples);
    expect([...samples.cloudStarts]).toEqual([0, 400, 1900, 3400]);
    let moved = 0;
    plans.forEach(({ rows, pose }, b) => {
      const [start, end] = [3 * samples.cloudStarts[b]!, 3 * samples.cloudStarts[b + 1]!];
      const used = (values: Float32Array) => (rows === null ? values : pickRows(values, rows));
      const expected = augment(used(source.points), used(source.normals), pose);
      const targets = got.targets.subarray(start, end);
      const before = got.points.subarray(start, end).map((v, i) => v - targets[i]!);
      // 300 mm away from the origin float32 holds a cloud of radius 30 mm to some 1e-6 of it.
      expect(maxAbsDifference(before, expected.points)).toBeLessThan(5e-6);
      for (let i = 0; i < targets.length; i += 3) {
        const length = Math.hypot(...targets.subarray(i, i + 3));
        if (length === 0) continue;
        moved++;
        // Along the rotated normal.
        const dot = [0, 1, 2].reduce((sum, d) => sum + targets[i + d]! * expected.normals[i + d]!, 0);
        expect(Math.abs(dot)).toBeCloseTo(length, 5);
      }
    });
    expect(moved).toBeGreaterThan(samples.moved * 0.9);
    expect(moved).toBeLessThanOrEqual(samples.moved);

    const again = synthesiseGpu(gpu(), orders);
    expect(await read(again)).toEqual(got);
    for (const owner of [samples, again, stored]) owner.dispose();
    expect(gpu().counters.buffers).toBe(buffers);
  });

  test('a source with missing normals, an empty batch and a cloud without extent are refused', () => {
    expect(() => uploadSource(gpu(), { ...source, normals: new Float32Array(3) })).toThrow(InvalidInputError);
    const dot = uploadSource(gpu(), { points: new Float32Array(600), normals: new Float32Array(600) });
    const { buffers } = gpu().counters;
    expect(() => synthesiseGpu(gpu(), [])).toThrow(InvalidInputError);
    const plan = draw(200, paper, 1);
    expect(() => synthesiseGpu(gpu(), [{ source: dot, plan }])).toThrow(InvalidInputError);
    expect(gpu().counters.buffers).toBe(buffers);
    dot.dispose();
  });
});
