/** Good scans in hand: what is opened is compared with them, and judged anew when they or the judge change. */

import { describe, expect, it } from 'vitest';
import { architecture } from '../core/modelConfig.ts';
import { bootedStudio, file } from '../testing/studio.ts';
import { detectorTitle, judgeOf } from './referenceState.ts';
import { activeScan, heatmapScale } from './state.ts';
import type { ModelRecord } from './trainingState.ts';

async function comparing() {
  const made = await bootedStudio();
  made.commands.addGoodFiles([file('good.ply')]);
  made.commands.openFiles([file('part.ply')]);
  await made.settle();
  const scan = () => made.store.getState().scans.find(({ name }) => name === 'part.ply')!;
  return { ...made, scan };
}

/** A model of this browser that compares with good scans. */
function tuned(scans: string): ModelRecord {
  return {
    id: 'abc',
    title: 'bracket, fine-tuned',
    created: 1,
    bytes: 1,
    thumbnail: null,
    summary: {
      hash: 'abc',
      config: {
        name: 'bracket',
        arch: architecture('reference'),
        inputs: 'reference',
        voxelSize: 0.03,
        preset: 'studio',
        scoreNorm: 'l2',
      },
      parameters: 1,
      calibration: null,
      provenance: { scans },
    },
    metrics: null,
  };
}

describe('a model that was fine-tuned to compare', () => {
  it('judges with the open scans it learned from, and the page’s own way is back when it is deleted', async () => {
    const { store, commands, engine, settle } = await bootedStudio();
    let library = [tuned('good.ply, better.ply')];
    engine.answers.listModels = () => library;
    engine.answers.openModel = () => library[0]!.summary;
    engine.answers.deleteModel = () => null;
    commands.openFiles(['good.ply', 'part.ply'].map((name) => file(name)));
    await commands.renameModel('abc', 'bracket, fine-tuned');
    await settle();
    // One of the two is open, the other is kept with the model only.
    engine.answers.goodScansOf = () => ({
      scans: ['good.ply', 'better.ply'].map((name) => ({ name, bytes: new ArrayBuffer(4) })),
    });
    await commands.judgeWithOwn('abc');
    await settle();
    expect(store.getState().reference.own.map(({ name }) => name)).toEqual(['good.ply', 'better.ply']);
    expect(engine.fits).toEqual([['good.ply', 'better.ply']]);
    const scan = () => store.getState().scans.find(({ name }) => name === 'part.ply')!;
    expect(scan().analysis?.map.modelHash).toBe('universal: good.ply better.ply');
    expect(judgeOf(store.getState(), scan())).toMatchObject({ kind: 'good', detector: 'universal' });
    expect(detectorTitle(store.getState(), 'universal')).toContain('bracket, fine-tuned');
    library = [];
    await commands.deleteModel('abc');
    await settle();
    // No network came with this page.
    expect(scan().analysis?.map.modelHash).toBe('residual: good.ply better.ply');
  });
});

describe('a scan with a good one beside it', () => {
  it('is judged by it without training, in the unit of the good part', async () => {
    const { scan, engine, store } = await comparing();
    expect(engine.fits).toEqual([['good.ply']]);
    expect(scan()).toMatchObject({ status: { kind: 'scored' }, radius: 40 });
    expect(scan().analysis?.alignment).toMatchObject({ verdict: 'aligned', overlap: 0.98 });
    expect(judgeOf(store.getState(), scan())).toMatchObject({ kind: 'good', detector: 'residual' });
  });

  it('is judged again when a good scan comes or goes, and the good ones are laid on each other once', async () => {
    const { scan, engine, commands, settle, store } = await comparing();
    commands.openFiles([file('second.ply')]);
    await settle();
    expect(engine.fits).toHaveLength(1);
    commands.addGoodFiles([file('more.ply')]);
    await settle();
    expect(engine.fits.at(-1)).toEqual(['good.ply', 'more.ply']);
    expect(scan().status.kind).toBe('scored');
    for (const { id } of store.getState().reference.own) commands.removeGood(id);
    await settle();
    // Nothing to compare with: the model judges.
    expect(scan().analysis?.alignment).toBeNull();
  });

  it('is judged by a model when the user wants that', async () => {
    const { scan, commands, settle, store } = await comparing();
    commands.chooseJudge({ kind: 'model' });
    await settle();
    expect(scan().analysis?.alignment).toBeNull();
    expect(judgeOf(store.getState(), scan())).toEqual({ kind: 'model' });
  });

  it('gets no verdict when it does not lie on the good one, and can be taken in another unit', async () => {
    const { scan, engine, commands, settle } = await comparing();
    engine.alignment = { verdict: 'other-unit', unitFactor: 25.4 };
    commands.chooseJudge({ kind: 'good', detector: 'residual' });
    await settle();
    expect(scan().summary?.verdict).toBe('not-aligned');
    engine.alignment = {};
    commands.scaleScan(scan().id, 25.4);
    await settle();
    expect(scan().cloud?.positions[3]).toBeCloseTo(25.4, 5);
    expect(scan().summary?.verdict).toBe('not-ok');
  });

  it('is judged by distance where no network came with the page', async () => {
    const { commands, settle, store, scan } = await comparing();
    commands.chooseJudge({ kind: 'good', detector: 'universal' });
    await settle();
    expect(scan().status.kind).toBe('scored');
    expect(judgeOf(store.getState(), scan())).toMatchObject({ kind: 'good', detector: 'residual' });
  });

  it('is laid on the good ones again by an engine that was started anew', async () => {
    const { engine, settle, commands, scan } = await comparing();
    engine.lose({ kind: 'device-lost', where: 'GPU', message: 'gone' });
    await settle();
    commands.openFiles([file('next.ply')]);
    await settle();
    expect(engine.fits).toHaveLength(2);
    expect(scan().status.kind).toBe('scored');
  });
});

describe('an open scan', () => {
  it('can be taken as the good one for others', async () => {
    const made = await bootedStudio();
    made.commands.openFiles([file('a.ply'), file('b.ply')]);
    await made.settle();
    const [a] = made.store.getState().scans.filter(({ name }) => name === 'a.ply');
    made.commands.useAsGood(a!.id);
    await made.settle();
    expect(made.engine.fits).toEqual([['a.ply']]);
  });

  it('has the scale of what judged it', async () => {
    const { store } = await comparing();
    expect(activeScan(store.getState())?.analysis?.calibration).not.toBeNull();
    expect(heatmapScale(store.getState()).calibrated).toBe(true);
  });
});
