/** Training runs as the page has them: between steps others compute, and nothing is lost. On wasm. */

import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { InvalidInputError, OutOfMemoryError } from '../core/errors.ts';
import { architecture } from '../core/modelConfig.ts';
import { trainingConfig } from '../core/presets.ts';
import { readModelFile } from '../io/modelFile.ts';
import { readScan } from '../io/readScan.ts';
import { Slots } from '../io/slots.ts';
import { memoryFiles } from '../testing/memoryFiles.ts';
import { textScan } from '../testing/trainingScans.ts';
import { untrainedModel } from '../testing/untrainedModel.ts';
import type { TrainingEvent, TrainingScan, TrainingSetup, TrainingStart } from './protocol.ts';
import { Session } from './session.ts';
import { trainModel } from './trainModel.ts';
import { Workshop } from './workshop.ts';

const SETUP: TrainingSetup = {
  name: 'part',
  plan: 'test',
  arch: architecture('demo'),
  voxelSize: 0.12,
  training: trainingConfig('studio', {
    steps: 6,
    batchSize: 2,
    microBatch: 2,
    maxPoints: 256,
    seed: 5,
    logEvery: 1,
    checkpointEvery: 2,
  }),
  thresholdRule: 'max',
  unit: 'mm',
  watchEvery: 3,
};

const scan = (seed: number, role: TrainingScan['role'] = 'train'): TrainingScan => ({
  name: `good-${seed}.xyz`,
  bytes: textScan(320, seed),
  role,
});

function start(change: Partial<TrainingStart> = {}, setup: Partial<TrainingSetup> = {}): TrainingStart {
  return {
    setup: { ...SETUP, ...setup },
    scans: [scan(1), scan(2), scan(3, 'calibrate')],
    init: null,
    preview: null,
    ...change,
  };
}

let session: Session;
beforeAll(async () => {
  session = await Session.open({ backend: 'wasm' });
});
afterAll(() => session.dispose());

/** @param elsewhere what another tab does */
function workshop(files = memoryFiles(), elsewhere = '') {
  const events: TrainingEvent[] = [];
  let clock = 0;
  const shop = new Workshop({
    session: () => session,
    files,
    thumbnail: async () => null,
    now: () => ++clock,
    alone: async (name, work) => (elsewhere === name ? null : work()),
  });
  const onTraining = (event: TrainingEvent) => void events.push(event);
  const steps = () => events.flatMap((event) => (event.kind === 'step' ? [event.report.step] : []));
  const warnings = () => events.flatMap((event) => (event.kind === 'warning' ? [event.text] : []));
  return { shop, files, events, steps, warnings, onTraining };
}

/** The same run without page, files and lane: what the command line does. */
async function plainRun(): Promise<string> {
  const cloud = (seed: number) => {
    const { name, bytes } = scan(seed);
    return { ...readScan(name, new Uint8Array(bytes), {}).cloud, name };
  };
  const trained = await trainModel(session, {
    ...SETUP,
    scans: [cloud(1), cloud(2)],
    calibrationScans: [cloud(3)],
    init: null,
    checkpoint: null,
    hooks: {},
  });
  return trained.summary.hash;
}

