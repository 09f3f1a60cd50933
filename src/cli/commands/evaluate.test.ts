import { mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { RandomStream } from '../../core/random.ts';
import { evaluateCategory, type ScoredScan } from '../../detect/evaluate.ts';
import { readScan } from '../../io/readScan.ts';
import { writePly } from '../../io/writePly.ts';
import { runCommand } from '../../testing/runCommand.ts';
import { untrainedModel } from '../../testing/untrainedModel.ts';
import { UsageError } from '../command.ts';
import { evaluate } from './evaluate.ts';
import { inspect } from './inspect.ts';

const folder = mkdtempSync(join(tmpdir(), 'po3ad-evaluate-'));
afterAll(() => rmSync(folder, { recursive: true }));

function put(path: string, content: string | Uint8Array): string {
  const file = join(folder, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, content);
  return file;
}

const model = put('model.safetensors', untrainedModel());
const wasm = ['--model', model, '--backend', 'wasm', '--json'];

/** Rows x, y, z of a bumpy sphere, and label 1 where it bulges. */
function part(seed: number, bulge: number): { xyz: number[]; label: number }[] {
  const random = new RandomStream(seed);
  return Array.from({ length: 250 }, () => {
    const p = [random.normal(), random.normal(), random.normal()];
    const length = Math.hypot(...p);
    const label = bulge > 0 && p[2]! / length > 0.9 ? 1 : 0;
    return { xyz: p.map((v) => Number(((10 + bulge * label) * (v / length)).toFixed(4))), label };
  });
}
const scanText = (rows: ReturnType<typeof part>) => rows.map(({ xyz }) => xyz.join(' ')).join('\n');
const truthText = (rows: ReturnType<typeof part>, separator: string) =>
  rows.map(({ xyz, label }) => [...xyz, label].join(separator)).join('\n');

const good = [part(1, 0), part(2, 0)];
const bad = [part(3, 2), part(4, 4)];

function makeDataset(root: string, gt: string, separator: string): void {
  for (const [i, rows] of good.entries()) put(`${root}/test/ball_positive${i}.xyz`, scanText(rows));
  bad.forEach((rows, i) => {
    // The scan beside it is another one: only the coordinates of the ground truth go with its labels.
    put(`${root}/test/ball_bulge${i}.xyz`, scanText(part(9, 0)));
    put(`${root}/${gt}/ball_bulge${i}.txt`, truthText(rows, separator));
  });
}

const figures = async (args: string[]) => {
  const { code, json } = await runCommand(evaluate, [...args, ...wasm]);
  expect(code).toBe(0);
  return json();
};

describe('evaluate --json', () => {
  it('is the protocol over what inspect says of each object', async () => {
    makeDataset('shapenet/pcd/ball', 'GT', ',');
    const [line] = await figures([join(folder, 'shapenet'), '--category', 'ball']);
    const scored: ScoredScan[] = [];
    for (const [i, rows] of [...good, ...bad].entries()) {
      const file = put(`alone/${i}.xyz`, scanText(rows));
      const out = join(folder, 'alone', 'out');
      const { json } = await runCommand(inspect, [file, '--out', out, ...wasm]);
      const { cloud } = readScan(file, readFileSync(join(out, `${i}.ply`)));
      scored.push({
        name: file,
        anomalous: i >= 2,
        objectScore: Number(json()[0]!.objectScore),
        scores: cloud.attributes.score!,
        labels: i >= 2 ? Uint8Array.from(rows, ({ label }) => label) : null,
      });
    }
    const expected = evaluateCategory('ball', scored);
    expect(line).toMatchObject({ category: 'ball', objects: 4, anomalousObjects: 2, points: 1000 });
    expect(line!.anomalousPoints).toBe(expected.anomalousPoints);
    for (const key of ['objectAuroc', 'pointAuroc', 'objectAupr', 'pointAupr'] as const)
      expect(line![key]).toBeCloseTo(expected[key].value, 12);
  });

  it('gives the same for both layouts and for the folder of one category', async () => {
    makeDataset('real/ball', 'gt', ' ');
    const [whole] = await figures([join(folder, 'real')]);
    const [single] = await figures([join(folder, 'real/ball')]);
    const [shapenet] = await figures([join(folder, 'shapenet')]);
    expect(single).toEqual(whole);
    expect(shapenet).toEqual(whole);
  });

  it('takes labels from the scan’s own property where there is no text', async () => {
    const header = (count: number) =>
      `ply\nformat ascii 1.0\nelement vertex ${count}\nproperty float x\nproperty float y\nproperty float z\nproperty uchar label\nend_header\n`;
    for (const [i, rows] of good.entries()) put(`own/ball/test/ball_good${i}.xyz`, scanText(rows));
    for (const [i, rows] of bad.entries())
      put(`own/ball/test/ball_bulge${i}.ply`, header(rows.length) + truthText(rows, ' '));
    const [own] = await figures([join(folder, 'own')]);
    const [texts] = await figures([join(folder, 'real')]);
    expect(own).toEqual(texts);
  });

  it('ends with the unweighted mean over several categories', async () => {
    makeDataset('two/a', 'gt', ' ');
    makeDataset('two/b', 'gt', ' ');
    const lines = await figures([join(folder, 'two')]);
    expect(lines).toHaveLength(3);
    expect(lines[2]).toMatchObject({ mean: true, categories: 2, pointAuroc: lines[0]!.pointAuroc });
  });

  it('says why a figure is not defined', async () => {
    put('onlygood/ball/test/ball_good0.xyz', scanText(good[0]!));
    const [line] = await figures([join(folder, 'onlygood')]);
    expect(line).toMatchObject({
      objectAuroc: null,
      undefinedBecause: { objectAuroc: 'no anomalous samples' },
    });
  });
});

describe('evaluate', () => {
  it('gives no figure when an object cannot be read', async () => {
    makeDataset('broken/ball', 'gt', ' ');
    const truth = join(folder, 'broken/ball/gt/ball_bulge1.txt');
    writeFileSync(truth, '1 2 3 0\n1 2 oops 0\n');
    await expect(figures([join(folder, 'broken')])).rejects.toThrow('ground truth row');
    renameSync(truth, join(folder, 'broken/away.txt'));
    await expect(figures([join(folder, 'broken')])).rejects.toMatchObject({
      where: expect.stringContaining('ball_bulge1'),
    });
  });

  it('names the categories there are', async () => {
    await expect(figures([join(folder, 'two'), '--category', 'c'])).rejects.toThrow('there are: a, b');
    await expect(figures([join(folder, 'two'), '--category', 'c'])).rejects.toThrow(UsageError);
    await expect(figures([join(folder, 'nowhere')])).rejects.toThrow('no such file');
    put('empty/readme.md', 'nothing here');
    await expect(figures([join(folder, 'empty')])).rejects.toThrow('no dataset');
    await expect(figures([join(folder, 'alone')])).rejects.toThrow('has no label file');
  });

  it('takes a folder of scans with label files beside them, as the studio exports them', async () => {
    for (const [i, rows] of good.entries()) {
      put(`mine/fine${i}.ply`, writePly(readScan('a.xyz', new TextEncoder().encode(scanText(rows))).cloud));
      put(`mine/fine${i}.txt`, truthText(rows, ','));
    }
    for (const [i, rows] of bad.entries()) {
      put(`mine/bad${i}.ply`, writePly(readScan('a.xyz', new TextEncoder().encode(scanText(rows))).cloud));
      put(`mine/bad${i}.txt`, truthText(rows, ','));
    }
    const [mine] = await figures([join(folder, 'mine')]);
    const [texts] = await figures([join(folder, 'real')]);
    expect(mine).toEqual({ ...texts, category: 'mine' });
  });

  it('says more on request: each object, each kind of defect, and what makes figures worthless', async () => {
    put('leak/ball/train/ball_template0.xyz', scanText(good[0]!));
    makeDataset('leak/ball', 'gt', ' ');
    const lines = await figures([join(folder, 'leak'), '--objects', '--by-type']);
    expect(lines.map(({ object, defectType }) => object ?? defectType ?? 'all')).toEqual([
      'ball_bulge0',
      'ball_bulge1',
      'ball_positive0',
      'ball_positive1',
      'bulge',
      'all',
    ]);
    const all = lines.at(-1)!;
    expect(all.warnings).toEqual([expect.stringContaining('too easy: ball_positive0')]);
    expect(all.pro).toBeGreaterThanOrEqual(0);
    expect(lines[4]!.pointAuroc).toBe(all.pointAuroc);
  });
});
