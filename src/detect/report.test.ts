import { describe, expect, it } from 'vitest';
import { type ReportedScan, reportCategory } from './report.ts';
import { truthRegions } from './truthRegions.ts';

/** A flat grid of 20 x 20 points one unit apart; `bad` says where it is defective. */
function plate(name: string, bad: (x: number, y: number) => boolean, lift: number): ReportedScan {
  const cells = Array.from({ length: 400 }, (_, i) => [i % 20, Math.floor(i / 20)] as const);
  const labels = Uint8Array.from(cells, ([x, y]) => (bad(x, y) ? 1 : 0));
  const anomalous = labels.includes(1);
  return {
    name,
    path: `test/${name}.ply`,
    anomalous,
    defectType: anomalous ? name.replace(/\d/g, '') : null,
    objectScore: anomalous ? lift : 0.1,
    scores: Float32Array.from(labels, (label, i) => label * lift + (i % 7) * 0.01),
    labels: anomalous ? labels : null,
    positions: Float32Array.from(cells.flatMap(([x, y]) => [x, y, 0])),
  };
}

const good = plate('good0', () => false, 0);
const twoDents = plate('dent0', (x, y) => (x < 3 && y < 3) || (x > 15 && y > 15), 1);
const faint = plate('crack0', (x, y) => x === 10 && y > 5, 0.001);

describe('truthRegions', () => {
  it('tells two defects of one scan apart, and bridges what chance leaves open', () => {
    const regions = truthRegions(twoDents.positions, twoDents.labels)!;
    expect(new Set(regions)).toEqual(new Set([-1, 0, 1]));
    const gap = plate('gap', (x) => x === 2 || x === 5, 1);
    expect(Math.max(...truthRegions(gap.positions, gap.labels)!)).toBe(0);
    const wide = plate('wide', (x) => x === 2 || x === 6, 1);
    expect(Math.max(...truthRegions(wide.positions, wide.labels)!)).toBe(1);
    expect(truthRegions(good.positions, null)).toBeNull();
  });
});

describe('reportCategory', () => {
  it('gives the protocol, PRO, the best F1 and the figures by kind of defect', () => {
    const report = reportCategory('plate', [good, twoDents, faint]);
    expect(report.objectAuroc.value).toBe(0.5);
    expect(report.byType.map(({ defectType, objectAuroc }) => [defectType, objectAuroc.value])).toEqual([
      ['crack', 0],
      ['dent', 1],
    ]);
    expect(report.objectF1.f1.value).toBeCloseTo(0.8, 12);
    expect(report.pro.value).toBeGreaterThan(0.6);
    expect(report.rows[1]).toMatchObject({ points: 400, anomalousPoints: 25, path: 'test/dent0.ply' });
    expect(report.warnings).toEqual([]);
  });

  it('warns of what makes figures worthless', () => {
    const warned = (...given: Parameters<typeof reportCategory>) =>
      reportCategory(...given).warnings.join('\n');
    expect(warned('a', [good])).toMatch(/no defective object/);
    expect(warned('a', [faint])).toMatch(/no good object/);
    expect(warned('a', [good, { ...twoDents, labels: null }])).toMatch(/no point of it is marked: dent0/);
    expect(warned('a', [good, faint], { leaks: ['good0'] })).toMatch(/too easy: good0/);
    expect(warned('a', [good, good, faint])).toMatch(/share a name: good0/);
    const failures = [{ kind: 'format' as const, where: 'x.ply', message: 'cut off' }];
    expect(warned('a', [good, faint], { failures })).toMatch(/1 of 3 objects are left out/);
  });
});
