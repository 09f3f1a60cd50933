import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { modelFrame } from '../../core/frame.ts';
import { RandomStream } from '../../core/random.ts';
import { readScan } from '../../io/readScan.ts';
import { runCommand } from '../../testing/runCommand.ts';
import { synthesize } from './synthesize.ts';

const folder = mkdtempSync(join(tmpdir(), 'po3ad-synthesize-'));
afterAll(() => rmSync(folder, { recursive: true }));

const random = new RandomStream(8);
const file = join(folder, 'ball.xyz');
writeFileSync(
  file,
  Array.from({ length: 640 }, () => {
    const p = [random.normal(), random.normal(), random.normal()];
    return p.map((v) => 500 + (25 * v) / Math.hypot(...p)).join(' ');
  }).join('\n'),
);
const load = (path: string) => readScan(path, readFileSync(path)).cloud;

describe('synthesize', () => {
  it('moves one patch by its offsets, in the scan’s units, and leaves the rest where it was', async () => {
    const { code, json } = await runCommand(synthesize, [
      file,
      '--out',
      folder,
      '--seed',
      '5',
      '--count',
      '3',
      '--json',
    ]);
    expect(code).toBe(0);
    const original = load(file);
    const { radius } = modelFrame(original.positions);
    for (const line of json()) {
      expect(line).toMatchObject({ file, points: 640, moved: 10 });
      expect(line.largestOffset).toBeGreaterThan(0);
      expect(line.largestOffset).toBeLessThanOrEqual(0.12 + 1e-6);
      const cloud = load(String(line.out));
      const { label, offset_x, offset_y, offset_z } = cloud.attributes;
      expect(label!.reduce((sum, v) => sum + v, 0)).toBe(10);
      for (let i = 0; i < 640; i++)
        [offset_x!, offset_y!, offset_z!].forEach((offset, axis) => {
          const at = (c: typeof cloud) => c.positions[3 * i + axis]! + c.origin[axis as 0 | 1 | 2];
          expect(at(cloud) - at(original)).toBeCloseTo(offset[i]! * radius, 2);
          if (label![i] === 0) expect(offset[i]).toBe(0);
        });
    }
    const patches = json().map(({ out }) => load(String(out)).attributes.label!.join(''));
    expect(new Set(patches).size).toBe(3);
  });

  it('gives the same files for the same seed and others for another', async () => {
    const make = async (seed: string, into: string) => {
      const out = join(folder, into);
      await runCommand(synthesize, [file, '--out', out, '--seed', seed]);
      return readFileSync(join(out, 'ball_pseudo0.ply'));
    };
    const first = await make('1', 'a');
    expect(Buffer.compare(await make('1', 'b'), first)).toBe(0);
    expect(Buffer.compare(await make('2', 'c'), first)).not.toBe(0);
  });

  it('refuses a scan with too few points, and one with no name for its output', async () => {
    const few = join(folder, 'few.xyz');
    writeFileSync(few, '0 0 0\n1 0 0\n0 1 0\n');
    await expect(runCommand(synthesize, [few, '--out', folder])).rejects.toThrow('too few');
    await expect(runCommand(synthesize, [file])).rejects.toThrow('--out is needed');
  });
});