describe('a training run', () => {
  test('ends with a calibrated model in the library, the weights of the command line, and nothing left over', async () => {
    const { shop, files, events, steps, onTraining } = workshop();
    const before = session.memory();
    const { model, unsaved } = await shop.train(
      { runId: 'run', start: start({ preview: { name: 'p.xyz', bytes: textScan(300, 9) } }) },
      { onTraining },
    );
    expect(unsaved).toBeNull();
    expect(model.id).toBe(await plainRun());
    expect(model.summary.calibration?.how).toBe(
      'highest point score and highest object score of 1 good scan',
    );
    expect(model.summary.provenance).toMatchObject({ steps: 6, seed: 5, unit: 'mm', plan: 'test' });
    expect(Number(model.summary.provenance.radius)).toBeGreaterThan(30);
    expect(steps()).toEqual([1, 2, 3, 4, 5, 6]);
    expect(events.filter(({ kind }) => kind === 'validation')).toHaveLength(2);
    const previews = events.flatMap((event) => (event.kind === 'preview' ? [event] : []));
    expect(previews.map(({ step, map, cloud }) => [step, map.score.length, cloud !== null])).toEqual([
      [3, 300, true],
      [6, 300, false],
    ]);
    expect(model.metrics?.step).toBe(6);
    expect([...files.held.keys()].filter((path) => path.startsWith('runs/'))).toEqual([]);
    expect(await shop.listModels()).toEqual([model]);
    expect(session.memory()).toEqual(before);
  });

  test('another scan is watched at once, also after a reload; one that cannot be read changes nothing', async () => {
    const first = workshop();
    const other = { name: 'other.xyz', bytes: textScan(310, 8), scale: 2 };
    const killed = first.shop.train(
      { runId: 'run', start: start({ preview: { name: 'p.xyz', bytes: textScan(300, 9) } }) },
      {
        onTraining: (event) => {
          first.onTraining(event);
          if (event.kind !== 'step') return;
          const { step } = event.report;
          if (step === 1) void first.shop.watchScan({ runId: 'run', scan: other });
          if (step === 2)
            void first.shop.watchScan({ runId: 'run', scan: { name: 'no.xyz', bytes: new ArrayBuffer(3) } });
          if (step === 4) first.files.tearNext((bytes) => bytes.slice(0, bytes.length / 2));
        },
      },
    );
    await expect(killed).rejects.toThrow('killed');
    const seen = (events: readonly TrainingEvent[]) =>
      events.flatMap((event) =>
        event.kind === 'preview' ? [[event.step, event.map.score.length, Math.round(event.radius)]] : [],
      );
    // As soon as the step is done, and at the usual look after three.
    expect(seen(first.events)).toEqual([
      [1, 310, 82],
      [3, 310, 82],
    ]);
    expect(first.warnings()).toEqual([expect.stringContaining('“no.xyz” cannot be watched')]);
    expect(await first.shop.watchScan({ runId: 'run', scan: null })).toBe(false);
    const second = workshop(first.files);
    expect(await second.shop.listRuns()).toMatchObject([{ preview: 'other.xyz' }]);
    const { model } = await second.shop.train({ runId: 'run', start: null }, second);
    expect(seen(second.events).at(-1)).toEqual([6, 310, 82]);
    expect(model.id).toBe(await plainRun());
  });

  test('a scan that is in another unit is learned from in the one the user gave it', async () => {
    const { shop, onTraining } = workshop();
    const scans = [{ ...scan(1), scale: 25.4 }];
    const setup = { training: { ...SETUP.training, steps: 1 }, watchEvery: null };
    const { model } = await shop.train({ runId: 'run', start: start({ scans }, setup) }, { onTraining });
    expect(Number(model.summary.provenance.radius)).toBeCloseTo(25.4 * 40, -2);
  });

  test('lets an inspection in between two steps, and does not count the time against its pace', async () => {
    const { shop, onTraining, events } = workshop();
    const { hash } = await session.loadModel('m', untrainedModel().buffer);
    const cloud = readScan('a.xyz', new Uint8Array(textScan(300, 4)), {}).cloud;
    const answered: number[] = [];
    const analyse = () =>
      shop.lane.run(async () => {
        await session.analyse({ kind: 'cloud', cloud }, hash);
        answered.push(events.filter(({ kind }) => kind === 'step').length);
      });
    let asked = 0;
    await shop.train(
      { runId: 'run', start: start() },
      {
        onTraining: (event) => {
          onTraining(event);
          if (event.kind === 'step' && ++asked <= 3) void analyse();
        },
      },
    );
    expect(answered).toEqual([1, 2, 3]);
    session.unloadModel(hash);
  });

  test('stands still while it is paused, others compute, and it ends with the same weights', async () => {
    const { shop, steps, onTraining } = workshop();
    let paused = () => {};
    const isPaused = new Promise<void>((resolve) => {
      paused = resolve;
    });
    const run = shop.train(
      { runId: 'run', start: start() },
      {
        onTraining: (event) => {
          onTraining(event);
          if (event.kind === 'step' && event.report.step === 3)
            void shop.steer({ runId: 'run', action: 'pause' });
          if (event.kind === 'paused' && event.paused) paused();
        },
      },
    );
    await isPaused;
    await shop.lane.run(() => new Promise((resolve) => setTimeout(resolve, 50)));
    expect(steps()).toEqual([1, 2, 3]);
    // A tab closed now loses nothing.
    expect(await shop.listRuns()).toMatchObject([{ id: 'run', step: 3 }]);
    await shop.steer({ runId: 'run', action: 'resume' });
    expect((await run).model.id).toBe(await plainRun());
  });

  test('a tab that was killed while it wrote a checkpoint goes on and ends with the same weights', async () => {
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
    expect(await second.shop.listRuns()).toMatchObject([{ id: 'run', step: 2, setup: { name: 'part' } }]);
    const { model } = await second.shop.train({ runId: 'run', start: null }, second);
    expect(second.events.find(({ kind }) => kind === 'begun')).toMatchObject({ stepsDone: 2 });
    expect(second.steps()).toEqual([3, 4, 5, 6]);
    expect(model.id).toBe(await plainRun());
    expect(await second.shop.listRuns()).toEqual([]);
  });

  test('cancelled: nothing of it stays in memory or on the disk', async () => {
    const { shop, files, steps, onTraining } = workshop();
    const before = session.memory();
    const stop = new AbortController();
    const run = shop.train(
      { runId: 'run', start: start() },
      {
        signal: stop.signal,
        onTraining: (event) => {
          onTraining(event);
          if (event.kind === 'step' && event.report.step === 3) stop.abort();
        },
      },
    );
    await expect(run).rejects.toMatchObject({ kind: 'cancelled' });
    expect(steps()).toEqual([1, 2, 3]);
    expect(files.held.size).toBe(0);
    expect(session.memory()).toEqual(before);
  });

  test('can be cancelled while it is paused', async () => {
    const { shop, files } = workshop();
    const stop = new AbortController();
    const run = shop.train(
      { runId: 'run', start: start() },
      {
        signal: stop.signal,
        onTraining: (event) => {
          if (event.kind === 'begun') void shop.steer({ runId: 'run', action: 'pause' });
          if (event.kind === 'paused') stop.abort();
        },
      },
    );
    await expect(run).rejects.toMatchObject({ kind: 'cancelled' });
    expect(files.held.size).toBe(0);
    await expect(shop.lane.run(() => 1)).resolves.toBe(1);
  });

  test('ended early keeps the weights that were best on held-out pseudo-defects', async () => {
    const { shop, events, onTraining } = workshop();
    const { model } = await shop.train(
      { runId: 'run', start: start({}, { watchEvery: 1 }) },
      {
        onTraining: (event) => {
          onTraining(event);
          if (event.kind === 'step' && event.report.step === 5)
            void shop.steer({ runId: 'run', action: 'finish' });
        },
      },
    );
    const seen = events.flatMap((event) => (event.kind === 'validation' ? [event.report] : []));
    const best = seen.reduce((a, b) => ((b.pointAuroc ?? 0) >= (a.pointAuroc ?? 0) ? b : a));
    expect(seen).toHaveLength(5);
    expect(model.metrics).toEqual(best);
    expect(model.summary.provenance.steps).toBe(best.step);
    expect(model.summary.calibration).not.toBeNull();
  });

  test('fine-tuning begins with the weights of a model of the library and names it as its parent', async () => {
    const { shop } = workshop();
    const parent = await shop.importModel({ name: 'parent.safetensors', bytes: untrainedModel().buffer });
    const setup = { arch: null, voxelSize: null };
    const init = { kind: 'library', id: parent.id } as const;
    const { model } = await shop.train({ runId: 'run', start: start({ init }, setup) }, {});
    expect(model.summary.provenance.parent).toBe(parent.id);
    expect(model.summary.config.arch).toEqual(parent.summary.config.arch);
    expect(model.id).not.toBe(parent.id);
  });

  test('that another tab goes on with is left to it', async () => {
    const { shop, files } = workshop(memoryFiles(), 'po3ad run run');
    const refused = shop.train({ runId: 'run', start: start() }, {});
    await expect(refused).rejects.toThrow('another tab');
    expect([...files.held.keys()].some((path) => path.startsWith('runs/run'))).toBe(true);
  });

  test('a second run is refused while one is under way', async () => {
    const { shop } = workshop();
    const stop = new AbortController();
    const run = shop.train({ runId: 'a', start: start() }, { signal: stop.signal });
    await expect(shop.train({ runId: 'b', start: start() }, {})).rejects.toThrow('under way');
    stop.abort();
    await expect(run).rejects.toMatchObject({ kind: 'cancelled' });
  });
});

