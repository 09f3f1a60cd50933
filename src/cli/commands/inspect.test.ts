import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { RandomStream } from '../../core/random.ts';
import { readScan } from '../../io/readScan.ts';
import { readFloatNpy } from '../../testing/floatNpy.ts';
import { runCommand } from '../../testing/runCommand.ts';
import { untrainedModel } from '../../testing/untrainedModel.ts';
import { UsageError } from '../command.ts';
import { inFileOrder, inspect } from './inspect.ts';

const folder = mkdtempSync(join(tmpdir(), 'po3ad-inspect-'));
const put = (name: string, content: string | Uint8Array): string => {
  writeFileSync(join(folder, name), content);
  return join(folder, name);
};
afterAll(() => rmSync(folder, { recursive: true }));

/** Lines "x y z" on a sphere of 40 mm, far from the origin. */
function sphere(points: number): string[] {
  const random = new RandomStream(3);
  return Array.from({ length: points }, () => {
    const p = [random.normal(), random.normal(), random.normal()];
    const length = Math.hypot(...p);
    return p.map((v) => (200 + (40 * v) / length).toFixed(4)).join(' ');
  });
}

const model = put('model.safetensors', untrainedModel());
const wasm = ['--model', model, '--backend', 'wasm', '--json'];

describe('inspect --json', () => {
  it('gives exactly the documented fields', async () => {
    const file = put('sphere.xyz', sphere(600).join('\n'));
    const { code, json } = await runCommand(inspect, [file, ...wasm]);
    expect(code).toBe(0);
    const [one] = json();
    expect(Object.keys(one!)).toEqual([
      'file',
      'points',
      'voxels',
      'objectScore',
      'threshold',
      'verdict',
      'backend',
      'adapter',
      'timings',
    ]);
    expect(one).toMatchObject({
      file,
      points: 600,
      threshold: null,
      verdict: 'uncalibrated',
      backend: 'wasm',
    });
    expect(one!.voxels).toHaveLength(5);
    expect(one!.objectScore).toBeGreaterThan(0);
    expect(Object.keys(one!.timings!)).toEqual(['parse', 'voxelise', 'pyramid', 'network', 'total']);
  });

  it('judges by the model’s object threshold', async () => {
    const file = put('judged.xyz', sphere(300).join('\n'));
    const verdictAt = async (objectThreshold: number) => {
      const calibrated = put(
        'calibrated.safetensors',
        untrainedModel({ pointThreshold: 1, objectThreshold, how: 'test' }),
      );
      const { json } = await runCommand(inspect, [
        file,
        '--model',
        calibrated,
        '--backend',
        'wasm',
        '--json',
      ]);
      return json()[0];
    };
    expect(await verdictAt(1e-6)).toMatchObject({ verdict: 'not-ok', threshold: 1e-6 });
    expect(await verdictAt(1e6)).toMatchObject({ verdict: 'ok', threshold: 1e6 });
  });

  it('answers every odd file with a result or an error, and goes on', async () => {
    const files = [
      put('empty.xyz', ''),
      put('one.xyz', '1 2 3\n'),
      put('two.xyz', '1 2 3\n4 5 6\n'),
      put('equal.xyz', '1 2 3\n'.repeat(50)),
      put('nan.xyz', 'nan nan nan\n'.repeat(20)),
      put('noise.ply', 'ply this is not'),
      put('fine.xyz', sphere(200).join('\n')),
    ];
    const { code, json } = await runCommand(inspect, [...files, ...wasm]);
    expect(code).toBe(1);
    const lines = json();
    expect(lines.map(({ file }) => file)).toEqual(files);
    expect(lines.map((line) => ('error' in line ? 'error' : 'result'))).toEqual([
      'error',
      'error',
      'result',
      'error',
      'error',
      'error',
      'result',
    ]);
    for (const { error } of lines.slice(0, 2))
      expect(error).toMatchObject({ message: expect.stringContaining('point') });
  });
});

describe('inspect --offsets', () => {
  it('keeps the rows of the file: NaN where a point was not finite', async () => {
    const lines = sphere(120);
    const whole = put('whole.xyz', lines.join('\n'));
    const holes = put(
      'holes.xyz',
      [...lines.slice(0, 50), 'nan nan nan', ...lines.slice(50), 'inf 0 0'].join('\n'),
    );
    const offsets = async (file: string): Promise<Float32Array> => {
      const npy = join(folder, 'offsets', 'o.npy');
      await runCommand(inspect, [file, '--offsets', npy, ...wasm]);
      return readFloatNpy(npy);
    };
    const expected = await offsets(whole);
    const actual = await offsets(holes);
    expect(expected).toHaveLength(360);
    expect(actual).toHaveLength(366);
    expect([...actual.subarray(150, 153), ...actual.subarray(363)].every(Number.isNaN)).toBe(true);
    expect([...actual.subarray(0, 150), ...actual.subarray(153, 363)]).toEqual([...expected]);
  });

  it('puts kept rows back in place', () => {
    const packed = Float32Array.of(1, 2, 3, 4, 5, 6);
    expect(inFileOrder(packed, { totalRows: 2, keptRows: null })).toBe(packed);
    const rows = inFileOrder(packed, { totalRows: 4, keptRows: Uint32Array.of(1, 3) });
    expect([...rows]).toEqual([NaN, NaN, NaN, 1, 2, 3, NaN, NaN, NaN, 4, 5, 6]);
  });
});

