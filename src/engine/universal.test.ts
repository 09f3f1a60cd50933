/** The universal detector around its network: poses, orientation, thresholds, and which models it takes. */

import { afterAll, describe, expect, test } from 'vitest';
import { initialiseWeights } from '../core/initWeights.ts';
import { architecture, type InputKind } from '../core/modelConfig.ts';
import { RandomStream } from '../core/random.ts';
import { REFERENCE_CHANNELS } from '../core/referenceFeatures.ts';
import { moveRows, type Pose, randomRotation } from '../core/registration/pose.ts';
import { residual } from '../detect/residual.ts';
import { writeModelFile } from '../io/modelFile.ts';
import { type MadeOptions, madePart } from '../testing/madePart.ts';
import { Session } from './session.ts';
import { universalDetector } from './universal.ts';

function poseOf(seed: number): Pose {
  const stream = new RandomStream(seed);
  return { rotation: randomRotation(stream), translation: [stream.normal(), 7, 2] };
}

const inPatch = ([x, y, z]: readonly number[]) =>
  z! > 0.04 && z! < 0.06 && Math.hypot(x! - 0.1, y! + 0.1) < 0.15;
const raised: Pick<MadeOptions, 'deform'> = {
  deform: (p) => (inPatch(p) ? [p[0]!, p[1]!, p[2]! + 0.05] : p),
};

function scan(options: MadeOptions, pose = poseOf(options.seed)) {
  const { points } = madePart('bracket', { points: 3000, noise: 0.001, ...options });
  return { name: 'scan', positions: moveRows(points, pose).map((v) => 50 * v), faces: null };
}

const good = [scan({ seed: 1 }), scan({ seed: 2 })];
/** A network that repeats what it is told: the smoothed distance from the reference. */
const echo = {
  predictLaid: async (_: string, points: Float32Array, { values }: { values: Float32Array }) =>
    points.map((_v, at) => 0.03 * values[REFERENCE_CHANNELS * Math.floor(at / 3) + (at % 3)]!),
};

describe('the universal detector', async () => {
  const detector = universalDetector(echo, 'any');
  const fitted = await detector.fit(good);

  test('gives back what the network says in the scan’s own orientation', async () => {
    const told = await residual.score(scan({ seed: 6, ...raised }), await residual.fit(good));
    const { offsets, score } = await detector.score(scan({ seed: 6, ...raised }), fitted);
    const worst = score.indexOf(Math.max(...score));
    for (let d = 0; d < 3; d++)
      expect(Math.abs(offsets[3 * worst + d]! - told.offsets[3 * worst + d]!)).toBeLessThan(0.01);
    const up = moveRows(Float32Array.of(0, 0, 1), poseOf(6), true);
    expect([0, 1, 2].reduce((sum, d) => sum + up[d]! * offsets[3 * worst + d]!, 0)).toBeGreaterThan(0.03);
  });

  test('has thresholds of its own that tell a good scan from a bad one', async () => {
    expect(fitted.detector).toBe('universal');
    const { objectThreshold } = fitted.calibration;
    expect((await detector.score(scan({ seed: 5 }), fitted)).objectScore).toBeLessThan(objectThreshold);
    const bad = await detector.score(scan({ seed: 6, ...raised }), fitted);
    expect(bad.objectScore).toBeGreaterThan(objectThreshold);
  });
});

describe('a session', async () => {
  const session = await Session.open({ backend: 'wasm' });
  afterAll(() => session.dispose());
  const load = (inputs: InputKind, inChannels: number) => {
    const arch = { ...architecture('demo'), inChannels };
    const config = { name: inputs, arch, inputs, voxelSize: 0.1, preset: 'studio', scoreNorm: 'l2' } as const;
    const file = { config, state: initialiseWeights(arch, 1), calibration: null, provenance: {} };
    return session.loadModel(inputs, writeModelFile(file).buffer);
  };

  test('predicts with features, the same twice', async () => {
    const { hash } = await load('reference', REFERENCE_CHANNELS);
    const detector = universalDetector(session, hash);
    const fitted = await detector.fit(good);
    const [a, b] = [await detector.score(good[0]!, fitted), await detector.score(good[0]!, fitted)];
    expect(a.score).toEqual(b.score);
    expect(a.score.length).toBe(3000);
    expect(Math.max(...a.score)).toBeGreaterThan(0);
  });

  test('refuses a network that takes coordinates', async () => {
    const { hash } = await load('xyz', 3);
    await expect(universalDetector(session, hash).fit(good)).rejects.toThrow('does not take the 20 features');
  });
});
