/** The ensemble around a network that repeats what it is told: members on one scale, thresholds, its file. */

import { describe, expect, test } from 'vitest';
import { RandomStream } from '../core/random.ts';
import { REFERENCE_CHANNELS } from '../core/referenceFeatures.ts';
import { moveRows, randomRotation } from '../core/registration/pose.ts';
import { residual } from '../detect/residual.ts';
import { readReferenceFile, writeReferenceFile } from '../io/referenceFile.ts';
import { type MadeOptions, madePart } from '../testing/madePart.ts';
import { ensembleDetector } from './ensemble.ts';

const inPatch = ([x, y, z]: readonly number[]) =>
  z! > 0.04 && z! < 0.06 && Math.hypot(x! - 0.1, y! + 0.1) < 0.15;
const raised: Pick<MadeOptions, 'deform'> = {
  deform: (p) => (inPatch(p) ? [p[0]!, p[1]!, p[2]! + 0.05] : p),
};

function scan(options: MadeOptions) {
  const { points } = madePart('bracket', { points: 3000, noise: 0.001, ...options });
  const stream = new RandomStream(options.seed);
  const pose = { rotation: randomRotation(stream), translation: [stream.normal(), 7, 2] as const };
  return { name: 'scan', positions: moveRows(points, pose).map((v) => 50 * v), faces: null };
}

const good = [scan({ seed: 1 }), scan({ seed: 2 }), scan({ seed: 3 })];
/** Its "prediction" is the smoothed distance from the reference. */
const echo = {
  predictLaid: async (_: string, points: Float32Array, { values }: { values: Float32Array }) =>
    points.map((_v, at) => 0.03 * values[REFERENCE_CHANNELS * Math.floor(at / 3) + (at % 3)]!),
};

describe('the ensemble', async () => {
  const detector = ensembleDetector(echo, 'any');
  const fitted = await detector.fit(good);
  const alone = await residual.fit(good);
  const bad = await detector.score(scan({ seed: 6, ...raised }), fitted);

  test('tells a good scan from a bad one by its own thresholds', async () => {
    const { objectThreshold, pointThreshold } = fitted.calibration;
    expect((await detector.score(scan({ seed: 5 }), fitted)).objectScore).toBeLessThan(objectThreshold);
    expect(bad.objectScore).toBeGreaterThan(objectThreshold);
    expect(Math.max(...bad.score)).toBeGreaterThan(pointThreshold);
    expect(bad.registration?.verdict).toBe('aligned');
  });

  test('tells a good scan about as far from the surface as the bare distance does', () => {
    const ratio = fitted.calibration.objectThreshold / alone.calibration.objectThreshold;
    expect(ratio).toBeGreaterThan(0.5);
    expect(ratio).toBeLessThan(2);
  });

  test('judges the same from its file', async () => {
    const back = readReferenceFile('r', writeReferenceFile(fitted));
    expect(back).toEqual(fitted);
    expect(await detector.score(scan({ seed: 6, ...raised }), back)).toEqual(bad);
  });

  test('refuses a reference that was fitted for something else', async () => {
    await expect(detector.score(good[0]!, alone)).rejects.toThrow('was not fitted with the ensemble');
  });
});