describe('inspect --out', () => {
  it('writes a PLY whose scores are those of the verdict', async () => {
    const file = put('scored.xyz', sphere(150).join('\n'));
    const out = join(folder, 'out');
    const { json } = await runCommand(inspect, [file, '--out', out, ...wasm]);
    const { cloud } = readScan('scored.ply', readFileSync(join(out, 'scored.ply')));
    const { offset_x, offset_y, offset_z, score } = cloud.attributes;
    const mean = score!.reduce((sum, s) => sum + s, 0) / score!.length;
    expect(mean).toBeCloseTo(Number(json()[0]!.objectScore), 6);
    const length = Math.sqrt(offset_x![9]! ** 2 + offset_y![9]! ** 2 + offset_z![9]! ** 2);
    expect(score![9]).toBeCloseTo(length, 6);
    const [x] = sphere(150)[9]!.split(' ').map(Number);
    expect(cloud.positions[27]! + cloud.origin[0]).toBeCloseTo(x!, 3);
  });

  it('judges by another object score with its own limit, and without the rim of an open scan', async () => {
    // The upper half of the sphere ends at its equator.
    const open = sphere(3000).filter((line) => Number(line.split(' ')[2]) > 200);
    const file = put('open.xyz', open.join('\n'));
    const objectThresholds = { mean: 1e6, top: 1e6, p99: 1e6, max: 1e-6 };
    const calibration = { pointThreshold: 1, objectThreshold: 1e6, objectThresholds, how: 'test' };
    const judge = put('rules.safetensors', untrainedModel(calibration));
    const out = join(folder, 'rules');
    const run = async (...more: string[]) => {
      const args = [file, '--model', judge, '--backend', 'wasm', '--json', '--out', out, ...more];
      return (await runCommand(inspect, args)).json()[0]!;
    };
    const own = await run();
    expect(own).toMatchObject({ verdict: 'ok', threshold: 1e6 });
    expect(await run('--object-score', 'max')).toMatchObject({ verdict: 'not-ok', threshold: 1e-6 });
    const masked = await run('--mask-boundary');
    expect(masked.boundary).toBeGreaterThan(100);
    expect(masked.boundary).toBeLessThan(open.length / 2);
    const { score, boundary } = readScan('open.ply', readFileSync(join(out, 'open.ply'))).cloud.attributes;
    const left = score!.filter((_, row) => boundary![row] === 0);
    expect(left).toHaveLength(open.length - Number(masked.boundary));
    expect(masked.objectScore).toBeCloseTo(left.reduce((sum, s) => sum + s, 0) / left.length, 6);
  });

  it('never replaces an input, and keeps two files of one name apart', async () => {
    const file = put('same.ply', 'ply\n');
    await expect(runCommand(inspect, [file, '--out', folder, ...wasm])).rejects.toThrow(
      'would replace an input',
    );
    const twice = [put('twin.xyz', sphere(30).join('\n')), put('twin.txt', sphere(40).join('\n'))];
    const out = join(folder, 'twins');
    await runCommand(inspect, [...twice, '--out', out, ...wasm]);
    const points = ['twin.ply', 'twin-2.ply'].map(
      (name) => readScan(name, readFileSync(join(out, name))).cloud.positions.length / 3,
    );
    expect(points).toEqual([30, 40]);
  });
});

describe('inspect', () => {
  it('wants a model, and one file for --offsets', async () => {
    await expect(runCommand(inspect, ['a.ply'])).rejects.toThrow(UsageError);
    await expect(
      runCommand(inspect, ['a.ply', 'b.ply', '--model', model, '--offsets', 'o.npy']),
    ).rejects.toThrow(UsageError);
    await expect(runCommand(inspect, ['a.ply', '--model', model, '--backend', 'cuda'])).rejects.toThrow(
      'webgpu or wasm',
    );
    await expect(
      runCommand(inspect, ['a.ply', '--model', model, '--object-score', 'median']),
    ).rejects.toThrow('one of mean, top, p99, max');
  });

  it('says which model file cannot be used', async () => {
    const none = ['a.ply', '--model', join(folder, 'none.safetensors'), '--backend', 'wasm'];
    await expect(runCommand(inspect, none)).rejects.toThrow('no such file');
    const wrong = put('wrong.safetensors', 'not a model');
    await expect(runCommand(inspect, ['a.ply', '--model', wrong, '--backend', 'wasm'])).rejects.toMatchObject(
      { kind: 'format' },
    );
  });
});
