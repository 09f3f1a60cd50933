/** Good scans to a reference, scans against it, and the figures of a detector: as a user types it. */

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { initialiseWeights } from '../../core/initWeights.ts';
import { architecture } from '../../core/modelConfig.ts';
import { RandomStream } from '../../core/random.ts';
import { REFERENCE_CHANNELS } from '../../core/referenceFeatures.ts';
import { moveRows, type Pose, randomRotation } from '../../core/registration/pose.ts';
import { writeModelFile } from '../../io/modelFile.ts';
import { type MadeOptions, madePart, type PartName } from '../../testing/madePart.ts';
import { runCommand } from '../../testing/runCommand.ts';
import { UsageError } from '../command.ts';
import { evaluate } from './evaluate.ts';
import { fit } from './fit.ts';
import { inspect } from './inspect.ts';

const folder = mkdtempSync(join(tmpdir(), 'po3ad-fit-'));
afterAll(() => rmSync(folder, { recursive: true }));

const inPatch = ([x, y, z]: readonly number[]) =>
  z! > 0.04 && z! < 0.06 && Math.hypot(x! - 0.1, y! + 0.1) < 0.15;
const bulge: Pick<MadeOptions, 'deform'> = {
  deform: (p) => (inPatch(p) ? [p[0]!, p[1]!, p[2]! + 0.06] : p),
};

function poseOf(seed: number): Pose {
  const stream = new RandomStream(seed);
  return { rotation: randomRotation(stream), translation: [3, stream.normal(), 0] };
}

/** Rows "x y z" of a scan in mm at a pose of its own; `label` writes a fourth column of what was moved. */
function put(path: string, part: PartName, options: MadeOptions, scale = 50, label = false): string {
  const made = { points: 2000, noise: 0.001, ...options };
  const pose = poseOf(options.seed);
  const points = moveRows(madePart(part, made).points, pose);
  const sound = moveRows(madePart(part, { ...made, deform: (p) => p }).points, pose);
  const rows = Array.from({ length: made.points }, (_, i) => {
    const xyz = [...points.subarray(3 * i, 3 * i + 3)];
    const moved = xyz.some((v, d) => Math.abs(v - sound[3 * i + d]!) > 0.01) ? 1 : 0;
    return [...xyz.map((v) => v * scale), ...(label ? [moved] : [])].join(' ');
  });
  const file = join(folder, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, rows.join('\n'));
  return file;
}

const good = [
  put('set/part/train/a.xyz', 'bracket', { seed: 1 }),
  put('set/part/train/b.xyz', 'bracket', { seed: 2 }),
];
const ok = put('set/part/test/part_positive0.xyz', 'bracket', { seed: 3 });
const bad = put('set/part/test/part_bulge0.xyz', 'bracket', { seed: 4, ...bulge });
put('set/part/GT/part_bulge0.txt', 'bracket', { seed: 4, ...bulge }, 50, true);

