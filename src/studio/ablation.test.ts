/** Ablations in the page: one pass for the scores, runs of the same budget for the rest, one table that is saved. */

import { describe, expect, it } from 'vitest';
import { architecture } from '../core/modelConfig.ts';
import type { AblationRow } from '../detect/ablation.ts';
import type { EngineCalls, ModelRecord } from '../engine/protocol.ts';
import { bootedStudio, file } from '../testing/studio.ts';
import { exportAblation } from './ablationExport.ts';
import { ablationLines, shownAblation } from './ablationState.ts';

const PATHS = [
  'set/cup/train/cup_template0.ply',
  'set/cup/test/cup_bulge0.ply',
  'set/cup/GT/cup_bulge0.txt',
  'set/vase/test/vase_positive0.ply',
];
const placed = PATHS.map((path) => ({ path, file: file(path.split('/').at(-1)!) }));

const metric = (value: number) => ({ value, reason: null });
const row = (category: string, training: string, value: number): AblationRow => ({
  category,
  training,
  norm: 'l2',
  rule: 'mean',
  objects: 2,
  anomalousObjects: 1,
  points: 10,
  anomalousPoints: 1,
  objectAuroc: metric(value),
  pointAuroc: metric(value),
  objectAupr: metric(value),
  pointAupr: { value: Number.NaN, reason: 'no anomalous points' },
});

async function comparing() {
  const made = await bootedStudio();
  const asked: EngineCalls['ablate']['params'][] = [];
  made.engine.answers.ablate = (params) => {
    const call = params as EngineCalls['ablate']['params']; // the call is `ablate`
    asked.push(call);
    return { rows: [row(call.category.name, call.training, 0.5 + asked.length / 16)], failures: [] };
  };
  made.commands.openDataset(placed);
  return { ...made, asked, shown: () => shownAblation(made.store.getState().evaluation)! };
}

describe('ablations', () => {
  it('measure the model in force over the chosen categories, with their means', async () => {
    const { commands, asked, shown, settle } = await comparing();
    await commands.ablateScores();
    await settle();
    expect(asked.map(({ category, model }) => [category.name, model])).toEqual([
      ['cup', 'flange.safetensors'],
      ['vase', 'flange.safetensors'],
    ]);
    expect([...asked[0]!.files.keys()].sort()).toEqual(PATHS.slice(0, 3).sort());
    expect(shown()).toMatchObject({ title: 'Scores of flange', status: { kind: 'done' } });
    expect(ablationLines(shown()).map(({ where }) => where)).toEqual(['mean of 2', 'cup', 'vase']);
    expect(exportAblation(shown(), 'csv').split('\r\n')[1]).toBe(
      'set,mean of 2,,L2,mean,0.59375,0.59375,0.59375,',
    );
    expect(exportAblation(shown(), 'md')).toContain(
      '| set | cup |  | L2 | mean | 0.5625 | 0.5625 | 0.5625 | – |',
    );
    expect(JSON.parse(exportAblation(shown(), 'json')).lines).toHaveLength(3);
    commands.dropAblation(shown().id);
    expect(shown()).toBeNull();
  });

  it('train four variants with one budget, measure them, and do not train again what is there', async () => {
    const { commands, engine, store, asked, shown, settle } = await comparing();
    const starts: NonNullable<EngineCalls['train']['params']['start']>[] = [];
    const library: ModelRecord[] = [];
    engine.answers.listModels = () => library;
    engine.answers.train = (params) => {
      const { start } = params as EngineCalls['train']['params']; // the call is `train`
      starts.push(start!);
      const { name: title, plan, training } = start!.setup;
      const provenance = { plan, seed: training.seed, steps: training.steps, scans: 'cup_template0.ply' };
      const model: ModelRecord = {
        id: `m${starts.length}`,
        title,
        created: 1,
        bytes: 1,
        thumbnail: null,
        metrics: null,
        summary: { ...SUMMARY, provenance },
      };
      library.push(model);
      return { model, unsaved: null };
    };
    await commands.ablateTraining('quick');
    await settle();
    expect(starts.map(({ setup }) => setup.name)).toEqual([
      'cup, distance + direction',
      'cup, distance only',
      'cup, direction only',
      'cup, random directions',
    ]);
    expect(new Set(starts.map(({ setup: { training } }) => `${training.seed} ${training.steps}`)).size).toBe(
      1,
    );
    expect(asked.map(({ model, training }) => [model, training])).toEqual([
      ['m1', 'distance + direction'],
      ['m2', 'distance only'],
      ['m3', 'direction only'],
      ['m4', 'random directions'],
    ]);
    expect(shown().rows).toHaveLength(4);
    await commands.ablateTraining('quick');
    await settle();
    expect(starts).toHaveLength(4);
    expect(asked).toHaveLength(8);
    expect(store.getState().evaluation.ablations).toHaveLength(2);
  });

  it('end with the run that was cancelled, and say what failed', async () => {
    const { commands, engine, shown, settle } = await comparing();
    engine.answers.train = (_, hooks) =>
      new Promise((_resolve, reject) => {
        const cancelled = { kind: 'cancelled', where: '', message: 'cancelled' };
        hooks.signal?.addEventListener('abort', () => reject(cancelled));
      });
    const work = commands.ablateTraining('quick');
    await settle();
    expect(shown().status).toMatchObject({ kind: 'running' });
    commands.cancelAblation();
    await work;
    expect(shown().status.kind).toBe('cancelled');
    engine.answers.train = () => {
      throw { kind: 'invalid-input', where: 'cup', message: 'too few points' };
    };
    await commands.ablateTraining('quick');
    expect(shown().status).toMatchObject({ kind: 'failed', error: { message: 'too few points' } });
  });
});

const SUMMARY: ModelRecord['summary'] = {
  hash: 'm',
  config: {
    name: 'm',
    arch: architecture('demo'),
    inputs: 'xyz',
    voxelSize: 0.06,
    preset: 'studio',
    scoreNorm: 'l2',
  },
  parameters: 1,
  calibration: null,
  provenance: {},
};
