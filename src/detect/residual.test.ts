/** The instant detector: a good copy is OK, a small bump, a dent and missing material are found. */

import { describe, expect, test } from 'vitest';
import { RandomStream } from '../core/random.ts';
import { moveRows, type Pose, randomRotation } from '../core/registration/pose.ts';
import { type MadeOptions, madePart } from '../testing/madePart.ts';
import { auroc, rank } from './metrics.ts';
import { residual } from './residual.ts';

const POINTS = 4000;

function poseOf(seed: number): Pose {
  const stream = new RandomStream(seed);
  return { rotation: randomRotation(stream), translation: [stream.normal(), 7, stream.normal()] };
}

function scan(options: MadeOptions) {
  const { points } = madePart('bracket', { points: POINTS, noise: 0.001, ...options });
  return { name: 'scan', positions: moveRows(points, poseOf(options.seed)).map((v) => 50 * v), faces: null };
}

const good = [scan({ seed: 1 }), scan({ seed: 2 })];
const fitted = await residual.fit(good);
const { calibration } = fitted;
/** The patch of the tests: a disc of about 2 % of the surface on top of the plate. */
const inPatch = ([x, y, z]: readonly number[]) =>
  z! > 0.04 && z! < 0.06 && Math.hypot(x! - 0.1, y! + 0.1) < 0.15;
const raised = (height: number): Pick<MadeOptions, 'deform'> => ({
  deform: (p) => (inPatch(p) ? [p[0]!, p[1]!, p[2]! + height] : p),
});
/** Which points of a scan were moved: the same draws, once with and once without. */
function labelsOf(seed: number, height: number): Uint8Array {
  const sound = madePart('bracket', { seed, points: POINTS, noise: 0 }).points;
  const bad = madePart('bracket', { seed, points: POINTS, noise: 0, ...raised(height) }).points;
  return Uint8Array.from({ length: POINTS }, (_, i) => (sound[3 * i + 2] === bad[3 * i + 2] ? 0 : 1));
}

describe('the residual detector', () => {
  test('finds a copy in another pose OK', async () => {
    const { objectScore, registration } = await residual.score(scan({ seed: 5 }), fitted);
    expect(registration?.verdict).toBe('aligned');
    expect(objectScore).toBeLessThan(calibration.objectThreshold);
  });

  test.each([0.01, 0.05, -0.05])('finds a patch of 2 percent moved by %d radii', async (height) => {
    const detection = await residual.score(scan({ seed: 6, ...raised(height) }), fitted);
    const labels = labelsOf(6, height);
    expect(auroc(rank([{ scores: detection.score, labels }])).value).toBeGreaterThan(0.97);
    expect(detection.objectScore).toBeGreaterThan(calibration.objectThreshold);
    expect(detection.objectScore).toBeGreaterThan(0.5 * Math.abs(height));
  });

  test('offsets lead from the good surface to the point, in the scan’s own orientation', async () => {
    const { offsets, score } = await residual.score(scan({ seed: 6, ...raised(0.05) }), fitted);
    const up = moveRows(Float32Array.of(0, 0, 1), poseOf(6), true);
    const worst = score.indexOf(Math.max(...score));
    const along = [0, 1, 2].reduce((sum, d) => sum + up[d]! * offsets[3 * worst + d]!, 0);
    expect(along).toBeGreaterThan(0.04);
    expect(along).toBeLessThan(0.07);
  });

  test('the pose lays the scan on the first good one', async () => {
    const { pose } = await residual.score(scan({ seed: 5 }), fitted);
    if (pose === null) throw new Error('the scan was not laid on anything');
    // The same place of the part in both scans, from how they were made.
    for (const place of [Float32Array.of(0.3, -0.2, 0.05), Float32Array.of(-0.4, 0.1, 0)]) {
      const [on, onGood] = [5, 1].map((seed) => moveRows(place, poseOf(seed)).map((v) => 50 * v));
      const laid = moveRows(on!, pose);
      for (let d = 0; d < 3; d++) expect(Math.abs(laid[d]! - onGood![d]!)).toBeLessThan(0.5);
    }
  });

  test('one good scan is enough to tell good from bad', async () => {
    const single = await residual.fit([good[0]!]);
    const threshold = single.calibration.objectThreshold;
    expect((await residual.score(scan({ seed: 5 }), single)).objectScore).toBeLessThan(threshold);
    const raisedScan = await residual.score(scan({ seed: 6, ...raised(0.03) }), single);
    expect(raisedScan.objectScore).toBeGreaterThan(threshold);
    expect(single.calibration.how).toContain('half the points of the only good scan');
  });

  test('takes no harm from a file whose rows alternate between two places', async () => {
    const { name, positions, faces } = good[0]!;
    const rows = Array.from({ length: POINTS }, (_, i) => [...positions.subarray(3 * i, 3 * i + 3)]);
    rows.sort((a, b) => a[0]! - b[0]!);
    // Even rows from the one end, odd rows from the other.
    const woven = Float32Array.from(
      rows.flatMap((row, i) => (i < POINTS / 2 ? [...row, ...rows[POINTS - 1 - i]!] : [])),
    );
    const plain = await residual.fit([good[0]!]);
    const single = await residual.fit([{ name, positions: woven, faces }]);
    const { objectThreshold } = single.calibration;
    expect(objectThreshold / plain.calibration.objectThreshold).toBeLessThan(3);
  });

  test('finds missing material at its rim', async () => {
    const holed = scan({ seed: 8, keep: (p) => !inPatch(p) });
    const { objectScore, unseen } = await residual.score(holed, fitted);
    expect(unseen).toBe(0);
    expect(objectScore).toBeGreaterThan(3 * calibration.objectThreshold);
  });
});
