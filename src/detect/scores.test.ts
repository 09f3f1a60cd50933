import { describe, expect, it } from 'vitest';
import { OBJECT_RULE_IDS, OBJECT_RULES } from '../core/objectRule.ts';
import { objectFigures, objectScore, pointScores } from './scores.ts';

describe('pointScores', () => {
  const offsets = Float32Array.of(3, -4, 0, 0, 0, 0, -1, 2, -2);
  it('are lengths of the offsets in the model’s norm', () => {
    expect([...pointScores(offsets, 'l2')]).toEqual([5, 0, 3]);
    expect([...pointScores(offsets, 'l1')]).toEqual([7, 0, 5]);
  });
  it('refuses rows that are no triples', () => {
    expect(() => pointScores(Float32Array.of(1, 2), 'l2')).toThrow('not xyz triples');
  });
});

describe('objectScore', () => {
  const scores = Float32Array.of(4, 0, 1, 3, 2);
  it('summarises by the rule asked for', () => {
    expect(objectScore(scores, { kind: 'mean' })).toBe(2);
    expect(objectScore(scores, { kind: 'top-mean', share: 0.4 })).toBe(3.5);
    expect(objectScore(scores, { kind: 'top-mean', share: 0.01 })).toBe(4);
    // Position (5 - 1) * 0.99 = 3.96 between 3 and 4.
    expect(objectScore(scores, { kind: 'percentile', q: 0.99 })).toBeCloseTo(3.96, 12);
  });
  it('leaves the scores in their order', () => {
    objectScore(scores, { kind: 'top-mean', share: 0.4 });
    objectScore(scores, { kind: 'percentile', q: 0.99 });
    expect([...scores]).toEqual([4, 0, 1, 3, 2]);
  });
  it('is the same by all rules at once as by one after the other', () => {
    const many = Float32Array.from({ length: 1234 }, (_, i) => (i * 7919) % 1013);
    const figures = objectFigures(many);
    for (const id of OBJECT_RULE_IDS) expect(figures[id]).toBe(objectScore(many, OBJECT_RULES[id]));
    expect(figures.max).toBe(1012);
  });
  it('has no score to give for no points or a share of nothing', () => {
    expect(() => objectScore(new Float32Array(0), { kind: 'mean' })).toThrow('no score');
    expect(() => objectScore(scores, { kind: 'top-mean', share: 0 })).toThrow('(0, 1]');
  });
  it('does not lose small scores in a large sum', () => {
    const many = new Float32Array(1_000_000).fill(0.1);
    expect(objectScore(many, { kind: 'mean' })).toBeCloseTo(Math.fround(0.1), 12);
  });
});
