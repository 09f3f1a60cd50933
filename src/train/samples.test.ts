/** The clouds of a step: repeatable one by one, balanced over the scans, whole when laid end to end. */

import { expect, test } from 'vitest';
import { InvalidInputError } from '../core/errors.ts';
import { trainingConfig } from '../core/presets.ts';
import { makeTrainingSample } from '../core/synthesise.ts';
import { ellipsoidScan } from '../testing/trainingScans.ts';
import { joinSamples } from './hostBatches.ts';
import { checkSources, countBatch, drawStep, sourceIndex } from './samples.ts';

const sources = [ellipsoidScan(300, 1), ellipsoidScan(400, 2), ellipsoidScan(350, 3)];
const config = trainingConfig('paper', { batchSize: 4, seed: 11 });
const samplesOf = (step: number) =>
  drawStep(sources, config, step).map(({ source, plan }) =>
    makeTrainingSample(sources[source]!, config, plan.seed),
  );

test('a step depends on the seed and its number alone, and no two samples are alike', () => {
  const draws = drawStep(sources, config, 5);
  expect(drawStep(sources, config, 5)).toEqual(draws);
  const seeds = [...draws, ...drawStep(sources, config, 6), ...drawStep(sources, { ...config, seed: 12 }, 5)];
  expect(new Set(seeds.map(({ plan }) => plan.seed)).size).toBe(12);
});

test('every round visits every scan once', () => {
  for (let round = 0; round < 5; round++) {
    const visited = sources.map((_, i) => sourceIndex(11, sources.length, round * sources.length + i));
    expect([...visited].sort()).toEqual([0, 1, 2]);
  }
});

test('samples laid end to end keep their points, targets and borders', () => {
  const samples = samplesOf(3);
  const batch = joinSamples(samples);
  expect(batch.cloudStarts.length).toBe(5);
  samples.forEach((sample, i) => {
    const [from, to] = [3 * batch.cloudStarts[i]!, 3 * batch.cloudStarts[i + 1]!];
    expect(batch.points.slice(from, to)).toEqual(sample.points);
    expect(batch.targets.slice(from, to)).toEqual(sample.targetOffsets);
  });
});

test('the counts are known from the draws, before any geometry', () => {
  for (const step of [0, 1, 2]) {
    const samples = samplesOf(step);
    expect(countBatch(sources, drawStep(sources, config, step))).toEqual({
      points: samples.reduce((sum, { points }) => sum + points.length / 3, 0),
      moved: samples.reduce((sum, { patch }) => sum + patch.length, 0),
    });
  }
});

test.each([
  ['no scans', [], 'training'],
  ['a scan without enough points', [ellipsoidScan(100, 1)], 'ellipsoid 1'],
  ['missing normals', [{ ...sources[0]!, normals: new Float32Array(3) }], 'ellipsoid 1'],
  ['NaN', [{ ...sources[0]!, points: sources[0]!.points.map(() => Number.NaN) }], 'ellipsoid 1'],
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
