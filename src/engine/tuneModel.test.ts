/** The universal model fine-tuned on one part, as the page and the command line do it. On wasm. */

import { afterAll, beforeAll, expect, test } from 'vitest';
import { initialiseWeights } from '../core/initWeights.ts';
import { architecture, type ModelConfig } from '../core/modelConfig.ts';
import { trainingConfig } from '../core/presets.ts';
import { REFERENCE_CHANNELS } from '../core/referenceFeatures.ts';
import { readModelFile, writeModelFile } from '../io/modelFile.ts';
import { memoryFiles } from '../testing/memoryFiles.ts';
import { textScan } from '../testing/trainingScans.ts';
import { Lane } from './lane.ts';
import type { TrainingEvent, TrainingScan, TrainingStart } from './protocol.ts';
import { ReferenceDesk } from './referenceDesk.ts';
import { Session } from './session.ts';
import { Workshop } from './workshop.ts';

const UNIVERSAL: ModelConfig = {
  name: 'universal',
  arch: { ...architecture('demo'), planes: [8, 8, 8, 8, 8, 8, 8, 8], inChannels: REFERENCE_CHANNELS },
  inputs: 'reference',
  voxelSize: 0.1,
  preset: 'studio',
  scoreNorm: 'l2',
};
const parent = writeModelFile({
  config: UNIVERSAL,
  state: initialiseWeights(UNIVERSAL.arch, 7),
  calibration: null,
  provenance: {},
});

const scan = (seed: number, role: TrainingScan['role'] = 'train'): TrainingScan => ({
  name: `good-${seed}.xyz`,
  bytes: textScan(500, seed),
  role,
});

function start(change: Partial<TrainingStart> = {}): TrainingStart {
  const training = trainingConfig('studio', {
    steps: 4,
    batchSize: 2,
    maxPoints: 256,
    seed: 5,
    logEvery: 1,
    checkpointEvery: 2,
  });
  return {
    setup: {
      name: 'tuned',
      plan: 'test',
      arch: null,
      voxelSize: null,
      training,
      thresholdRule: 'p99.9',
      unit: 'mm',
      watchEvery: 4,
    },
    scans: [scan(1), scan(2)],
    init: { kind: 'file', name: 'universal', bytes: parent.buffer },
    preview: null,
    ...change,
  };
}

let session: Session;
beforeAll(async () => {
  session = await Session.open({ backend: 'wasm' });
});
afterAll(() => session.dispose());

function workshop(files = memoryFiles()) {
  const events: TrainingEvent[] = [];
  const shop = new Workshop({
    session: () => session,
    files,
    thumbnail: async () => null,
    now: () => 1,
    alone: async (_, work) => work(),
  });
  return { shop, files, events, onTraining: (event: TrainingEvent) => void events.push(event) };
}

test('killed and gone on with, it ends with the weights of an unbroken run, and judges by the scans it learned from', async () => {
  const preview = { name: 'p.xyz', bytes: textScan(400, 9) };
  const unbroken = workshop();
  const { model } = await unbroken.shop.train({ runId: 'run', start: start({ preview }) }, unbroken);
  expect(model.summary).toMatchObject({ config: { inputs: 'reference', voxelSize: 0.1 }, calibration: null });
  const { provenance } = model.summary;
  const parentHash = readModelFile('universal', parent).hash;
  expect(provenance).toMatchObject({
    parent: parentHash,
    scans: 'good-1.xyz, good-2.xyz',
    plan: 'test',
    steps: 4,
  });
  expect(Number(provenance.radius)).toBeGreaterThan(30);
  const shown = unbroken.events.find((event) => event.kind === 'preview');
  expect(shown).toMatchObject({ step: 4, radius: provenance.radius });
  expect(model.metrics?.pointAuroc).not.toBeNull();

  const first = workshop();
  const killed = first.shop.train(
    { runId: 'run', start: start() },
    {
      onTraining: (event) => {
        if (event.kind === 'step' && event.report.step === 4)
          first.files.tearNext((bytes) => bytes.slice(0, bytes.length / 2));
      },
    },
  );
  await expect(killed).rejects.toThrow('killed');
  const second = workshop(first.files);
  const resumed = await second.shop.train({ runId: 'run', start: null }, second);
  expect(second.events.find(({ kind }) => kind === 'begun')).toMatchObject({ stepsDone: 2 });
  expect(resumed.model.id).toBe(model.id);

  const kept = await unbroken.shop.goodScansOf({ id: model.id });
  expect(kept.scans).toEqual([scan(1), scan(2)].map(({ name, bytes }) => ({ name, bytes })));

  const file = await unbroken.shop.exportModel({ id: model.id });
  await unbroken.shop.deleteModel({ id: model.id });
  expect([...unbroken.files.held.keys()]).toEqual([]);
  const back = await unbroken.shop.importModel(file);
  expect(back.id).toBe(model.id);
  const { hash } = await unbroken.shop.openModel({ id: back.id });
  const desk = new ReferenceDesk({
    session: () => session,
    lane: new Lane(),
    files: memoryFiles(),
    now: () => 1,
  });
  const detector = { name: 'universal', modelHash: hash } as const;
  const good = [scan(1), scan(2)].map(({ name, bytes }) => ({ kind: 'file', name, bytes }) as const);
  const reference = await desk.fit({ good, detector }, {});
  expect(reference.members.map(({ used }) => used)).toEqual([true, true]);
  const source = { kind: 'file', name: 'new.xyz', bytes: textScan(500, 3) } as const;
  const params = { source, referenceHash: reference.hash, detector };
  const analysis = await desk.analyse(params, {});
  expect(['ok', 'not-ok']).toContain(analysis.verdict);
  session.unloadModel(hash);
});

test('what it cannot learn from is refused by name', async () => {
  const held = workshop();
  const scans = [scan(1), scan(2, 'calibrate')];
  await expect(held.shop.train({ runId: 'run', start: start({ scans }) }, held)).rejects.toThrow(
    'takes its thresholds from the good scans',
  );
  const { setup } = start();
  const paper = { ...setup, training: trainingConfig('paper', { steps: 2, batchSize: 2 }) };
  const bumps = workshop();
  await expect(
    bumps.shop.train({ runId: 'run', start: { ...start(), setup: paper } }, bumps),
  ).rejects.toThrow('learns from rich pseudo-defects');
});