describe('when there is no room', () => {
  test('on the disk, the run goes on without checkpoints, says so once, and hands its model over', async () => {
    const { shop, files, warnings, onTraining } = workshop();
    const { model, unsaved } = await shop.train(
      { runId: 'run', start: start() },
      {
        onTraining: (event) => {
          onTraining(event);
          if (event.kind === 'begun') files.setFull(true);
        },
      },
    );
    expect(warnings().filter((text) => text.includes('cannot be saved'))).toHaveLength(1);
    expect(readModelFile('m', new Uint8Array(unsaved!)).hash).toBe(model.id);
    expect(await shop.listModels()).toEqual([]);
  });

  test('on the disk from the start, the run is refused and leaves nothing behind', async () => {
    const { shop, files } = workshop();
    files.setFull(true);
    await expect(shop.train({ runId: 'run', start: start() }, {})).rejects.toMatchObject({
      kind: 'capacity',
    });
    files.setFull(false);
    expect(await shop.listRuns()).toEqual([]);
    expect(files.held.size).toBe(0);
  });

  test('in memory, fewer clouds go through at once, from the last checkpoint on', async () => {
    const { shop, warnings, steps, onTraining } = workshop();
    let looks = 0;
    const check = vi.spyOn(session, 'throwIfGpuFailed').mockImplementation(() => {
      if (++looks === 4) throw new OutOfMemoryError('GPU', 'out of memory');
    });
    try {
      const { model } = await shop.train({ runId: 'run', start: start() }, { onTraining });
      expect(warnings()).toEqual(['Memory ran out: the run goes on with 1 cloud at once instead of 2.']);
      expect(steps()).toEqual([1, 2, 3, 4, 3, 4, 5, 6]);
      expect(model.summary.provenance.steps).toBe(6);
    } finally {
      check.mockRestore();
    }
  });

  test('in memory for a single cloud, it says what would help', async () => {
    const { shop } = workshop();
    const check = vi.spyOn(session, 'throwIfGpuFailed').mockImplementation(() => {
      throw new OutOfMemoryError('GPU', 'out of memory');
    });
    try {
      const failed = shop.train({ runId: 'run', start: start() }, {});
      await expect(failed).rejects.toThrow('use a smaller network, larger voxels or fewer points');
    } finally {
      check.mockRestore();
    }
  });
});

