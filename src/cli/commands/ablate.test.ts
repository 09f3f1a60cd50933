/** One table of what each part of the method is worth; its lines are those of `evaluate` where both measure alike. */

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runCommand } from '../../testing/runCommand.ts';
import { textScan } from '../../testing/trainingScans.ts';
import { untrainedModel } from '../../testing/untrainedModel.ts';
import { UsageError } from '../command.ts';
import { ablate } from './ablate.ts';
import { evaluate } from './evaluate.ts';

const folder = mkdtempSync(join(tmpdir(), 'po3ad-ablate-'));
afterAll(() => rmSync(folder, { recursive: true }));

function put(path: string, content: string | Uint8Array): string {
  const file = join(folder, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, content);
  return file;
}

const model = put('model.safetensors', untrainedModel());
const wasm = ['--backend', 'wasm', '--json'];

beforeAll(() => {
  for (const name of ['ball', 'egg']) {
    const seed = name.length;
    put(`set/pcd/${name}/train/${name}_template0.xyz`, new Uint8Array(textScan(300, seed)));
    put(`set/pcd/${name}/test/${name}_positive0.xyz`, new Uint8Array(textScan(200, seed + 1)));
    const rows = new TextDecoder()
      .decode(textScan(200, seed + 2))
      .trim()
      .split('\n');
    put(`set/pcd/${name}/test/${name}_bulge0.xyz`, rows.join('\n'));
    const truth = rows.map((row, i) => [...row.split(' '), Number(i < 20)].join(','));
    put(`set/pcd/${name}/GT/${name}_bulge0.txt`, truth.join('\n'));
  }
});

test('a model: both norms and three object scores a category, and the means', async () => {
  const { code, json } = await runCommand(ablate, [join(folder, 'set'), '--model', model, ...wasm]);
  expect(code).toBe(0);
  const lines = json();
  expect(lines).toHaveLength(18);
  expect(lines.filter(({ mean }) => mean === true)).toHaveLength(6);
  const { json: evaluated } = await runCommand(evaluate, [join(folder, 'set'), '--model', model, ...wasm]);
  // The model's own norm, and the paper's rule.
  for (const { category, objectAuroc, pointAuroc, pointAupr } of evaluated().filter(
    ({ mean }) => mean !== true,
  ))
    expect(lines).toContainEqual(
      expect.objectContaining({ category, norm: 'l2', rule: 'mean', objectAuroc, pointAuroc, pointAupr }),
    );
});

test('retrained: four variants with the same budget, each measured in every way', async () => {
  const budget = ['--steps', '1', '--batch', '1', '--seed', '3', '--voxel-size', '0.15'];
  const only = [join(folder, 'set'), '--category', 'egg', '--retrain', ...budget];
  const { code, json } = await runCommand(ablate, [...only, ...wasm]);
  expect(code).toBe(0);
  const lines = json();
  expect([...new Set(lines.map(({ training }) => training))]).toEqual([
    'distance + direction',
    'distance only',
    'direction only',
    'random directions',
  ]);
  expect(lines).toHaveLength(24);
});

test('a wrong command line is refused', async () => {
  const both = [join(folder, 'set'), '--model', model, '--retrain', ...wasm];
  await expect(runCommand(ablate, both)).rejects.toBeInstanceOf(UsageError);
  await expect(runCommand(ablate, [join(folder, 'set'), ...wasm])).rejects.toBeInstanceOf(UsageError);
});
