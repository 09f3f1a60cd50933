import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { CancelledError } from '../../core/errors.ts';
import { runCommand } from '../../testing/runCommand.ts';
import { UsageError } from '../command.ts';
import { info } from './info.ts';

const folder = mkdtempSync(join(tmpdir(), 'po3ad-info-'));
const file = (name: string, content: string): string => {
  writeFileSync(join(folder, name), content);
  return join(folder, name);
};
afterAll(() => rmSync(folder, { recursive: true }));

describe('info --json', () => {
  it('gives one object a file, bounds in the file’s own coordinates', async () => {
    const sample = resolve(import.meta.dirname, '../../../public/samples/flange/test/flange_bulge0.ply');
    const text = file('far.xyz', '4500000.5 1 2\n4500001.5 -1 2\n4500001.25 0 7\n');
    const { code, json } = await runCommand(info, ['--json', sample, text]);
    expect(code).toBe(0);
    const [ply, xyz] = json();
    expect(Object.keys(ply!)).toEqual([
      'file',
      'format',
      'points',
      'faces',
      'bounds',
      'attributes',
      'skipped',
      'nan',
    ]);
    expect(ply).toMatchObject({
      file: sample,
      points: 7500,
      faces: 0,
      attributes: ['label'],
      skipped: 0,
      nan: 0,
    });
    expect(xyz).toMatchObject({
      points: 3,
      bounds: [
        [4500000.5, -1, 2],
        [4500001.5, 1, 7],
      ],
    });
  });

  it('goes on after a bad file and fails at the end', async () => {
    const good = file('good.xyz', '0 0 0\n1 0 0\n');
    const bad = file('bad.ply', 'ply\nformat ascii 1.0\nelement vertex x\nend_header\n');
    const { code, json } = await runCommand(info, ['--json', bad, join(folder, 'absent.pcd'), folder, good]);
    expect(code).toBe(1);
    const [first, absent, isFolder, last] = json();
    expect(first).toMatchObject({ file: bad, error: { kind: 'format' } });
    expect(absent).toMatchObject({ error: { kind: 'invalid-input', message: 'no such file' } });
    expect(isFolder).toMatchObject({ error: { message: 'is a folder, not a file' } });
    expect(last).toMatchObject({ file: good, points: 2 });
  });

  it('stops when cancelled', async () => {
    const good = file('good2.xyz', '0 0 0\n');
    await expect(runCommand(info, [good], AbortSignal.abort())).rejects.toThrow(CancelledError);
  });

  it('wants a file, and knows its options', async () => {
    await expect(runCommand(info, [])).rejects.toThrow(UsageError);
    await expect(runCommand(info, ['--colour', 'x'])).rejects.toThrow("'--colour'");
  });
});
