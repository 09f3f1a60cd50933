import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { writeNpy } from '../../io/writeNpy.ts';
import { maxAbs, maxAbsDifference, relativeL2 } from '../../testing/compare.ts';
import { readFloatNpy } from '../../testing/floatNpy.ts';
import { loadBundle, SHARED } from '../../testing/golden.ts';
import { runCommand } from '../../testing/runCommand.ts';
import { importModel } from './importModel.ts';
import { inspect } from './inspect.ts';

const folder = mkdtempSync(join(tmpdir(), 'po3ad-import-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** The researcher's walk: the original's checkpoint in, its very offsets out (golden/SPEC.md section 9). */
describe('import, then inspect', () => {
  const model = join(folder, 'small.safetensors');

  it('reads the checkpoint the original saved', async () => {
    const checkpoint = join(SHARED, 'golden/checkpoint_small.pth');
    const { json } = await runCommand(importModel, [checkpoint, '--out', model, '--json']);
    expect(json()[0]).toMatchObject({ parameters: 729_917, config: { preset: 'released', scoreNorm: 'l1' } });
  });

  it.each(['tiny', 'bunny1k', 'vase4k'])('predicts the original’s offsets of %s', async (cloud) => {
    const golden = loadBundle(`eval/small_${cloud}`);
    const scan = join(folder, `${cloud}.npy`);
    const xyz = loadBundle(`inputs/${cloud}`).f32('xyz');
    writeFileSync(scan, writeNpy(xyz, [xyz.length / 3, 3]));
    const npy = join(folder, `${cloud}.offsets.npy`);
    const { json } = await runCommand(inspect, [
      scan,
      '--model',
      model,
      '--offsets',
      npy,
      '--backend',
      'wasm',
      '--json',
    ]);
    const expected = golden.f64('offsets');
    const actual = readFloatNpy(npy);
    expect(relativeL2(actual, expected)).toBeLessThan(1e-5);
    expect(maxAbsDifference(actual, expected) / maxAbs(expected)).toBeLessThan(2e-5);
    const score = Number(golden.meta.score_l1);
    expect(Math.abs(Number(json()[0]!.objectScore) / score - 1)).toBeLessThan(5e-6);
  });
});
