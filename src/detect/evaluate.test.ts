import { describe, expect, it } from 'vitest';
import { evaluateCategory, meanOverCategories, type ScoredScan } from './evaluate.ts';

const scan = (name: string, objectScore: number, scores: number[], labels: number[] | null): ScoredScan => ({
  name,
  anomalous: labels !== null,
  objectScore,
  scores: Float32Array.from(scores),
  labels: labels === null ? null : Uint8Array.from(labels),
});

describe('evaluateCategory', () => {
  it('pools the points of all objects instead of averaging scans', () => {
    // Within each defective scan the defect ranks first (a per-scan AUROC of 1), but the first scan's
    // defect (2) lies below the good scan's points (3, 3): pooled pairs won 3 * 1 + 1 = 1 + 5 of 2 * 5.
    const result = evaluateCategory('part', [
      scan('bulge', 2, [2, 1], [1, 0]),
      scan('dent', 9, [9, 4, 4], [1, 0, 0]),
      scan('good', 3, [3, 3], null),
    ]);
    // Positives 2 and 9; negatives 1, 4, 4, 3, 3. 9 wins 5, 2 wins 1: 6 of 10.
    expect(result.pointAuroc.value).toBeCloseTo(0.6, 12);
    // Objects: anomalous 2 and 9 against good 3: one of two pairs.
    expect(result.objectAuroc.value).toBe(0.5);
    // Descending 9+, 3-, 2+: 1/2 * 1 + 1/2 * 2/3.
    expect(result.objectAupr.value).toBeCloseTo(5 / 6, 12);
    expect(result).toMatchObject({ objects: 3, anomalousObjects: 2, points: 7, anomalousPoints: 2 });
  });

  it('does not rescale scans, so one glowing good scan costs', () => {
    const calm = [scan('bulge', 5, [5, 1], [1, 0]), scan('good', 1, [1, 1], null)];
    const glowing = [scan('bulge', 5, [5, 1], [1, 0]), scan('good', 1, [10, 10], null)];
    expect(evaluateCategory('a', calm).pointAuroc.value).toBe(1);
    expect(evaluateCategory('a', glowing).pointAuroc.value).toBeCloseTo(1 / 3, 12);
  });

  it('gives no number where there is none', () => {
    const onlyGood = evaluateCategory('a', [scan('good', 1, [1, 2], null)]);
    expect(onlyGood.objectAuroc).toEqual({ value: Number.NaN, reason: 'no anomalous samples' });
    expect(onlyGood.pointAupr.reason).toBe('no anomalous samples');
  });

  it('names the scan whose labels do not fit', () => {
    expect(() => evaluateCategory('a', [scan('bad', 1, [1, 2], [1])])).toThrow(
      '2 scored points but 1 labels',
    );
  });
});

describe('meanOverCategories', () => {
  const perfect = evaluateCategory('a', [scan('bulge', 2, [2, 1], [1, 0]), scan('good', 1, [1], null)]);
  const wrong = evaluateCategory('b', [
    ...Array.from({ length: 9 }, (_, i) => scan(`bulge${i}`, 1, [1, 2], [1, 0])),
    scan('good', 2, [2], null),
  ]);
  it('weighs categories equally, however many scans they have', () => {
    expect(meanOverCategories([perfect, wrong]).objectAuroc.value).toBe(0.5);
    expect(meanOverCategories([perfect, wrong]).pointAuroc.value).toBe(0.5);
  });
  it('is not defined when a category’s figure is not', () => {
    const none = evaluateCategory('c', [scan('good', 1, [1], null)]);
    expect(meanOverCategories([perfect, none]).objectAuroc).toEqual({
      value: Number.NaN,
      reason: 'c: no anomalous samples',
    });
    expect(meanOverCategories([]).pointAupr.reason).toBe('no categories');
  });
});