describe('po3ad fit and inspect --reference', () => {
  test('tell good from bad without training, from the file as from the folder', async () => {
    const out = join(folder, 'part.safetensors');
    const [made] = (await runCommand(fit, [...good, '--out', out, '--json'])).json();
    expect(made).toMatchObject({ reference: out, members: [{ used: true }, { used: true }] });
    const { code, json } = await runCommand(inspect, [ok, bad, '--reference', out, '--json']);
    expect(code).toBe(0);
    expect(json().map(({ verdict }) => verdict)).toEqual(['ok', 'not-ok']);
    expect(json()[0]!.registration).toMatchObject({ verdict: 'aligned', determined: true });
    const again = await runCommand(inspect, [bad, '--reference', join(folder, 'set/part'), '--json']);
    expect(again.json()[0]!.objectScore).toBeCloseTo(Number(json()[1]!.objectScore), 6);
  });

  test('give no verdict on another part or another unit', async () => {
    const inches = put('inch.xyz', 'bracket', { seed: 5, points: 4000 }, 50 / 25.4);
    const fine = put('fine.xyz', 'bracket', { seed: 7, points: 4000 });
    const knob = put('knob.xyz', 'knob', { seed: 6 });
    const { json } = await runCommand(inspect, [inches, knob, '--reference', fine, '--json']);
    expect(json().map(({ verdict }) => verdict)).toEqual(['not-aligned', 'not-aligned']);
    const units = json()[0]!.registration as { unitFactor: number; words: string };
    expect(units.unitFactor).toBe(25.4);
    expect(units.words).toContain('another unit');
  });

  test('start from pairs of places where somebody gives them', async () => {
    const places = Float32Array.from([0.5, 0.1, 0.05, -0.6, 0.3, 0.05, 0.1, -0.5, -0.05]);
    const of = (seed: number) => moveRows(places, poseOf(seed)).map((v) => 50 * v);
    const write = (name: string, order: readonly number[]) => {
      const [scan, onGood] = [of(3), of(1)];
      const lines = order.map((j, i) => [
        ...scan.subarray(3 * i, 3 * i + 3),
        ...onGood.subarray(3 * j, 3 * j + 3),
      ]);
      writeFileSync(join(folder, name), ['# scan, good', ...lines.map((line) => line.join(' '))].join('\n'));
      return join(folder, name);
    };
    const run = (file: string) =>
      runCommand(inspect, [ok, '--reference', good[0]!, '--pairs', file, '--json']);
    const { json } = await run(write('right.txt', [0, 1, 2]));
    expect(json()[0]).toMatchObject({ registration: { verdict: 'aligned' } });
    await expect(run(write('swapped.txt', [1, 2, 0]))).rejects.toThrow('the same places in the same order');
    writeFileSync(join(folder, 'short.txt'), '1 2 3 4 5 6\n1 2 3');
    await expect(run(join(folder, 'short.txt'))).rejects.toThrow('six numbers');
  });

  test('refuse what does not go together', async () => {
    const run = (args: string[]) => runCommand(inspect, [ok, ...args]);
    await expect(run(['--reference', good[0]!, '--model', 'm'])).rejects.toThrow(UsageError);
    await expect(run(['--reference', good[0]!, '--offsets', 'o.npy'])).rejects.toThrow(UsageError);
    await expect(run(['--reference', good[0]!, '--detector', 'bank', '--pairs', 'p'])).rejects.toThrow(
      'bank',
    );
    await expect(run(['--detector', 'residual'])).rejects.toThrow('--detector needs --reference');
    await expect(run(['--reference', good[0]!, '--detector', 'magic'])).rejects.toThrow('residual');
  });
});

test('the universal detector takes a model, and its references are not those of another detector', async () => {
  const model = join(folder, 'universal.safetensors');
  const arch = { ...architecture('demo'), inChannels: REFERENCE_CHANNELS };
  const state = initialiseWeights(arch, 1);
  const config = {
    name: 'u',
    arch,
    inputs: 'reference',
    voxelSize: 0.1,
    preset: 'studio',
    scoreNorm: 'l2',
  } as const;
  writeFileSync(model, writeModelFile({ config, state, calibration: null, provenance: {} }));
  const out = join(folder, 'u.safetensors');
  const universal = ['--detector', 'universal', '--model', model, '--backend', 'wasm', '--json'];
  await runCommand(fit, [...good, '--out', out, ...universal]);
  const { json } = await runCommand(inspect, [ok, '--reference', out, ...universal]);
  expect(json()[0]).toMatchObject({ detector: 'universal', registration: { verdict: 'aligned' } });
  await expect(runCommand(inspect, [ok, '--reference', out])).rejects.toThrow('thresholds of universal');
  await expect(runCommand(inspect, [ok, '--reference', out, '--model', model])).rejects.toThrow(UsageError);
});

test('the memory of shapes is kept in the file, and no scan is laid on anything', async () => {
  const out = join(folder, 'b.safetensors');
  const bank = ['--detector', 'bank', '--json'];
  await runCommand(fit, [...good, '--out', out, ...bank]);
  const { json } = await runCommand(inspect, [ok, '--reference', out, ...bank]);
  expect(json()[0]).toMatchObject({ detector: 'bank', verdict: 'ok', registration: null });
});

test('po3ad evaluate --detector measures without a model', async () => {
  const { json } = await runCommand(evaluate, [join(folder, 'set'), '--detector', 'residual', '--json']);
  expect(json()[0]).toMatchObject({ category: 'part', objects: 2, objectAuroc: 1 });
  expect(json()[0]!.pointAuroc).toBeGreaterThan(0.98);
});