describe('scans that cannot be learned from', () => {
  const text = (rows: readonly string[]) => new TextEncoder().encode(`${rows.join('\n')}\n`).buffer;
  const one = (bytes: ArrayBuffer): TrainingStart =>
    start({ scans: [{ name: 'odd.xyz', bytes, role: 'train' }] });

  test.each([
    ['fewer than 128 points', textScan(127, 1), 'odd.xyz', /has 127 points; at least 128/],
    [
      'all points in one voxel',
      text([...Array.from({ length: 400 }, (_, i) => `${i * 1e-6} 0 ${i % 7}e-6`), '1000 0 0']),
      'odd.xyz',
      /voxel.*far away/,
    ],
    ['not a scan', text(['this is', 'no scan']), 'odd.xyz', /./],
  ])('%s: refused by name', async (_, bytes, name, why) => {
    const { shop } = workshop();
    const error = await shop.train({ runId: 'run', start: one(bytes) }, {}).then(
      () => null,
      (reason: unknown) => reason,
    );
    expect(error).toMatchObject({
      where: expect.stringContaining(name),
      message: expect.stringMatching(why),
    });
  });

  test('mixed units and another shape: a warning that names the scan, and the run goes on', async () => {
    const { shop, warnings, onTraining } = workshop();
    const inches = { name: 'inches.xyz', bytes: textScan(320, 7, 1 / 25.4), role: 'train' } as const;
    const row = Array.from({ length: 320 }, (_, i) => `${i % 80} ${(i * 7) % 3} ${(i * 5) % 2}`);
    const bar = { name: 'bar.xyz', bytes: text(row), role: 'train' } as const;
    const setup = { training: { ...SETUP.training, steps: 1 }, watchEvery: null };
    await shop.train(
      { runId: 'run', start: start({ scans: [scan(1), scan(2), inches, bar] }, setup) },
      { onTraining },
    );
    expect(warnings().some((w) => w.includes('inches.xyz') && w.includes('mm and inches'))).toBe(true);
    expect(warnings().some((w) => w.includes('bar.xyz') && w.includes('another shape'))).toBe(true);
    expect(warnings().some((w) => w.includes('good-2'))).toBe(false);
  });

  test('a model of another architecture is no start for this one', async () => {
    const { shop } = workshop();
    const parent = await shop.importModel({ name: 'parent.safetensors', bytes: untrainedModel().buffer });
    const init = { kind: 'library', id: parent.id } as const;
    await expect(shop.train({ runId: 'run', start: start({ init }) }, {})).rejects.toMatchObject({
      where: 'architecture',
    });
  });

  test('a run that is gone, or that another version of the studio began, is refused by name', async () => {
    const { shop, files } = workshop();
    await expect(shop.train({ runId: 'gone', start: null }, {})).rejects.toBeInstanceOf(InvalidInputError);
    const record = new TextEncoder().encode(JSON.stringify({ version: 99, id: 'old' }));
    await new Slots(files, 'runs/old/record').save(record);
    await expect(shop.train({ runId: 'old', start: null }, {})).rejects.toThrow('another version');
    expect(await shop.listRuns()).toEqual([]);
    await shop.dropRun({ runId: 'old' });
    expect(files.held.size).toBe(0);
  });

  test('labelled defects stay out of the normal data and marked regions are held still', async () => {
    const { shop } = workshop();
    const defects = Uint32Array.from({ length: 60 }, (_, i) => i);
    const normal = Uint32Array.from({ length: 40 }, (_, i) => 100 + i);
    const plain = { ...SETUP.training, steps: 2 };
    const marked = await shop.train(
      { runId: 'a', start: start({ scans: [{ ...scan(1), defects, normal }] }, { training: plain }) },
      {},
    );
    const bare = await shop.train(
      { runId: 'b', start: start({ scans: [scan(1)] }, { training: plain }) },
      {},
    );
    expect(marked.model.id).not.toBe(bare.model.id);
    const beyond = Uint32Array.of(320);
    await expect(
      shop.train({ runId: 'c', start: start({ scans: [{ ...scan(1), normal: beyond }] }) }, {}),
    ).rejects.toThrow('belongs to another scan');
  });
});

