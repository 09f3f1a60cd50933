import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const folder = mkdtempSync(join(tmpdir(), 'po3ad-command-'));
afterAll(() => rmSync(folder, { recursive: true }));

const launch = (args: readonly string[]): ChildProcess =>
  spawn(process.execPath, [join(import.meta.dirname, 'po3ad.mjs'), ...args]);

interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

function ended(child: ChildProcess): Promise<Ended> {
  let out = '';
  let err = '';
  child.stdout?.on('data', (chunk) => {
    out += chunk;
  });
  child.stderr?.on('data', (chunk) => {
    err += chunk;
  });
  return new Promise((resolve) => {
    child.on('close', (code) => resolve({ code, out, err }));
  });
}
const po3ad = (...args: string[]): Promise<Ended> => ended(launch(args));

// Builds the bundle when it is stale, which takes its time.
beforeAll(async () => {
  await po3ad('--help');
}, 120_000);

describe('the command itself', () => {
  it('explains itself, on stdout and with code 0', async () => {
    const all = await po3ad('--help');
    expect(all.code).toBe(0);
    for (const name of ['inspect', 'train', 'evaluate', 'synthesize', 'import', 'info', 'devices'])
      expect(all.out).toContain(`  ${name} `);
    const one = await po3ad('inspect', '--help');
    expect(one.code).toBe(0);
    expect(one.out).toContain('Usage: po3ad inspect FILE...');
  });

  it('answers a wrong command line with code 2 and nothing on stdout', async () => {
    for (const args of [['fly'], ['info', '--what'], ['inspect', 'a.ply']]) {
      const { code, out, err } = await po3ad(...args);
      expect(code, args.join(' ')).toBe(2);
      expect(out).toBe('');
      expect(err).toContain('See: po3ad');
    }
  });

  it('answers a failed file with code 1, and a command that cannot run with an error object', async () => {
    const absent = await po3ad('info', '--json', 'absent.ply');
    expect(absent.code).toBe(1);
    expect(JSON.parse(absent.out)).toMatchObject({ file: 'absent.ply', error: { kind: 'invalid-input' } });
    const noModel = await po3ad('inspect', '--json', '--backend', 'wasm', '--model', 'absent', 'absent.ply');
    expect(noModel.code).toBe(1);
    expect(JSON.parse(noModel.out)).toMatchObject({ error: { where: 'absent', message: 'no such file' } });
  });

  it('lists both backends', async () => {
    const { code, out } = await po3ad('devices', '--json');
    expect(code).toBe(0);
    const lines = out
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(lines.map(({ backend }) => backend)).toEqual(['webgpu', 'wasm']);
    expect(lines[1]).toMatchObject({ available: true });
  });

  it('ends with code 130 after Ctrl+C and leaves a checkpoint to go on from', async () => {
    const scan = join(folder, 'scan.xyz');
    const rows = Array.from({ length: 500 }, (_, i) =>
      [Math.sin(i), Math.cos(1.7 * i), Math.sin(2.3 * i)].join(' '),
    );
    writeFileSync(scan, rows.join('\n'));
    const out = join(folder, 'm.safetensors');
    const options = [
      '--arch',
      'demo',
      '--voxel-size',
      '0.1',
      '--steps',
      '5000',
      '--batch',
      '1',
      '--backend',
      'wasm',
    ];
    const child = launch(['train', scan, '--out', out, '--json', ...options]);
    child.stdout?.once('data', () => child.kill('SIGINT'));
    const { code, out: lines, err } = await ended(child);
    expect(code, err).toBe(130);
    expect(JSON.parse(lines.trimEnd().split('\n').pop()!)).toMatchObject({ error: { kind: 'cancelled' } });
    expect(existsSync(`${out}.checkpoint`)).toBe(true);
    expect(existsSync(out)).toBe(false);
  });
});
