import { describe, expect, it } from 'vitest';
import { byDefectType, mistake, type TypedScan, worstFirst } from './breakdown.ts';

function scan(name: string, objectScore: number, defectType: string | null): TypedScan {
  const anomalous = defectType !== null;
  const labels = anomalous ? Uint8Array.of(0, 1) : null;
  return { name, anomalous, defectType, objectScore, scores: Float32Array.of(0, objectScore), labels };
}

const scans = [
  scan('good0', 1, null),
  scan('good1', 3, null),
  scan('bulge0', 4, 'bulge'),
  scan('crack0', 2, 'crack'),
];

describe('byDefectType', () => {
  it('holds the objects of one kind against all good ones', () => {
    const [bulge, crack] = byDefectType('part', scans);
    expect(bulge?.defectType).toBe('bulge');
    expect(bulge?.objects).toBe(3);
    expect(bulge?.objectAuroc.value).toBe(1);
    // The crack scores between the two good ones.
    expect(crack?.objectAuroc.value).toBe(0.5);
  });
});

describe('worstFirst', () => {
  it('puts the good part that would be thrown away and the defect that would be shipped before all others', () => {
    expect(worstFirst(scans, 2.5).map(({ name }) => name)).toEqual(['good1', 'crack0', 'good0', 'bulge0']);
    expect(mistake(scan('', 3, null), 2)).toBe(0.5);
    expect(mistake(scan('', 3, 'dent'), 2)).toBe(-0.5);
  });
});
