/** Evaluate mode without a page: a dropped folder is recognised, run, kept, cancelled and exported. */

import { describe, expect, it } from 'vitest';
import { rank } from '../detect/metrics.ts';
import { reportCategory } from '../detect/report.ts';
import { bootedStudio, file } from '../testing/studio.ts';
import { classHistogram, objectRanking, precisionRecallOf, rocOf } from './evaluationCurves.ts';
import { exportRuns } from './evaluationExport.ts';
import { type EvaluationRun, shownReport, shownRun } from './evaluationState.ts';

const PATHS = [
  'set/vase/train/vase_template0.ply',
  'set/vase/test/vase_positive0.ply',
  'set/vase/test/vase_bulge0.ply',
  'set/vase/GT/vase_bulge0.txt',
  'set/cup/test/cup_positive0.ply',
];
const placed = PATHS.map((path) => ({ path, file: file(path.split('/').at(-1)!) }));

function scan(name: string, objectScore: number, anomalous: boolean) {
  return {
    name,
    path: `set/vase/test/${name}.ply`,
    anomalous,
    defectType: anomalous ? 'bulge' : null,
    objectScore,
    scores: Float32Array.of(0, objectScore),
    labels: anomalous ? Uint8Array.of(0, 1) : null,
    positions: Float32Array.of(0, 0, 0, 1, 0, 0),
  };
}
const REPORT = reportCategory('vase', [scan('=good|0', 0.25, false), scan('bulge0', 0.5, true)]);

function runOf(reports: EvaluationRun['reports']): EvaluationRun {
  return {
    id: 'run',
    dataset: 'set',
    created: 1,
    scorerTitle: 'residual',
    reports,
    status: { kind: 'done' },
  };
}

async function evaluating() {
  const made = await bootedStudio();
  made.engine.reports = { vase: REPORT, cup: { ...REPORT, category: 'cup' } };
  made.commands.openDataset(placed);
  return { ...made, evaluation: () => made.store.getState().evaluation };
}

describe('evaluation commands', () => {
  it('recognise a dropped dataset and run what is chosen of it', async () => {
    const { commands, evaluation, settle, engine } = await evaluating();
    expect(evaluation().dataset?.categories.map(({ name }) => name)).toEqual(['cup', 'vase']);
    commands.toggleCategory('cup');
    commands.chooseScorer({ kind: 'detector', name: 'residual' });
    await commands.startEvaluation();
    await settle();
    expect(engine.evaluated).toEqual(['vase']);
    expect(shownRun(evaluation())).toMatchObject({ scorerTitle: 'residual', status: { kind: 'done' } });
    expect(shownReport(evaluation())?.category).toBe('vase');
    commands.dropRun(shownRun(evaluation())!.id);
    expect(evaluation().runs).toEqual([]);
  });

  it('give a category only the files it names', async () => {
    const { commands, engine } = await evaluating();
    commands.chooseScorer({ kind: 'detector', name: 'residual' });
    await commands.startEvaluation();
    expect([...engine.evaluatedFiles.get('vase')!].sort()).toEqual(PATHS.slice(0, 4).sort());
  });

  it('keep what was measured when the run is cancelled', async () => {
    const { commands, evaluation, engine, settle } = await evaluating();
    engine.holdCategory = 'vase';
    const done = commands.startEvaluation();
    await settle();
    commands.cancelEvaluation();
    await done;
    expect(shownRun(evaluation())).toMatchObject({
      status: { kind: 'cancelled' },
      reports: [{ category: 'cup' }],
    });
  });

  it('say why a category could not be evaluated', async () => {
    const { commands, evaluation, engine, store } = await evaluating();
    engine.reports = {};
    await commands.startEvaluation();
    expect(shownRun(evaluation())?.status.kind).toBe('failed');
    expect(store.getState().notices[0]?.title).toMatch(/“cup” could not be evaluated/);
  });

  it('let a model judge where there are no good scans to compare with', async () => {
    const { commands, evaluation } = await evaluating();
    commands.openDataset([
      { path: 'mine/a.ply', file: file('a.ply') },
      { path: 'mine/a.txt', file: file('a.txt') },
    ]);
    expect(evaluation().scorer).toEqual({ kind: 'model' });
  });

  it('refuse a folder without scans and labels', async () => {
    const { commands, evaluation, store } = await evaluating();
    commands.openDataset([{ path: 'docs/readme.md', file: file('readme.md') }]);
    expect(store.getState().notices[0]?.title).toBe('“docs” is no dataset');
    expect(evaluation().dataset?.name).toBe('set');
  });
});

describe('exports of runs', () => {
  it('have every digit in CSV and JSON, and no formula that a spreadsheet would run', () => {
    const csv = exportRuns([runOf([{ ...REPORT, category: '=cmd()' }])], 'csv');
    const [head, row] = csv.split('\r\n');
    expect(head).toContain('O-AUROC,P-AUROC,O-AUPR,P-AUPR,PRO');
    expect(row).toContain(`,${REPORT.pointAuroc.value},`);
    expect(row).toContain("'=cmd()");
    const [json] = JSON.parse(exportRuns([runOf([REPORT])], 'json'));
    expect(json.categories[0].pointAuroc).toBe(REPORT.pointAuroc.value);
    expect(json.categories[0].rows).toHaveLength(2);
  });

  it('end with the mean of several categories, in a table that Markdown shows whole', () => {
    const md = exportRuns([runOf([REPORT, { ...REPORT, category: 'a|b' }])], 'md').split('\n');
    expect(md[1]).toMatch(/^\|( -+:? \|)+$/);
    expect(md[3]).toContain('a\\|b');
    expect(md[4]).toContain('mean of 2');
  });
});

describe('curves', () => {
  const scores = Float32Array.from({ length: 50_000 }, (_, i) => ((i * 7919) % 50_000) / 50_000);
  const labels = Uint8Array.from(scores, (score, i) => (score + ((i * 31) % 100) / 100 > 1.2 ? 1 : 0));
  const many = rank([{ scores, labels }]);

  it('are thinned without losing their ends or their shape', () => {
    for (const curve of [rocOf(many)!, precisionRecallOf(many)!]) {
      expect(curve.x.length).toBeLessThan(900);
      expect(curve.x[0]).toBe(0);
      expect(curve.x.at(-1)).toBe(1);
      for (let i = 1; i < curve.x.length; i++)
        expect(curve.x[i]! - curve.x[i - 1]! + Math.abs(curve.y[i]! - curve.y[i - 1]!)).toBeLessThan(1.1);
    }
    expect(rocOf(rank([{ scores, labels: null }]))).toBeNull();
  });

  it('count both classes, the last bin takes what lies above the axis', () => {
    const { good, bad } = classHistogram(many, 40);
    expect(good.reduce((a, b) => a + b)).toBe(many.negatives.length);
    expect(bad.reduce((a, b) => a + b)).toBe(many.positives.length);
    expect(objectRanking(REPORT.rows)).toEqual({
      positives: Float64Array.of(0.5),
      negatives: Float64Array.of(0.25),
    });
  });
});
