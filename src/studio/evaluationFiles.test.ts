/** Evaluations outlive the page: figures exactly, curves as they were, and nothing of another version is believed. */

import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { auroc, rank } from '../detect/metrics.ts';
import { reportCategory } from '../detect/report.ts';
import { memoryFiles } from '../testing/memoryFiles.ts';
import { bootedStudio, file } from '../testing/studio.ts';
import { decodeEvaluation, EvaluationFiles, encodeEvaluation } from './evaluationFiles.ts';
import type { EvaluationRun } from './evaluationState.ts';
import { packRanking, unpackRanking } from './rankingCodec.ts';

const scan = (name: string, objectScore: number, anomalous: boolean) => ({
  name,
  path: `set/vase/test/${name}.ply`,
  anomalous,
  defectType: anomalous ? 'bulge' : null,
  objectScore,
  scores: Float32Array.of(0, objectScore),
  labels: anomalous ? Uint8Array.of(0, 1) : null,
  positions: Float32Array.of(0, 0, 0, 1, 0, 0),
});
// One class only: figures that are not defined have to survive too.
const REPORTS = [
  reportCategory('vase', [scan('good0', 0.25, false), scan('bulge0', 0.5, true)]),
  reportCategory('cup', [scan('bulge0', 0.5, true)]),
];

const runOf = (id: string, created: number): EvaluationRun => ({
  id,
  dataset: 'set',
  created,
  scorerTitle: 'residual',
  reports: REPORTS,
  status: { kind: 'done' },
});

const scores = fc.float32Array({ noNaN: true, noDefaultInfinity: true, maxLength: 60 });

test('a small ranking comes back as it was, in either precision', () => {
  fc.assert(
    fc.property(scores, scores, fc.boolean(), (a, b, double) => {
      const Kind = double ? Float64Array : Float32Array;
      const ranking = { positives: Kind.from(a).sort(), negatives: Kind.from(b).sort() };
      expect(unpackRanking(packRanking(ranking))).toEqual(ranking);
    }),
  );
});

test('a large one keeps its sizes, its order and its area', () => {
  fc.assert(
    fc.property(scores, scores, (a, b) => {
      const ranking = rank([
        { scores: Float32Array.from(a).map((v) => v % 100), labels: new Uint8Array(a.length).fill(1) },
        { scores: Float32Array.from(b).map((v) => v % 100), labels: null },
      ]);
      const back = unpackRanking(packRanking(ranking, 0));
      expect([back.positives.length, back.negatives.length]).toEqual([a.length, b.length]);
      for (const side of [back.positives, back.negatives]) expect(side.toSorted()).toEqual(side);
    }),
  );
  const many = { positives: new Float32Array(4000), negatives: new Float32Array(90_000) };
  many.positives.forEach((_, i) => {
    many.positives[i] = 0.3 + i / 4000;
  });
  many.negatives.forEach((_, i) => {
    many.negatives[i] = (i / 90_000) ** 2;
  });
  const packed = packRanking(many);
  expect(packed.length).toBeLessThan(600_000);
  expect(auroc(unpackRanking(packed)).value).toBeCloseTo(auroc(many).value, 4);
});

describe('evaluations in the browser’s files', () => {
  it('come back with every figure, the undefined ones with their reasons', async () => {
    const run = runOf('run-1', 5);
    const back = await decodeEvaluation('run-1', await encodeEvaluation({ kind: 'run', run }));
    expect(back).toEqual({ kind: 'run', run });
  });

  it('are refused when another version wrote them, or when they are cut off, and the others are there', async () => {
    const files = memoryFiles();
    const kept = new EvaluationFiles(files);
    await kept.save({ kind: 'run', run: runOf('b', 2) });
    await kept.save({ kind: 'run', run: runOf('a', 1) });
    const newer = await encodeEvaluation({ kind: 'run', run: runOf('newer', 3) });
    newer[8] = 9;
    await expect(decodeEvaluation('newer', newer)).rejects.toThrow(
      'another version of the studio (format 9)',
    );
    files.tearNext((bytes) => bytes.slice(0, 40));
    await expect(kept.save({ kind: 'run', run: runOf('torn', 4) })).rejects.toThrow('killed');
    const { kept: found, unreadable } = await new EvaluationFiles(files).list();
    expect(found.map(({ run }) => run.id)).toEqual(['a', 'b']);
    expect(unreadable).toEqual([{ id: 'torn', why: 'was cut off while it was written' }]);
  });

  it('in the page: kept with every category, there after a reload, renamed and deleted for good', async () => {
    const files = memoryFiles();
    const placed = ['set/vase/train/vase_template0.ply', 'set/vase/test/vase_positive0.ply'].map((path) => ({
      path,
      file: file(path.split('/').at(-1)!),
    }));
    const first = await bootedStudio({ files });
    first.engine.reports = { vase: REPORTS[0]! };
    first.commands.openDataset(placed);
    await first.commands.startEvaluation();
    await first.settle();
    const { id } = first.store.getState().evaluation.runs[0]!;
    first.commands.renameEvaluation(id, '  before the rework ');
    first.commands.renameEvaluation(id, ' ');
    await first.settle();

    const second = await bootedStudio({ files });
    const evaluation = () => second.store.getState().evaluation;
    expect(evaluation().runs).toMatchObject([
      { id, scorerTitle: 'before the rework', status: { kind: 'done' } },
    ]);
    expect(evaluation().runs[0]!.reports[0]!.pointRanking).toEqual(REPORTS[0]!.pointRanking);
    second.commands.dropRun(id);
    await second.settle();
    expect([...files.held.keys()].filter((path) => path.startsWith('evaluations/'))).toEqual([]);
  });

  it('a full disk is said once, and the run stays on screen', async () => {
    const files = memoryFiles();
    const { commands, engine, store, settle } = await bootedStudio({ files });
    engine.reports = { vase: REPORTS[0]! };
    commands.openDataset([
      { path: 'set/vase/train/vase_template0.ply', file: file('vase_template0.ply') },
      { path: 'set/vase/test/vase_positive0.ply', file: file('vase_positive0.ply') },
    ]);
    files.setFull(true);
    await commands.startEvaluation();
    await commands.startEvaluation();
    await settle();
    const said = store.getState().notices.filter(({ title }) => title === 'The evaluation could not be kept');
    expect(said).toHaveLength(1);
    expect(store.getState().evaluation.runs).toHaveLength(2);
  });
});
