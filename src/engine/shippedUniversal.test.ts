/** The universal model that ships, on a part it has never seen: what a user gets on the first day. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { RandomStream } from '../core/random.ts';
import { moveRows, randomRotation } from '../core/registration/pose.ts';
import { auroc, rank } from '../detect/metrics.ts';
import { type MadeOptions, madePart } from '../testing/madePart.ts';
import { Session } from './session.ts';
import { universalDetector } from './universal.ts';

const POINTS = 4000;
const MODEL = join(import.meta.dirname, '../../public/models/universal.safetensors');

/** A disc of about 2 % of the surface on top of the plate. */
const inPatch = ([x, y, z]: readonly number[]) =>
  z! > 0.04 && z! < 0.06 && Math.hypot(x! - 0.1, y! + 0.1) < 0.15;
const raised = (height: number): Pick<MadeOptions, 'deform'> => ({
  deform: (p) => (inPatch(p) ? [p[0]!, p[1]!, p[2]! + height] : p),
});

/** In mm, lying anywhere. */
function scan(options: MadeOptions) {
  const { points } = madePart('bracket', { points: POINTS, noise: 0.001, ...options });
  const stream = new RandomStream(options.seed);
  const pose = { rotation: randomRotation(stream), translation: [stream.normal(), 7, 0] as const };
  return { name: 'scan', positions: moveRows(points, pose).map((v) => 50 * v), faces: null };
}

function labelsOf(seed: number, height: number): Uint8Array {
  const sound = madePart('bracket', { seed, points: POINTS, noise: 0 }).points;
  const bad = madePart('bracket', { seed, points: POINTS, noise: 0, ...raised(height) }).points;
  return Uint8Array.from({ length: POINTS }, (_, i) => (sound[3 * i + 2] === bad[3 * i + 2] ? 0 : 1));
}

describe('the universal model that ships', async () => {
  const session = await Session.open({ backend: 'wasm' });
  afterAll(() => session.dispose());
  const bytes = new Uint8Array(readFileSync(MODEL));
  const summary = await session.loadModel('universal', bytes.buffer);
  const detector = universalDetector(session, summary.hash);
  const fitted = await detector.fit([scan({ seed: 1 }), scan({ seed: 2 }), scan({ seed: 3 })]);
  const { objectThreshold } = fitted.calibration;

  test('takes what the features are made of, and is small enough to come with the page', () => {
    expect(summary.config).toMatchObject({ inputs: 'reference', voxelSize: 0.03 });
    expect(bytes.length).toBeLessThan(8e6);
  });

  test('finds another scan of the good part OK', async () => {
    expect((await detector.score(scan({ seed: 5 }), fitted)).objectScore).toBeLessThan(objectThreshold);
  });

  test.each([0.01, 0.05, -0.05])('finds a patch of 2 percent moved by %d radii', async (height) => {
    const { score, objectScore } = await detector.score(scan({ seed: 6, ...raised(height) }), fitted);
    expect(objectScore).toBeGreaterThan(objectThreshold);
    expect(auroc(rank([{ scores: score, labels: labelsOf(6, height) }])).value).toBeGreaterThan(0.97);
  });

  test('finds missing material at its rim', async () => {
    const { objectScore } = await detector.score(scan({ seed: 8, keep: (p) => !inPatch(p) }), fitted);
    expect(objectScore).toBeGreaterThan(objectThreshold);
  });
});
