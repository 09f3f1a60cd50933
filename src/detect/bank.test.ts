/** The memory of shapes: a sound scan is OK in any pose and cut in two, a bump is found, other units are said. */

import { describe, expect, test } from 'vitest';
import { RandomStream } from '../core/random.ts';
import { moveRows, randomRotation } from '../core/registration/pose.ts';
import { type MadeOptions, madePart } from '../testing/madePart.ts';
import { bankDetector } from './bank.ts';
import { auroc, rank } from './metrics.ts';

const POINTS = 4000;

function scan(options: MadeOptions, scale = 50) {
  const { points } = madePart('knob', { points: POINTS, noise: 0.001, ...options });
  const stream = new RandomStream(options.seed);
  const pose = { rotation: randomRotation(stream), translation: [stream.normal(), 7, 2] as const };
  return { name: 'scan', positions: moveRows(points, pose).map((v) => scale * v), faces: null };
}

const away = (p: readonly number[]) => p[0]! - 0.2 < 0.55 * Math.hypot(p[0]!, p[1]!, p[2]!);
/** A cap of the knob pushed in. */
const dented: Pick<MadeOptions, 'deform'> = {
  deform: (p) => (away(p) || p[0]! < 0.6 ? p : p.map((v) => v * 0.8)),
};
const bank = bankDetector();
const fitted = await bank.fit([scan({ seed: 1 }), scan({ seed: 2 }), scan({ seed: 3 })]);
const { objectThreshold } = fitted.calibration;

describe('the memory bank', () => {
  test('finds another sound scan OK, whole or half of it, without laying it on anything', async () => {
    const whole = await bank.score(scan({ seed: 4 }), fitted);
    expect(whole.objectScore).toBeLessThan(objectThreshold);
    expect(whole.registration).toBeNull();
    // Told as about the noise of the scan: 0.001 of the part's 50.
    const usual = whole.score.slice().sort()[POINTS >> 1]!;
    expect(usual).toBeGreaterThan(0.0001);
    expect(usual).toBeLessThan(0.01);
    expect(fitted.reference.members.map(({ used }) => used)).toEqual([true, true, true]);
  });

  test('finds a dent where it is', async () => {
    const positions = madePart('knob', { seed: 5, points: POINTS, noise: 0 }).points;
    const moved = madePart('knob', { seed: 5, points: POINTS, noise: 0, ...dented }).points;
    const labels = Uint8Array.from({ length: POINTS }, (_, i) => (positions[3 * i] === moved[3 * i] ? 0 : 1));
    const detection = await bank.score(scan({ seed: 5, ...dented }), fitted);
    expect(detection.objectScore).toBeGreaterThan(objectThreshold);
    expect(auroc(rank([{ scores: detection.score, labels }])).value).toBeGreaterThan(0.8);
  });

  test('takes thresholds from one good scan as well', async () => {
    const single = await bank.fit([scan({ seed: 1 })]);
    expect(single.calibration.how).toContain('half the points of the only good scan');
    const { objectScore } = await bank.score(scan({ seed: 5, ...dented }), single);
    expect(objectScore).toBeGreaterThan(single.calibration.objectThreshold);
  });

  test('says so when the scan is in another unit', async () => {
    await expect(bank.score(scan({ seed: 4 }, 50 * 25.4), fitted)).rejects.toThrow(
      /2[56]\.\d times as large as the good scans/,
    );
  });
});
