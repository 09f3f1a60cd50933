/** The clouds of a step: repeatable one by one, balanced over the scans, whole when laid end to end. */

import { expect, test } from 'vitest';
import { InvalidInputError } from '../core/errors.ts';
import { countMoved } from '../core/loss.ts';
import { trainingConfig } from '../core/presets.ts';
import { ellipsoidScan } from '../testing/trainingScans.ts';
import { checkSources, countBatch, drawSample, drawStep, joinSamples, sourceIndex } from './sample.ts';

const sources = [ellipsoidScan(300, 1), ellipsoidScan(400, 2), ellipsoidScan(350, 3)];
const config = trainingConfig('paper', { batchSize: 4, seed: 11 });

test('a sample depends on seed, step and place only, not on the batch around it', () => {
  const small = drawStep(sources, trainingConfig('paper', { batchSize: 4, seed: 11 }), 5);
  expect(drawStep(sources, config, 5)).toEqual(small);
  expect(drawStep(sources, config, 6)).not.toEqual(small);
  expect(drawStep(sources, { ...config, seed: 12 }, 5)).not.toEqual(small);
});

test('every round visits every scan once', () => {
  for (let round = 0; round < 5; round++) {
    const visited = sources.map((_, i) => sourceIndex(11, sources.length, round * sources.length + i));
    expect([...visited].sort()).toEqual([0, 1, 2]);
  }
});

test('samples lie in the unit ball before their patch moves, and only the patch moves', () => {
  for (const sample of drawStep(sources, config, 0)) {
    const moved = new Set(sample.patch);
    let reach = 0;
    for (let i = 0; i < sample.points.length / 3; i++) {
      const at = sample.points.subarray(3 * i, 3 * i + 3);
      const target = sample.targetOffsets.subarray(3 * i, 3 * i + 3);
      if (!moved.has(i)) expect([...target]).toEqual([0, 0, 0]);
      reach = Math.max(reach, Math.hypot(at[0]! - target[0]!, at[1]! - target[1]!, at[2]! - target[2]!));
      expect(Math.hypot(...target)).toBeLessThanOrEqual(0.12 + 1e-6);
    }
    expect(reach).toBeCloseTo(1, 5);
  }
});

test('a large scan is drawn down to the wanted number of points, differently each time', () => {
  const limited = trainingConfig('paper', { maxPoints: 200, rotate: false });
  const [a, b] = [drawSample(sources[1]!, limited, 1), drawSample(sources[1]!, limited, 2)];
  expect(a.points.length).toBe(600);
  expect(a.points).not.toEqual(b.points);
  expect(drawSample(sources[1]!, limited, 1)).toEqual(a);
  expect(drawSample(sources[0]!, { ...limited, maxPoints: 1000 }, 1).points.length).toBe(900);
});

test('samples laid end to end keep their points, targets and borders', () => {
  const samples = drawStep(sources, config, 3);
  const batch = joinSamples(samples);
  expect(batch.cloudStarts.length).toBe(5);
  samples.forEach((sample, i) => {
    const [from, to] = [3 * batch.cloudStarts[i]!, 3 * batch.cloudStarts[i + 1]!];
    expect(batch.points.slice(from, to)).toEqual(sample.points);
    expect(batch.targets.slice(from, to)).toEqual(sample.targetOffsets);
  });
  expect(countBatch(samples)).toEqual({ points: batch.points.length / 3, moved: countMoved(batch.targets) });
});

test.each([
  ['no scans', [], 'training'],
  ['a scan without enough points', [ellipsoidScan(100, 1)], 'ellipsoid 1'],
  ['missing normals', [{ ...sources[0]!, normals: new Float32Array(3) }], 'ellipsoid 1'],
  ['NaN', [{ ...sources[0]!, positions: sources[0]!.positions.map(() => Number.NaN) }], 'ellipsoid 1'],
])('%s is refused before the run starts, by name', (_, bad, where) => {
  try {
    checkSources(bad, config);
  } catch (error) {
    expect(error).toBeInstanceOf(InvalidInputError);
    expect((error as InvalidInputError).where).toBe(where);
    return;
  }
  expect.unreachable('was accepted');
});
