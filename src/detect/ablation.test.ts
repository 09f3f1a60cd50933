/** One set of offsets, every way to score it: each figure is what the protocol says of that way alone. */

import { expect, test } from 'vitest';
import { RandomStream } from '../core/random.ts';
import { type AblatedScan, ablateCategory, ablationMeans, scoreInEveryWay } from './ablation.ts';
import { evaluateCategory } from './evaluate.ts';

const random = new RandomStream(3);
const offsetsOf = (defect: number) =>
  Float32Array.from({ length: 3 * 400 }, (_, i) => 0.02 * random.normal() + (i < 12 ? defect : 0));
const objects = [0, 0, 0, 0.05, 0.2].map((defect, i) => ({
  name: `o${i}`,
  anomalous: defect > 0,
  labels: defect > 0 ? Uint8Array.from({ length: 400 }, (_, at) => Number(at < 4)) : null,
  offsets: offsetsOf(defect),
}));
const scans: AblatedScan[] = objects.map(({ offsets, ...scan }) => ({
  ...scan,
  byNorm: scoreInEveryWay(offsets),
}));

test('a row for each norm and rule, with the figures of that way', () => {
  const rows = ablateCategory('part', scans);
  expect(rows.map(({ norm, rule }) => `${norm} ${rule}`)).toEqual([
    'l2 mean',
    'l2 top 1 %',
    'l2 p99',
    'l1 mean',
    'l1 top 1 %',
    'l1 p99',
  ]);
  const lengths = (offsets: Float32Array, l1: boolean) =>
    Float32Array.from({ length: 400 }, (_, i) => {
      const [x, y, z] = offsets.subarray(3 * i, 3 * i + 3);
      return l1 ? Math.abs(x!) + Math.abs(y!) + Math.abs(z!) : Math.hypot(x!, y!, z!);
    });
  for (const [at, row] of [
    [1, rows[1]!],
    [4, rows[4]!],
  ] as const) {
    const direct = objects.map(({ offsets, ...scan }) => {
      const scores = lengths(offsets, at === 4);
      const top = scores.toSorted().slice(-4);
      return { ...scan, scores, objectScore: top.reduce((a, b) => a + b) / 4 };
    });
    const expected = evaluateCategory('part', direct);
    for (const key of ['objectAuroc', 'pointAuroc', 'objectAupr', 'pointAupr'] as const)
      expect(row[key].value).toBeCloseTo(expected[key].value, 12);
  }
  // One point in a hundred: the mean over all drowns it, the highest show it.
  expect(rows[1]!.objectAuroc.value).toBe(1);
});

test('means are over the categories of each way, and not defined where one category’s figure is not', () => {
  const good = scans.filter(({ anomalous }) => !anomalous);
  const rows = [
    ...ablateCategory('a', scans, 'full'),
    ...ablateCategory('b', scans, 'full'),
    ...ablateCategory('a', scans, 'distance only'),
    ...ablateCategory('b', good, 'distance only'),
  ];
  const means = ablationMeans(rows);
  expect(means).toHaveLength(12);
  expect(means[0]).toMatchObject({ training: 'full', norm: 'l2', rule: 'mean', categories: 2 });
  expect(means[0]!.pointAuroc.value).toBeCloseTo(rows[0]!.pointAuroc.value, 12);
  expect(means[6]!.pointAuroc.reason).toContain('b:');
});