describe('the library', () => {
  test('keeps what was imported, exports the same bytes, renames and deletes', async () => {
    const { shop, files } = workshop();
    const bytes = untrainedModel({ pointThreshold: 0.1, objectThreshold: 0.2, how: 'by hand' });
    const record = await shop.importModel({ name: 'Flange v1.safetensors', bytes: bytes.slice().buffer });
    expect(record).toMatchObject({ title: 'Flange v1', bytes: bytes.length, metrics: null });
    const renamed = await shop.renameModel({ id: record.id, title: '  Flange, line 2 ' });
    expect(renamed.title).toBe('Flange, line 2');
    expect(await shop.listModels()).toEqual([renamed]);
    const exported = await shop.exportModel({ id: record.id });
    expect(exported.name).toBe('Flange, line 2.safetensors');
    expect(new Uint8Array(exported.bytes)).toEqual(bytes);
    expect(await shop.openModel({ id: record.id })).toMatchObject({
      hash: record.id,
      calibration: { how: 'by hand' },
    });
    session.unloadModel(record.id);
    await expect(shop.renameModel({ id: record.id, title: '  ' })).rejects.toThrow('needs a name');
    await shop.deleteModel({ id: record.id });
    expect(files.held.size).toBe(0);
    await expect(shop.openModel({ id: record.id })).rejects.toThrow('has no model');
  });

  test('a model survives a torn card, and a half-written one is not listed', async () => {
    const { shop, files } = workshop();
    const record = await shop.importModel({ name: 'a.safetensors', bytes: untrainedModel().buffer });
    files.held.set(`models/${record.id}.json`, new TextEncoder().encode('{"version":1,"ti'));
    expect(await shop.listModels()).toMatchObject([{ id: record.id, title: 'untrained' }]);
    files.held.set(`models/${record.id}.safetensors`, new Uint8Array(100));
    expect(await shop.listModels()).toEqual([]);
  });

  test.each([
    ['a picture', new Uint8Array([0x89, 0x50, 0x4e, 0x47, 1, 2, 3, 4, 5, 6]), /neither a model file/],
    ['nothing', new Uint8Array(0), /neither a model file/],
    ['a model that was cut off', untrainedModel().slice(0, -10), /cut off/],
  ])('%s is refused by name', async (_, bytes, why) => {
    const { shop, files } = workshop();
    const error = await shop.importModel({ name: 'bad.safetensors', bytes: bytes.slice().buffer }).then(
      () => null,
      (reason: unknown) => reason,
    );
    expect(error).toMatchObject({ where: expect.stringContaining('bad.safetensors') });
    expect(error).toHaveProperty('message', expect.stringMatching(why));
    expect(files.held.size).toBe(0);
  });
});

