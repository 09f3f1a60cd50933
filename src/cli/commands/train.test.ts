import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { CancelledError } from '../../core/errors.ts';
import { architecture } from '../../core/modelConfig.ts';
import { RandomStream } from '../../core/random.ts';
import { readModelFile } from '../../io/modelFile.ts';
import { runCommand } from '../../testing/runCommand.ts';
import { inspect } from './inspect.ts';
import { train } from './train.ts';

const folder = mkdtempSync(join(tmpdir(), 'po3ad-train-'));
afterAll(() => rmSync(folder, { recursive: true }));

const put = (name: string, content: string): string => {
  writeFileSync(join(folder, name), content);
  return join(folder, name);
};

/** An egg with sensor noise. */
function egg(seed: number): string {
  const random = new RandomStream(seed);
  const rows = Array.from({ length: 300 }, () => {
    const p = [random.normal(), random.normal(), random.normal()];
    const length = Math.hypot(...p);
    return p.map((v, axis) => ((30 + 8 * axis) * v) / length + 0.03 * random.normal()).join(' ');
  });
  return rows.join('\n');
}

const arch = put('tiny.json', JSON.stringify({ ...architecture('demo'), planes: [8, 8, 8, 8, 8, 8, 8, 8] }));
mkdirSync(join(folder, 'scans/train'), { recursive: true });
for (const i of [0, 1]) put(`scans/train/egg_template${i}.xyz`, egg(i));
const scans = join(folder, 'scans');
const options = ['--arch', arch, '--voxel-size', '0.1', '--steps', '6', '--batch', '2', '--seed', '4'];
const quick = [scans, ...options, '--backend', 'wasm', '--json', '--checkpoint-every', '2'];

describe('train --json', () => {
  it('reports steps, then a calibrated model that inspect takes', async () => {
    const out = join(folder, 'a.safetensors');
    const { code, json } = await runCommand(train, [...quick, '--out', out]);
    expect(code).toBe(0);
    const lines = json();
    expect(lines.slice(0, 6).map(({ step }) => step)).toEqual([1, 2, 3, 4, 5, 6]);
    for (const line of lines.slice(0, 6))
      expect(Object.keys(line)).toEqual(['step', 'loss', 'dist', 'dir', 'lr']);
    const model = readModelFile(out, new Uint8Array(readFileSync(out)));
    expect(lines[6]).toMatchObject({ out, steps: 6, hash: model.hash });
    expect(model.provenance).toMatchObject({
      steps: 6,
      seed: 4,
      scans: 'egg_template0.xyz, egg_template1.xyz',
    });
    expect(model.calibration?.how).toContain('which it was trained on');
    expect(existsSync(`${out}.checkpoint`)).toBe(false);
    // The very scans it was calibrated on are the limit of what is OK.
    const inspected = await runCommand(inspect, [
      join(scans, 'train/egg_template0.xyz'),
      '--model',
      out,
      '--backend',
      'wasm',
      '--json',
    ]);
    expect(inspected.json()[0]).toMatchObject({ verdict: 'ok' });
  });

  it('gives the same file for the same seed, and when it was interrupted and resumed', async () => {
    const whole = join(folder, 'a.safetensors');
    const again = join(folder, 'again', 'a.safetensors');
    await runCommand(train, [...quick, '--out', again]);
    expect(Buffer.compare(readFileSync(again), readFileSync(whole))).toBe(0);

    const out = join(folder, 'resumed', 'a.safetensors');
    const controller = new AbortController();
    const interrupted = runCommand(train, [...quick, '--out', out], controller.signal);
    // Ctrl+C as soon as the first checkpoint is on disk.
    const watch = setInterval(() => {
      if (existsSync(`${out}.checkpoint`)) controller.abort();
    }, 1);
    await expect(interrupted).rejects.toThrow(CancelledError);
    clearInterval(watch);
    expect(existsSync(out)).toBe(false);
    const resumed = await runCommand(train, [...quick, '--out', out]);
    expect(resumed.err).toContain('Going on after step');
    expect(resumed.json()[0]!.step).toBeGreaterThan(2);
    expect(Buffer.compare(readFileSync(out), readFileSync(whole))).toBe(0);
  });

  it('fine-tunes a model in its own architecture', async () => {
    const base = join(folder, 'a.safetensors');
    const out = join(folder, 'tuned.safetensors');
    const same = [scans, '--steps', '1', '--batch', '1', '--backend', 'wasm', '--init', base, '--out', out];
    await runCommand(train, same);
    const [before, after] = [base, out].map((file) =>
      readModelFile(file, new Uint8Array(readFileSync(file))),
    );
    expect(after!.config.arch).toEqual(before!.config.arch);
    expect(after!.config.voxelSize).toBe(0.1);
    expect(after!.provenance.parent).toBe(before!.hash);
    await expect(runCommand(train, [...same, '--arch', 'small'])).rejects.toThrow('has another one');
  });

  it('trains the universal model after its recipe, and says what it was made from', async () => {
    const recipe = {
      name: 'u',
      architecture: 'demo',
      voxelSize: 0.1,
      stored: 'F16',
      shapes: { seed: 1, count: 2, points: 2000 },
      training: { batchSize: 2, maxPoints: 300, logEvery: 1 },
    };
    const out = join(folder, 'universal.safetensors');
    const file = put('recipe.json', JSON.stringify(recipe));
    const options = ['--universal', file, '--steps', '2', '--backend', 'wasm', '--json', '--out', out];
    const { json } = await runCommand(train, options);
    expect(json().map(({ step }) => step)).toEqual([1, 2, undefined]);
    const model = readModelFile(out, new Uint8Array(readFileSync(out)));
    expect(model.config).toMatchObject({ name: 'u', inputs: 'reference', voxelSize: 0.1, preset: 'studio' });
    expect(model.config.arch.inChannels).toBe(20);
    expect(model.provenance).toMatchObject({ parts: '2 procedural shapes, seed 1', steps: 2 });
    const wrong = put('wrong.json', JSON.stringify({ ...recipe, shapes: { seed: 1, count: 0, points: 9 } }));
    await expect(runCommand(train, ['--universal', wrong, '--out', out])).rejects.toThrow('is 0');
  });

  it('says what is wrong before it starts', async () => {
    const out = ['--out', join(folder, 'x.safetensors'), '--backend', 'wasm'];
    await expect(runCommand(train, [scans, '--arch', 'MinkUNet99', ...out])).rejects.toThrow('known: ');
    await expect(
      runCommand(train, [scans, '--arch', put('bad.json', '{"stemWidth": 0}'), ...out]),
    ).rejects.toThrow('stemWidth is 0');
    await expect(runCommand(train, [scans, '--steps', '0', ...out])).rejects.toThrow('--steps must be');
    await expect(
      runCommand(train, [scans, '--training', put('t.json', '{"synthesis": {"patches": -1}}'), ...out]),
    ).rejects.toMatchObject({ where: 'synthesis.patches' });
    await expect(
      runCommand(train, [put('few.xyz', '0 0 0\n1 1 1\n'), '--arch', arch, ...out]),
    ).rejects.toThrow('too few');
    mkdirSync(join(folder, 'empty'), { recursive: true });
    await expect(runCommand(train, [join(folder, 'empty'), ...out])).rejects.toThrow('has no scan files');
  });
});