test('a probe tells time and memory of a run, and leaves nothing behind', async () => {
  const { shop } = workshop();
  const before = session.memory();
  const cloud = readScan('a.xyz', new Uint8Array(textScan(300, 4)), {}).cloud;
  const { arch, voxelSize, training } = SETUP;
  const found = await shop.probe({ arch: arch!, inputs: 'xyz', voxelSize: voxelSize!, training, cloud }, {});
  expect(found.secondsPerStep).toBeGreaterThan(0);
  expect(found.seconds).toBeCloseTo(6 * found.secondsPerStep, 9);
  expect(found.bytes).toBeGreaterThan(4 * 4 * 400_000);
  expect(session.memory()).toEqual(before);
});

test('a pseudo-defect is shown with its targets: the same for the same seed, in the unit of the scan', async () => {
  const { shop } = workshop();
  const cloud = readScan('a.xyz', new Uint8Array(textScan(400, 4)), {}).cloud;
  const { training } = SETUP;
  const a = await shop.previewDefect({ cloud, training, seed: 1 });
  const again = await shop.previewDefect({ cloud, training, seed: 1 });
  const other = await shop.previewDefect({ cloud, training, seed: 2 });
  expect(again).toEqual(a);
  expect(other.targetOffsets).not.toEqual(a.targetOffsets);
  expect(Math.max(...a.score)).toBeGreaterThan(0.02);
  expect(Math.max(...a.cloud.positions)).toBeGreaterThan(20);
});
